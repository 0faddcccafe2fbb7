import { z } from 'zod'
import { type Access, type Principal, principalOf, requireKeyScope, requireRole } from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { problemFrom } from '../platform/http/problem-response.ts'
import { parseValue } from '../platform/http/validation.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import type { IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import { createOnce } from '../platform/idempotency/once.ts'
import { newUuid } from '../platform/ids.ts'
import { invalid, Problem, platformProblems } from '../platform/problem.ts'
import type { DecidedCall, Submission } from './command.ts'
import type { CallEngine } from './engine.ts'
import { type Reporter, readReportSource } from './report-source.ts'
import { BatchEvent, createEventCommand } from './request-schemas.ts'
import { callResponse } from './response-schemas.ts'
import { createProblem } from './routes.ts'

const EVENTS_MAX = 1000
const BODY_BYTES_MAX = 1024 * 1024

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

  async function answerLine(
    sender: Sender,
    line: string,
    index: number,
    ref: IdempotencyRef | undefined,
  ): Promise<string> {
    try {
      const event = parseEvent(line)
      if (event.type === 'start') requireKeyScope(sender.principal, 'calls:start')
      const command = createEventCommand(sender, newUuid(clock.now()), event)
      // Keys in requests have no spaces, so this key cannot be the key of a request.
      const lineRef = ref && { ...ref, key: `${ref.key} ${index}` }
      const outcome = await engine.submitOnce({
        command,
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
        config: { takesLines: true, keyScope: 'calls:report' },
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
        const ref = idempotency.idempotencyOf(request)
        const replayed = ref !== undefined && (await claimKey(deps, ref))
        // All lines are submitted at once. The engine keeps their order.
        const answers = await Promise.all(lines.map((line, index) => answerLine(sender, line, index, ref)))
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
