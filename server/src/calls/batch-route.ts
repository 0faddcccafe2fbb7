import { z } from 'zod'
import {
  type Access,
  nameSender,
  type Principal,
  principalOf,
  requireKeyScope,
  requireRole,
} from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { boundRoute } from '../platform/http/bound-route.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { problemFrom } from '../platform/http/problem-response.ts'
import { parseValue } from '../platform/http/validation.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import type { IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import { createOnce } from '../platform/idempotency/once.ts'
import { newUuid } from '../platform/ids.ts'
import { createOverloaded, invalid, Problem, platformProblems } from '../platform/problem.ts'
import type { CallCommand, DecidedCall, Submission } from './command.ts'
import type { CallEngine } from './engine.ts'
import { type Reporter, readReportSource } from './report-source.ts'
import { BatchEvent, createEventCommand } from './request-schemas.ts'
import { callResponse } from './response-schemas.ts'
import { createProblem, identifySource } from './routes.ts'

const EVENTS_MAX = 1000
const BODY_BYTES_MAX = 1024 * 1024
/** How many batches may be in progress at once, in all and of one workspace. */
const BATCHES = { max: 16, ownerMax: 4 }

export type BatchRouteDeps = {
  readonly access: Access
  readonly engine: CallEngine
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
}

/** Who sends a batch, and the workspace whose calls it is about. */
type Sender = Reporter & { readonly principal: Principal }

/** The route that takes up to 1,000 events, one in each line, in order. A bad line does not affect the others. */
export function callBatchRoute(deps: BatchRouteDeps): Routes {
  const { access, engine, clock, idempotency } = deps

  async function answerEvent(
    event: ReadEvent,
    index: number,
    { ref, source }: { ref: IdempotencyRef | undefined; source: string | undefined },
  ): Promise<string> {
    if ('error' in event) return formatProblemLine(index, event.error)
    try {
      // Keys in requests have no spaces, so this key cannot be the key of a request.
      const lineRef = ref && { ...ref, key: `${ref.key} ${index}` }
      const outcome = await engine.submitOnce({
        command: event.command,
        source,
        idempotency: lineRef && rememberLine(lineRef, index),
      })
      if (outcome.outcome === 'problem') throw createProblem(outcome)
      return outcome.outcome === 'replayed' ? outcome.record.body : formatLine(index, outcome)
    } catch (error) {
      return formatProblemLine(index, error)
    }
  }

  return async (server) => {
    server.post(
      '/v1/calls/batch',
      {
        bodyLimit: BODY_BYTES_MAX,
        config: { takesLines: true, keyScope: 'calls:report', importance: 'own' },
        onRequest: boundRoute(BATCHES, nameSender),
        schema: {
          tags: ['Calls'],
          summary: 'Many events at once',
          description:
            'NDJSON with one event in each line: {"type": "start" | "answer" | "end", …}. start has the fields of POST /v1/calls. answer and end have those of their routes, and callId or externalId. Lines with start need the scope calls:start as well. The response has one line for each event, in order: {"line", "status", "call"} or {"line", "status", "problem"}.',
          consumes: ['application/x-ndjson'],
          body: z.string({
            error: 'Send the events as lines of JSON with Content-Type: application/x-ndjson.',
          }),
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request, { whileSuspended: 'allowed' })
        requireRole(scope, 'admin')
        const principal = principalOf(request)
        const sender = { principal, workspaceId: scope.workspaceId, by: readReportSource(principal) }
        const lines = splitLines(request.body)
        const events = lines.map((line) => readEvent(sender, newUuid(clock.now()), line))
        // A batch is taken whole or not at all, because few senders look at each line.
        if (!engine.hasRoomFor(events.filter((event) => 'command' in event))) throw createOverloaded()
        const ref = idempotency.idempotencyOf(request)
        const source = identifySource(request)
        const replayed = ref !== undefined && (await claimKey(deps, ref))
        // All lines are submitted at once. The engine keeps their order.
        const answers = await Promise.all(
          events.map((event, index) => answerEvent(event, index, { ref, source })),
        )
        if (replayed) reply.header('idempotent-replayed', 'true')
        return reply
          .header('content-type', 'application/x-ndjson; charset=utf-8')
          .send(`${answers.join('\n')}\n`)
      },
    )
  }
}

/** Splits a batch into its lines. Throws `invalid_request` for an empty or too long batch. */
function splitLines(body: string): string[] {
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) throw invalid('', 'The batch has no event. Send one JSON object in each line.')
  if (lines.length > EVENTS_MAX) {
    throw invalid('', `The batch has ${lines.length} events. Send at most ${EVENTS_MAX} at once.`)
  }
  return lines
}

/**
 * Stores the batch's key with the hash of its body. Each line's answer is then stored with a key of its own, so the repeat
 * of a batch that was cut off finishes it.
 *
 * @returns whether the key was stored before
 */
function claimKey({ database, clock }: BatchRouteDeps, key: IdempotencyRef): Promise<boolean> {
  const once = createOnce<boolean>(key, {
    show: async (_tx, record) => record && true,
    answerOf: () => ({ status: 200, body: '' }),
  })
  return database.transaction(async (tx) => {
    const before = await once?.replay(tx)
    if (before) return before.result
    await once?.keep(tx, false, clock.now())
    return false
  })
}

/** How the answer to a line is stored. */
function rememberLine(ref: IdempotencyRef, index: number): NonNullable<Submission['idempotency']> {
  return { ref, createAnswer: (outcome) => ({ status: 200, body: formatLine(index, outcome) }) }
}

/** A line of a batch: the command that it is, or what is wrong with it. */
type ReadEvent = { readonly command: CallCommand } | { readonly error: unknown }

function readEvent(sender: Sender, callId: string, line: string): ReadEvent {
  try {
    const event = parseEvent(line)
    if (event.type === 'start') requireKeyScope(sender.principal, 'calls:start')
    return { command: createEventCommand(sender, callId, event) }
  } catch (error) {
    return { error }
  }
}

function parseEvent(line: string): BatchEvent {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new Problem(platformProblems.invalid_json, 'This line is not a JSON object.')
  }
  return parseValue(BatchEvent, value)
}

function formatLine(index: number, outcome: DecidedCall): string {
  const status = outcome.created && !outcome.call.facts.refused ? 201 : 200
  return JSON.stringify({ line: index + 1, status, call: callResponse(outcome.call) })
}

function formatProblemLine(index: number, error: unknown): string {
  const problem = problemFrom(error)
  const { code, status, detail, errors } = problem
  const { title } = problem.type
  return JSON.stringify({
    line: index + 1,
    status,
    problem: { title, status, detail, code, ...(errors.length > 0 && { errors }) },
  })
}
