import { isOpen } from '@talktime/core/calls/call'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, principalOf, requireRole, type Scope } from '../access/index.ts'
import { findWorkspaceOfAgent } from '../agents/index.ts'
import { Amount, amountOf } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { newUuid } from '../platform/ids.ts'
import { type InvalidPart, Problem } from '../platform/problem.ts'
import { findWorkspaceOfCall } from './call-store.ts'
import type { CallCommand, CallOutcome, DecidedCall } from './command.ts'
import type { CallEngine } from './engine.ts'
import { readReportSource } from './report-source.ts'
import {
  AnswerRequest,
  createStartCommand,
  EndRequest,
  parseAgentId,
  parseCallId,
  StartRequest,
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

const HeartbeatResponse = z
  .object({
    continue: z.boolean().meta({ description: 'False: hang up.' }),
    balance: Amount,
    maxDurationSeconds: z.int(),
  })
  .meta({ id: 'Heartbeat' })

/** A route's answer to a command that was carried out. */
type Answer = { readonly status: number; readonly body: unknown }

// These routes build their answers field by field. Checking an answer against its schema again would cost more than
// deciding it.
const unchecked = { serializerCompiler: () => JSON.stringify }

/** The routes that voice stacks call while a call is set up, answered and ended: the hot path. */
export function callRoutes(deps: CallRouteDeps): Routes {
  return async (server) => {
    registerStart(server, deps)
    registerAnswer(server, deps)
    registerEnd(server, deps)
    registerHeartbeat(server, deps)
    registerHangUp(server, deps)
  }
}

function registerStart(server: HttpServer, deps: CallRouteDeps): void {
  server.post(
    '/v1/calls',
    {
      config: { keyScope: 'calls:start', importance: 'high' },
      ...unchecked,
      schema: {
        tags: ['Calls'],
        summary: 'May this call start?',
        description: 'A refusal is a decision, not an error. A repeat with one externalId gives one call.',
        body: StartRequest,
        response: { 200: CallResponse, 201: CallResponse },
      },
    },
    async (request, reply) => {
      const { agentId } = request.body
      const { workspaceId } = await requireReporter(deps, request, () =>
        findWorkspaceOfAgent(deps.database.urgent, parseAgentId(agentId)),
      )
      const command = createStartCommand(workspaceId, newUuid(deps.clock.now()), request.body)
      return carryOut(deps, request, reply, command, (outcome) => ({
        status: outcome.created && !outcome.call.facts.refused ? 201 : 200,
        body: callResponse(outcome.call),
      }))
    },
  )
}

function registerAnswer(server: HttpServer, deps: CallRouteDeps): void {
  server.post(
    '/v1/calls/:id/answer',
    {
      config: { keyScope: 'calls:report', importance: 'urgent' },
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
      const { workspaceId } = await requireReporterOfCall(deps, request, request.params.id)
      const target = parseCallId(request.params.id)
      const by = readReportSource(principalOf(request))
      const command = { type: 'answer', workspaceId, target, atMs: request.body.at ?? null, by } as const
      return carryOut(deps, request, reply, command, createCallAnswer)
    },
  )
}

function registerEnd(server: HttpServer, deps: CallRouteDeps): void {
  server.post(
    '/v1/calls/:id/end',
    {
      config: { keyScope: 'calls:report', importance: 'vital' },
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
      const { workspaceId } = await requireReporterOfCall(deps, request, request.params.id)
      const target = parseCallId(request.params.id)
      const { at = null, reason = null } = request.body
      const by = readReportSource(principalOf(request))
      const command = { type: 'end', workspaceId, target, atMs: at, reason, by } as const
      return carryOut(deps, request, reply, command, createCallAnswer)
    },
  )
}

function registerHeartbeat(server: HttpServer, deps: CallRouteDeps): void {
  server.post(
    '/v1/calls/:id/heartbeat',
    {
      config: { keyScope: 'calls:report', importance: 'urgent' },
      ...unchecked,
      schema: {
        tags: ['Calls'],
        summary: 'The call is still live',
        description:
          'Renews the lease of a call whose voice stack does not reliably report the end. A call that sent heartbeats and then none for 90 seconds is closed at its last one.',
        params: CallParams,
        body: z.strictObject({}),
        response: { 200: HeartbeatResponse },
      },
    },
    async (request, reply) => {
      const { workspaceId } = await requireReporterOfCall(deps, request, request.params.id)
      const target = parseCallId(request.params.id)
      return carryOut(deps, request, reply, { type: 'heartbeat', workspaceId, target }, (outcome) => ({
        status: 200,
        body: {
          continue: outcome.mayContinue,
          balance: amountOf(outcome.balanceMs),
          maxDurationSeconds: outcome.call.maxDurationMs / 1000,
        },
      }))
    },
  )
}

function registerHangUp(server: HttpServer, deps: CallRouteDeps): void {
  server.post(
    '/v1/calls/:id/hang-up',
    {
      config: { keyScope: 'calls:start', importance: 'urgent' },
      ...unchecked,
      schema: {
        tags: ['Calls'],
        summary: 'Order a hang-up',
        description:
          'Orders the voice stack to hang up, repeatedly until the call is over (202). The call is charged until then. A call that is over already stays as it is (200).',
        params: CallParams,
        body: z.strictObject({}),
        response: { 200: CallResponse, 202: CallResponse },
      },
    },
    async (request, reply) => {
      const scope = await requireReporterOfCall(deps, request, request.params.id)
      const { workspaceId } = scope
      const target = parseCallId(request.params.id)
      const command = { type: 'hang_up', workspaceId, target, reason: 'by_hand', by: scope } as const
      return carryOut(deps, request, reply, command, ({ call }) => ({
        status: isOpen(call.facts) ? 202 : 200,
        body: callResponse(call),
      }))
    },
  )
}

/**
 * Requires that the request may report calls of a workspace. A suspended workspace may: the gate refuses its new calls, and
 * its live calls are still charged.
 */
async function requireReporter(
  { access }: CallRouteDeps,
  request: FastifyRequest,
  workspaceOf: () => Promise<string>,
): Promise<Scope> {
  const scope = await access.scopeOf(request, { workspaceOf, whileSuspended: 'allowed' })
  requireRole(scope, 'admin')
  return scope
}

function requireReporterOfCall(deps: CallRouteDeps, request: FastifyRequest, id: string): Promise<Scope> {
  return requireReporter(deps, request, () =>
    findWorkspaceOfCall(deps.database.urgent, parseCallId(id).callId),
  )
}

/** Submits a command once for its Idempotency-Key, and answers the request. Throws the problem if there is one. */
export async function carryOut(
  { engine, idempotency }: CallRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  command: CallCommand,
  createAnswer: (outcome: DecidedCall) => Answer,
): Promise<never> {
  const ref = idempotency.idempotencyOf(request)
  const createStored = (outcome: DecidedCall) => {
    const { status, body } = createAnswer(outcome)
    return { status, body: JSON.stringify(body) }
  }
  const outcome = await engine.submitOnce({
    command,
    source: identifySource(request),
    idempotency: ref && { ref, createAnswer: createStored },
  })
  if (outcome.outcome === 'replayed') return idempotency.replay(reply, outcome.record) as never
  if (outcome.outcome === 'problem') throw createProblem(outcome)
  const { status, body } = createAnswer(outcome)
  reply.code(status)
  return body as never
}

/** Names the sender of a request, so that a workspace's keys take turns. */
export function identifySource({ principal }: FastifyRequest): string | undefined {
  return principal?.kind === 'user' ? principal.userId : principal?.keyId
}

export function createCallAnswer(outcome: DecidedCall): Answer {
  return { status: 200, body: callResponse(outcome.call) }
}

export function createProblem(outcome: Extract<CallOutcome, { outcome: 'problem' }>): Problem {
  const { problem, detail, pointer } = outcome
  const errors: InvalidPart[] = pointer === undefined ? [] : [{ pointer, detail }]
  return new Problem(problem, detail, { errors })
}
