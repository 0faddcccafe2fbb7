import type { FastifyRequest } from 'fastify'
import { type Access, requireKeyScope } from '../../access/index.ts'
import { findWorkspaceOfAgent } from '../../agents/index.ts'
import { findWorkspaceOfCall } from '../../calls/index.ts'
import type { Database } from '../../platform/database/database.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import { type CallTokenRef, parseCallToken } from '../keys/call-token-store.ts'
import { notFoundProblems } from '../problems.ts'
import type { RequestContextRef } from './request-context-store.ts'

/** What a request names in its body instead of in headers. */
export type NamedInBody = {
  readonly agentId?: string | undefined
  readonly callId?: string | undefined
  readonly provider?: string | undefined
  readonly test?: boolean | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The call token of the request; null: it sent an API key. Set before the body is read. */
    callToken: CallTokenRef | null
  }
}

/**
 * Identifies the caller by an API key or a call token, before the body is read. Session cookies are not accepted,
 * because browsers do not use the gateway. Call tokens are only parsed; resolving the route checks them.
 *
 * @throws Problem unauthenticated, forbidden
 */
export async function authenticateCaller(access: Access, request: FastifyRequest): Promise<void> {
  const { authorization } = request.headers
  if (authorization === undefined) {
    throw new Problem(
      platformProblems.unauthenticated,
      'Send an API key or a call token as "Authorization: Bearer …".',
    )
  }
  request.callToken = parseCallToken(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '') ?? null
  if (request.callToken !== null) return
  const principal = await access.authenticate(request)
  requireKeyScope(principal, 'llm')
  request.principal = principal
}

/**
 * Finds the workspace in which a request acts, and the agent and the call that it names.
 *
 * @throws Problem workspace_not_found, workspace_suspended, agent_not_found, call_not_found
 */
export async function findContextRef(
  { access, database }: { access: Access; database: Database },
  request: FastifyRequest,
  inBody: NamedInBody,
): Promise<RequestContextRef> {
  const agentId = readId('agent', request, 'talktime-agent', inBody.agentId)
  const callId = readId('call', request, 'talktime-call', inBody.callId)
  const token = request.callToken
  if (token !== null) return { workspaceId: token.workspaceId, agentId, callId, token }
  const { workspaceId } = await access.scopeOf(request, {
    ...(callId !== null && { workspaceOf: () => findWorkspaceOfCall(database, callId) }),
    ...(agentId !== null && { workspaceOf: () => findWorkspaceOfAgent(database, agentId) }),
  })
  return { workspaceId, agentId, callId, token: null }
}

/** Reads the provider that a request names instead of the agent's. */
export function readProviderName(request: FastifyRequest, inBody: NamedInBody): string | null {
  return readHeader(request, 'talktime-llm-provider') ?? inBody.provider ?? null
}

/** Reads whether a request is marked as a test, which may use the platform's key outside a call. */
export function readTestMark(request: FastifyRequest, inBody: NamedInBody): boolean {
  return readHeader(request, 'talktime-test') === 'true' || inBody.test === true
}

function readId(
  kind: 'agent' | 'call',
  request: FastifyRequest,
  header: string,
  inBody: string | undefined,
): string | null {
  const id = readHeader(request, header) ?? inBody
  if (id === undefined) return null
  const uuid = uuidFrom(kind, id)
  if (uuid !== undefined) return uuid
  throw new Problem(notFoundProblems[kind], `There is no such ${kind} in this workspace.`)
}

function readHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return value === undefined || value === '' ? undefined : String(value)
}
