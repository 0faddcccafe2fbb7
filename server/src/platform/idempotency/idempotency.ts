import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../database/database.ts'
import { retryLostRaces } from '../database/retry-lost-races.ts'
import { invalid, Problem, platformProblems } from '../problem.ts'
import { createSealedBox, type SealedBox, type Secrets } from '../sealed-box.ts'
import { type IdempotencyRecord, type IdempotencyRef, idempotencyName } from './idempotency-store.ts'
import { createOnce, type Once } from './once.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose idempotency keys apply to this request: a workspace, the operator, a user. Set by authentication. */
    idempotencyScope: string | null
    /** The body as it arrived, where it was text. */
    bodyText: string | null
  }
}

/** What a command answers. `cookies` are Set-Cookie headers; a replay sends them again. */
export type Answer<Body> = {
  readonly status: number
  readonly body: Body
  readonly cookies?: readonly string[]
}

/** An answer as it is sent: made now, or kept from the first run. */
export type Sent =
  | { readonly record: IdempotencyRecord }
  | { readonly status: number; readonly body: string; readonly cookies: readonly string[] }

export type CommandOptions = {
  /** The answer holds a secret that is shown once: it is stored encrypted. */
  readonly sealed?: boolean
}

/**
 * Runs a command in a transaction and answers what `serialize` makes of its answer.
 *
 * @param once honor it: replay before the work, keep after it; undefined: the request has no key
 */
export type RunCommand<Body> = (
  once: Once<Sent> | undefined,
  serialize: (answer: Answer<Body>) => Sent,
) => Promise<Sent>

/** Runs the commands of HTTP requests once for each Idempotency-Key. */
export type Idempotency = {
  /**
   * Runs `work` in one transaction. A repeat with the same key gets the first answer again; one that comes while the
   * first still runs waits for it. A problem thrown by `work` rolls everything back and is not kept. `work` queries
   * through `tx` alone: repeats that wait hold connections of the pool meanwhile.
   *
   * @returns what the route's handler returns: the serialized body, typed as the body so that the compiler compares it
   *   with the route's schema
   */
  command<Body>(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (tx: Tx) => Promise<Answer<Body>>,
    options?: CommandOptions,
  ): Promise<Body>
  /** Runs a command in a transaction that `run` opens, such as the ledger's. */
  commandIn<Body>(
    request: FastifyRequest,
    reply: FastifyReply,
    run: RunCommand<Body>,
    options?: CommandOptions,
  ): Promise<Body>
  /** The idempotency key of a request with the hash of what it asks; undefined where it has none. */
  idempotencyOf(request: FastifyRequest): IdempotencyRef | undefined
  /** Sends an answer that was kept. Returns what the handler returns. */
  replay(reply: FastifyReply, record: IdempotencyRecord): string
}

const VISIBLE_CHARACTERS = /^[\x21-\x7e]{1,255}$/
const JSON_CONTENT_TYPE = 'application/json; charset=utf-8'
const SEALED_PREFIX = 'sealed:'

/** @param options.secrets the server's: they keep secrets in answers, and hashes of bodies, unreadable in the database */
export function createIdempotency(options: {
  database: Database
  clock: Clock
  secrets: Secrets
}): Idempotency {
  const { database, clock } = options
  const box = createSealedBox(options.secrets, 'idempotency')

  function replay(reply: FastifyReply, record: IdempotencyRecord): string {
    const { body, cookies } = readKept(box, record)
    reply.code(record.status).header('idempotent-replayed', 'true').header('content-type', JSON_CONTENT_TYPE)
    if (cookies.length > 0) reply.header('set-cookie', cookies)
    return body
  }

  async function commandIn<Body>(
    request: FastifyRequest,
    reply: FastifyReply,
    run: RunCommand<Body>,
    { sealed = false }: CommandOptions = {},
  ): Promise<Body> {
    const key = readKey(box, request)
    const once = createOnce<Sent>(key, {
      show: async (_tx, record) => record && { record },
      answerOf(sent) {
        if ('record' in sent) return sent.record
        const secret = sealed || sent.cookies.length > 0
        return { status: sent.status, body: key && secret ? sealAnswer(box, key, sent) : sent.body }
      },
    })
    // Serialized inside the transaction: an answer that breaks its schema changes nothing.
    const sent = await run(once, (answer) => serialize(reply, answer))
    if ('record' in sent) return replay(reply, sent.record) as Body
    reply.header('content-type', JSON_CONTENT_TYPE)
    if (sent.cookies.length > 0) reply.header('set-cookie', sent.cookies)
    return sent.body as Body
  }

  return {
    replay,
    commandIn,
    idempotencyOf: (request) => readKey(box, request),
    command: (request, reply, work, commandOptions) =>
      commandIn(
        request,
        reply,
        (once, sent) =>
          retryLostRaces(() =>
            database.transaction(async (tx) => {
              const before = await once?.replay(tx)
              if (before) return before.result
              const result = sent(await work(tx))
              await once?.keep(tx, result, clock.now())
              return result
            }),
          ),
        commandOptions,
      ),
  }
}

function readKey(box: SealedBox, request: FastifyRequest): IdempotencyRef | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined || request.method !== 'POST') return undefined
  if (typeof key !== 'string' || !VISIBLE_CHARACTERS.test(key)) {
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
    requestHash: box.hash([request.method, request.url, String(workspace ?? ''), request.bodyText ?? '']),
  }
}

function serialize(reply: FastifyReply, answer: Answer<unknown>): Sent {
  reply.code(answer.status)
  const body = answer.body === undefined ? '' : String(reply.serialize(answer.body))
  return { status: answer.status, body, cookies: answer.cookies ?? [] }
}

type Kept = { readonly body: string; readonly cookies: readonly string[] }

function sealAnswer(box: SealedBox, key: IdempotencyRef, { body, cookies }: Kept): string {
  return SEALED_PREFIX + box.close(JSON.stringify({ body, cookies }), idempotencyName(key))
}

function readKept(box: SealedBox, record: IdempotencyRecord): { body: string; cookies: string[] } {
  if (!record.body.startsWith(SEALED_PREFIX)) return { body: record.body, cookies: [] }
  const opened = box.open(record.body.slice(SEALED_PREFIX.length), idempotencyName(record))
  if (opened === undefined) {
    throw new Problem(
      platformProblems.idempotency_answer_unreadable,
      'This idempotency key was used before the server’s secret was changed; its answer cannot be shown again. Use a new key.',
    )
  }
  return JSON.parse(opened) as { body: string; cookies: string[] }
}
