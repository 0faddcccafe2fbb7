import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../database/database.ts'
import { invalid, Problem, platformProblems } from '../problem.ts'
import { createSealedBox, type Secrets } from '../sealed-box.ts'
import {
  type IdempotencyRecord,
  type IdempotencyRef,
  idempotencyName,
  insertIdempotencyRecords,
  loadIdempotencyRecords,
  lockIdempotencyKeys,
  requireSameRequest,
} from './record-store.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose idempotency keys count for this request: a workspace, the operator, a user. Set when it is authenticated. */
    idempotencyScope: string | null
    /** The body as it arrived, where it was text. */
    bodyText: string | null
  }
}

/** What a command answers. `cookies` are Set-Cookie headers; they are given again with the answer. */
export type Answer<Body> = {
  readonly status: number
  readonly body: Body
  readonly cookies?: readonly string[]
}

export type CommandOptions = {
  /** The answer holds a secret that is shown once: it is kept encrypted. */
  readonly sealed?: boolean
}

export type Idempotency = {
  /**
   * Runs `work` in one transaction, once for each Idempotency-Key: a repeat gets the first answer again, and one
   * that comes while the first still runs waits for it. The answer is kept in the transaction that did the work, so
   * there is never the one without the other. A problem thrown by `work` rolls everything back and is not kept.
   * `work` asks the database through `tx` alone: repeats that wait hold connections of the pool meanwhile.
   *
   * Returns what the route's handler has to return: the serialized body, under the type of the body, so that the
   * compiler compares it with the route's schema.
   */
  command<Body>(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (tx: Tx) => Promise<Answer<Body>>,
    options?: CommandOptions,
  ): Promise<Body>
  /**
   * The idempotency key of a request and the hash of what it asks; undefined where it has none. For rooms that
   * answer many requests in one transaction.
   */
  idempotencyOf(request: FastifyRequest): IdempotencyRef | undefined
  /** Sends an answer that was kept. Returns what the handler has to return. */
  replay(reply: FastifyReply, record: IdempotencyRecord): string
}

const visibleCharacters = /^[\x21-\x7e]{1,255}$/
const jsonContentType = 'application/json; charset=utf-8'
const sealedPrefix = 'sealed:'

/** @param options.secrets the server's; they keep secrets in answers, and hashes of bodies, unreadable in the database */
export function createIdempotency(options: {
  database: Database
  clock: Clock
  secrets: Secrets
}): Idempotency {
  const { database, clock } = options
  const seal = createSealedBox(options.secrets, 'idempotency')

  function idempotencyOf(request: FastifyRequest): IdempotencyRef | undefined {
    const key = request.headers['idempotency-key']
    if (key === undefined || request.method !== 'POST') return undefined
    if (typeof key !== 'string' || !visibleCharacters.test(key)) {
      throw invalid(
        '/Idempotency-Key',
        'The header Idempotency-Key must have 1 to 255 visible ASCII characters, such as a UUID.',
      )
    }
    const workspace = request.headers['talktime-workspace']
    return {
      // Strangers share no keys with each other.
      scope: request.idempotencyScope ?? `address:${request.ip}`,
      key,
      requestHash: seal.hash([request.method, request.url, String(workspace ?? ''), request.bodyText ?? '']),
    }
  }

  function replay(reply: FastifyReply, record: IdempotencyRecord): string {
    const { body, cookies } = kept(record)
    reply.code(record.status).header('idempotent-replayed', 'true').header('content-type', jsonContentType)
    if (cookies.length > 0) reply.header('set-cookie', cookies)
    return body
  }

  function kept(record: IdempotencyRecord): { body: string; cookies: string[] } {
    if (!record.body.startsWith(sealedPrefix)) return { body: record.body, cookies: [] }
    const opened = seal.open(record.body.slice(sealedPrefix.length), idempotencyName(record))
    if (opened === undefined) {
      throw new Problem(
        platformProblems.idempotency_answer_unreadable,
        'This idempotency key was used before the server’s secret was changed; its answer cannot be shown again. Use a new key.',
      )
    }
    return JSON.parse(opened) as { body: string; cookies: string[] }
  }

  /** The body as it will be sent. Serialized inside the transaction: an answer that breaks its schema changes nothing. */
  function serialized(reply: FastifyReply, answer: Answer<unknown>): string {
    reply.code(answer.status)
    return answer.body === undefined ? '' : String(reply.serialize(answer.body))
  }

  return {
    idempotencyOf,
    replay,
    async command<Body>(
      request: FastifyRequest,
      reply: FastifyReply,
      work: (tx: Tx) => Promise<Answer<Body>>,
      { sealed = false }: CommandOptions = {},
    ) {
      const ref = idempotencyOf(request)
      const done = await database.transaction(async (tx) => {
        const before = ref && (await findRecord(tx, ref))
        if (before) return { record: before }
        const answer = await work(tx)
        const body = serialized(reply, answer)
        const cookies = answer.cookies ?? []
        if (ref) {
          const secret = sealed || cookies.length > 0
          const stored = secret
            ? sealedPrefix + seal.close(JSON.stringify({ body, cookies }), idempotencyName(ref))
            : body
          await insertIdempotencyRecords(tx, [{ ...ref, status: answer.status, body: stored }], clock.now())
        }
        return { body, cookies }
      })
      if ('record' in done) return replay(reply, done.record) as Body
      reply.header('content-type', jsonContentType)
      if (done.cookies.length > 0) reply.header('set-cookie', done.cookies)
      return done.body as Body
    },
  }
}

async function findRecord(tx: Tx, ref: IdempotencyRef): Promise<IdempotencyRecord | undefined> {
  await lockIdempotencyKeys(tx, [ref])
  const record = (await loadIdempotencyRecords(tx, [ref])).get(idempotencyName(ref))
  if (record !== undefined) requireSameRequest(record, ref)
  return record
}

export { requireSameRequest }
