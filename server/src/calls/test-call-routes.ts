import { isOpen } from '@talktime/core/calls/call'
import { MINUTE_MS } from '@talktime/core/time/durations'
import { z } from 'zod'
import { requireRole } from '../access/index.ts'
import { findWorkspaceOfAgent } from '../agents/index.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant, Problem } from '../platform/problem.ts'
import { findWorkspaceOfCall } from './call-store.ts'
import type { CallCommand, DecidedCall } from './command.ts'
import { callProblems } from './problems.ts'
import { createStartCommand, parseAgentId, parseCallId } from './request-schemas.ts'
import { CallResponse, callResponse } from './response-schemas.ts'
import { type CallRouteDeps, carryOut, createCallAnswer, createProblem } from './routes.ts'
import { deleteTestCall, insertTestCall, isTestCall, loadDueTestCalls } from './test-call-store.ts'

/** A test call ends automatically after this long. */
const TEST_CALL_MS_MAX = MINUTE_MS
const BATCH_MAX = 100

const tags = ['Calls']

/**
 * Test calls, which people make from the dashboard without a voice stack. The server itself is the voice stack: it
 * reports the answer and the end by its own clock, so nobody can say a call was shorter than it was.
 */
export function testCallRoutes(deps: CallRouteDeps): Routes {
  return async (server) => {
    registerStart(server, deps)
    registerEnd(server, deps)
  }
}

function registerStart(server: HttpServer, deps: CallRouteDeps): void {
  const { access, clock, database, idempotency } = deps
  server.post(
    '/v1/test-calls',
    {
      config: { keyScope: 'calls:start' },
      schema: {
        tags,
        summary: 'Make a test call',
        description:
          'A call without a phone that the server itself answers at once. It is charged like any other, and ends after a minute at the latest.',
        body: z.strictObject({
          agentId: z.string().meta({ example: 'agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
        }),
        response: { 200: CallResponse, 201: CallResponse },
      },
    },
    async (request, reply) => {
      const agentId = parseAgentId(request.body.agentId)
      const scope = await access.scopeOf(request, {
        workspaceOf: () => findWorkspaceOfAgent(database, agentId),
        whileSuspended: 'allowed',
      })
      requireRole(scope, 'admin')
      const { workspaceId } = scope
      const nowMs = clock.now()
      const callId = newUuid(nowMs)
      // Committed first, so that a call whose start was cut off by a crash is ended too.
      await insertTestCall(database, { workspaceId, callId, endsAtMs: nowMs + TEST_CALL_MS_MAX })
      return idempotency.command(request, reply, async () => {
        const start = createStartCommand(workspaceId, callId, { ...request.body, direction: 'web' })
        const { call } = await submit(deps, start)
        if (call.facts.refused) return { status: 200, body: callResponse(call) }
        const answer = { type: 'answer', by: 'carrier', workspaceId, target: { callId }, atMs: null } as const
        return { status: 201, body: callResponse((await submit(deps, answer)).call) }
      })
    },
  )
}

function registerEnd(server: HttpServer, deps: CallRouteDeps): void {
  const { access, database } = deps
  server.post(
    '/v1/test-calls/:id/end',
    {
      config: { keyScope: 'calls:start' },
      schema: {
        tags,
        summary: 'End a test call now',
        params: z.object({ id: z.string() }),
        body: z.strictObject({}),
        response: { 200: CallResponse },
      },
    },
    async (request, reply) => {
      const target = parseCallId(request.params.id)
      const scope = await access.scopeOf(request, {
        workspaceOf: () => findWorkspaceOfCall(database, target.callId),
        whileSuspended: 'allowed',
      })
      requireRole(scope, 'admin')
      const { workspaceId } = scope
      if (!(await isTestCall(database, workspaceId, target.callId))) throw notATestCall()
      const end = {
        type: 'end',
        by: 'carrier',
        workspaceId,
        target,
        atMs: null,
        reason: 'completed',
      } as const
      return carryOut(deps, request, reply, end, createCallAnswer)
    },
  )
}

/** Ends the test calls that are at their limit or have a hang-up order, and forgets those that are over. */
export async function endDueTestCalls(
  deps: Pick<CallRouteDeps, 'database' | 'engine' | 'clock'>,
): Promise<void> {
  const { database, engine, clock } = deps
  for (const { workspaceId, callId, endsAtMs, open } of await loadDueTestCalls(
    database,
    clock.now(),
    BATCH_MAX,
  )) {
    if (open) {
      const target = { callId }
      const ended = await engine.submit({
        type: 'end',
        by: 'carrier',
        workspaceId,
        target,
        atMs: endsAtMs,
        reason: 'completed',
      })
      invariant(ended.outcome === 'call' && !isOpen(ended.call.facts), 'A test call that was ended is over')
    }
    await deleteTestCall(database, workspaceId, callId)
  }
}

async function submit({ engine }: Pick<CallRouteDeps, 'engine'>, command: CallCommand): Promise<DecidedCall> {
  const outcome = await engine.submit(command)
  if (outcome.outcome === 'problem') throw createProblem(outcome)
  return outcome
}

function notATestCall(): Problem {
  return new Problem(callProblems.call_not_found, 'There is no such test call in this workspace.')
}
