import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
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
import type { CallDecided, Submission } from './command.ts'
import type { CallEngine } from './engine.ts'
import { BatchEvent, eventCommand } from './request-schemas.ts'
import { callResponse } from './response-schemas.ts'
import { problemOf } from './routes.ts'

const EVENTS_MAX = 1000
const BODY_BYTES_MAX = 1024 * 1024

export type BatchRouteDeps = {
  readonly access: Access
  readonly engine: CallEngine
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
}

/** `POST /v1/calls/batch`: up to 1,000 events, a line each, in order; one bad line spoils no other. */
export function callBatchRoute(deps: BatchRouteDeps): Routes {
  const { access, engine, clock, idempotency } = deps

  async function answerLine(
    workspaceId: string,
    line: string,
    index: number,
    ref: IdempotencyRef | undefined,
  ): Promise<string> {
    try {
      const command = eventCommand(workspaceId, newUuid(clock.now()), parsed(line))
      // No key that a caller sends has a space in it, so this one is nobody else's.
      const lineRef = ref && { ...ref, key: `${ref.key} ${index}` }
      const outcome = await engine.submitOnce({ command, idempotency: lineRef && onceOf(lineRef, index) })
      if (outcome.outcome === 'problem') throw problemOf(outcome)
      return outcome.outcome === 'replayed' ? outcome.record.body : lineOf(index, outcome)
    } catch (error) {
      return problemLine(index, error)
    }
  }

  return async (server) => {
    server.post(
      '/v1/calls/batch',
      {
        bodyLimit: BODY_BYTES_MAX,
        config: { takesLines: true },
        schema: {
          tags: ['Calls'],
          summary: 'Many events at once',
          description:
            'NDJSON, one event a line: {"type": "start" | "answer" | "end", …}. start takes the fields of POST /v1/calls, answer and end those of their routes and callId or externalId. Answers one line for each, in order: {"line", "status", "call"} or {"line", "status", "problem"}.',
          consumes: ['application/x-ndjson'],
          body: z.string({
            error: 'Send the events as lines of JSON with Content-Type: application/x-ndjson.',
          }),
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request, { whileSuspended: 'allowed' })
        requireRole(scope, 'admin')
        const { workspaceId } = scope
        const lines = linesOf(request.body)
        const ref = idempotency.idempotencyOf(request)
        const replayed = ref !== undefined && (await claim(deps, ref))
        // All lines are submitted at once; those of one workspace keep their order.
        const answers = await Promise.all(
          lines.map((line, index) => answerLine(workspaceId, line, index, ref)),
        )
        if (replayed) reply.header('idempotent-replayed', 'true')
        return reply
          .header('content-type', 'application/x-ndjson; charset=utf-8')
          .send(`${answers.join('\n')}\n`)
      },
    )
  }
}

function linesOf(body: string): string[] {
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) throw invalid('', 'The batch holds no event: send one JSON object a line.')
  if (lines.length > EVENTS_MAX) {
    throw invalid('', `The batch holds ${lines.length} events: send at most ${EVENTS_MAX} at once.`)
  }
  return lines
}

/**
 * Ties the key to this body, in a record of its own; each line is then kept under a key of its own. A batch that was
 * cut off is finished by its repeat. Returns whether the key was there already.
 */
function claim({ database, clock }: BatchRouteDeps, key: IdempotencyRef): Promise<boolean> {
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

function onceOf(ref: IdempotencyRef, index: number): NonNullable<Submission['idempotency']> {
  return { ref, answerOf: (outcome) => ({ status: 200, body: lineOf(index, outcome) }) }
}

function parsed(line: string): BatchEvent {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new Problem(platformProblems.invalid_json, 'This line is no JSON object.')
  }
  return parseValue(BatchEvent, value)
}

function lineOf(index: number, outcome: CallDecided): string {
  const status = outcome.created && !outcome.call.facts.refused ? 201 : 200
  return JSON.stringify({ line: index + 1, status, call: callResponse(outcome.call) })
}

function problemLine(index: number, error: unknown): string {
  const problem = problemFrom(error)
  const { code, status, detail, errors } = problem
  const { title } = problem.type
  return JSON.stringify({
    line: index + 1,
    status,
    problem: { title, status, detail, code, ...(errors.length > 0 && { errors }) },
  })
}
