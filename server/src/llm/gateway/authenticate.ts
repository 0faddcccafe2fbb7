import type { FastifyRequest } from 'fastify'
import type { Access } from '../../access/index.ts'
import { workspaceOfAgent } from '../../agents/index.ts'
import { findWorkspaceOfCall } from '../../calls/index.ts'
import type { Database } from '../../platform/database/database.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import { type CallTokenRef, callTokenRef } from '../keys/call-token-store.ts'
import { notFoundProblems } from '../problems.ts'
import type { RequestContextRef } from './request-context.ts'

/** What a request of the gateway names beside its key, by headers or in its body. */
export type Names = {
  readonly agentId?: string | undefined
  readonly callId?: string | undefined
  readonly provider?: string | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The token with which the gateway was asked; null: it was a key. Set before the body is read. */
    callToken: CallTokenRef | null
  }
}

/**
 * Finds out who asks the gateway, before the body is read: a key, or a call's token. A session's cookie is not taken:
 * browsers have no business here.
 *
 * @throws Problem unauthenticated
 */
export async function authenticateCaller(access: Access, request: FastifyRequest): Promise<void> {
  const { authorization } = request.headers
  if (authorization === undefined) {
    throw new Problem(
      platformProblems.unauthenticated,
      'Send an API key, or a call’s token, as "Authorization: Bearer …".',
    )
  }
  request.callToken = callTokenRef(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '') ?? null
  // What a token is good for is looked up with everything else.
  if (request.callToken === null) request.principal = await access.authenticate(request)
}

/**
 * The workspace in which a request of the gateway acts, and the agent and the call that it names.
 *
 * @throws Problem workspace_not_found, workspace_suspended, agent_not_found, call_not_found
 */
export async function contextRefOf(
  { access, database }: { access: Access; database: Database },
  request: FastifyRequest,
  inBody: Names,
): Promise<RequestContextRef> {
  const agentId = uuidNamed('agent', request, 'talktime-agent', inBody.agentId)
  const callId = uuidNamed('call', request, 'talktime-call', inBody.callId)
  const token = request.callToken
  if (token !== null) return { workspaceId: token.workspaceId, agentId, callId, token }
  const { workspaceId } = await access.scopeOf(request, {
    ...(callId !== null && { workspaceOf: () => findWorkspaceOfCall(database, callId) }),
    ...(agentId !== null && { workspaceOf: () => workspaceOfAgent(database, agentId) }),
  })
  return { workspaceId, agentId, callId, token: null }
}

export function providerNamed(request: FastifyRequest, inBody: Names): string | null {
  return headerOf(request, 'talktime-llm-provider') ?? inBody.provider ?? null
}

function uuidNamed(
  kind: 'agent' | 'call',
  request: FastifyRequest,
  header: string,
  inBody: string | undefined,
): string | null {
  const id = headerOf(request, header) ?? inBody
  if (id === undefined) return null
  const uuid = uuidFrom(kind, id)
  if (uuid !== undefined) return uuid
  throw new Problem(notFoundProblems[kind], `There is no such ${kind} in this workspace.`)
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return value === undefined || value === '' ? undefined : String(value)
}
