import { isOpen } from '@talktime/core/calls/call'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, requireRole, type Scope } from '../access/index.ts'
import { findWorkspaceOfAgent } from '../agents/index.ts'
import { Amount, amountOf } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { newUuid } from '../platform/ids.ts'
import { type InvalidPart, Problem } from '../platform/problem.ts'
import { workspaceOfCall } from './call-store.ts'
import type { CallCommand, CallDecided, CallOutcome } from './command.ts'
import type { CallEngine } from './engine.ts'
import {
  AnswerRequest,
  agentUuid,
  callTarget,
  EndRequest,
  StartRequest,
  startCommand,
} from './request-schemas.ts'
import { CallResponse, callResponse } from './response-schemas.ts'

export type CallRouteDeps = {
  readonly access: Access
  readonly engine: CallEngine
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
}

const CallParams = z.object({ id: z.string() })

const HeartbeatRequest = z
  .object({
    continue: z.boolean().meta({ description: 'False: hang up.' }),
    balance: Amount,
    maxDurationSeconds: z.int(),
  })
  .meta({ id: 'Heartbeat' })

/** What a route answers to a command that was carried out. */
type Answer = { readonly status: number; readonly body: unknown }

/** The routes that voice stacks call while a call is set up, answered and ended: the hot path. */
export function callRoutes(deps: CallRouteDeps): Routes {
  const { access, engine, database, clock, idempotency } = deps

  async function carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    command: CallCommand,
    answerOf: (outcome: CallDecided) => Answer,
  ): Promise<never> {
    const ref = idempotency.idempotencyOf(request)
    const stored = (outcome: CallDecided) => {
      const { status, body } = answerOf(outcome)
      return { status, body: JSON.stringify(body) }
    }
    const outcome = await engine.submitOnce({ command, idempotency: ref && { ref, answerOf: stored } })
    if (outcome.outcome === 'replayed') return idempotency.replay(reply, outcome.record) as never
    const { status, body } = answerOf(orProblem(outcome))
    reply.code(status)
    return body as never
  }

  // A suspended workspace's calls are refused by the gate, and those under way are still charged.
  async function mayReport(request: FastifyRequest, workspaceOf: () => Promise<string>): Promise<Scope> {
    const scope = await access.scopeOf(request, { workspaceOf, whileSuspended: 'allowed' })
    requireRole(scope, 'admin')
    return scope
  }

  const scopeOfCall = (request: FastifyRequest, id: string): Promise<Scope> =>
    mayReport(request, () => workspaceOfCall(database, callTarget(id).callId))

  const scopeOfAgent = (request: FastifyRequest, id: string): Promise<Scope> =>
    mayReport(request, () => findWorkspaceOfAgent(database, agentUuid(id)))

  return async (server) => {
    // What these routes answer is built here, field by field; checking it against its schema once more would cost
    // more than deciding it.
    const unchecked = { serializerCompiler: () => JSON.stringify }

    server.post(
      '/v1/calls',
      {
        ...unchecked,
        schema: {
          tags: ['Calls'],
          summary: 'May this call start?',
          description: 'A refusal is a decision, not an error. The same externalId gives the same call.',
          body: StartRequest,
          response: { 200: CallResponse, 201: CallResponse },
        },
      },
      async (request, reply) => {
        const { workspaceId } = await scopeOfAgent(request, request.body.agentId)
        const command = startCommand(workspaceId, newUuid(clock.now()), request.body)
        return carryOut(request, reply, command, (outcome) => ({
          status: outcome.created && !outcome.call.facts.refused ? 201 : 200,
          body: callResponse(outcome.call),
        }))
      },
    )

    server.post(
      '/v1/calls/:id/answer',
      {
        ...unchecked,
        schema: {
          tags: ['Calls'],
          summary: 'The conversation starts',
          params: CallParams,
          body: AnswerRequest,
          response: { 200: CallResponse },
        },
      },
      async (request, reply) => {
        const { workspaceId } = await scopeOfCall(request, request.params.id)
        const target = callTarget(request.params.id)
        const command = { type: 'answer', workspaceId, target, atMs: request.body.at ?? null } as const
        return carryOut(request, reply, command, callAnswer)
      },
    )

    server.post(
      '/v1/calls/:id/end',
      {
        ...unchecked,
        schema: {
          tags: ['Calls'],
          summary: 'The call is over',
          description: 'Charges the conversation, if there was one. Repeats change nothing.',
          params: CallParams,
          body: EndRequest,
          response: { 200: CallResponse },
        },
      },
      async (request, reply) => {
        const { workspaceId } = await scopeOfCall(request, request.params.id)
        const target = callTarget(request.params.id)
        const { at, reason } = request.body
        const command = {
          type: 'end',
          workspaceId,
          target,
          atMs: at ?? null,
          reason: reason ?? null,
        } as const
        return carryOut(request, reply, command, callAnswer)
      },
    )

    server.post(
      '/v1/calls/:id/heartbeat',
      {
        ...unchecked,
        schema: {
          tags: ['Calls'],
          summary: 'The call is still on',
          description:
            'Keeps the lease of a call whose stack sends no reliable end: a call that sent heartbeats and falls silent for 90 seconds is closed at its last one.',
          params: CallParams,
          body: z.strictObject({}),
          response: { 200: HeartbeatRequest },
        },
      },
      async (request, reply) => {
        const { workspaceId } = await scopeOfCall(request, request.params.id)
        const target = callTarget(request.params.id)
        return carryOut(request, reply, { type: 'heartbeat', workspaceId, target }, (outcome) => ({
          status: 200,
          body: {
            continue: outcome.mayContinue,
            balance: amountOf(outcome.balanceMs),
            maxDurationSeconds: outcome.call.maxDurationMs / 1000,
          },
        }))
      },
    )

    server.post(
      '/v1/calls/:id/hang-up',
      {
        ...unchecked,
        schema: {
          tags: ['Calls'],
          summary: 'Have a call hung up',
          description:
            'Tells the voice stack to hang up, again and again until the call is over (202). It is charged until then. A call that is over already stays as it is (200).',
          params: CallParams,
          body: z.strictObject({}),
          response: { 200: CallResponse, 202: CallResponse },
        },
      },
      async (request, reply) => {
        const { workspaceId } = await scopeOfCall(request, request.params.id)
        const target = callTarget(request.params.id)
        const command = { type: 'hang_up', workspaceId, target, reason: 'by_hand' } as const
        return carryOut(request, reply, command, ({ call }) => ({
          status: isOpen(call.facts) ? 202 : 200,
          body: callResponse(call),
        }))
      },
    )
  }
}

function callAnswer(outcome: CallDecided): Answer {
  return { status: 200, body: callResponse(outcome.call) }
}

/** The outcome, or the problem it is thrown as. */
function orProblem(outcome: CallOutcome): CallDecided {
  if (outcome.outcome === 'call') return outcome
  throw problemOf(outcome)
}

export function problemOf(outcome: Extract<CallOutcome, { outcome: 'problem' }>): Problem {
  const { problem, detail, pointer } = outcome
  const errors: InvalidPart[] = pointer === undefined ? [] : [{ pointer, detail }]
  return new Problem(problem, detail, { errors })
}
