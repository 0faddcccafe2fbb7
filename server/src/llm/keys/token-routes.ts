import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireRole } from '../../access/index.ts'
import { callProblems, findWorkspaceOfCall } from '../../calls/index.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { Instant, instantOf } from '../../platform/http/instant.ts'
import { Problem } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { LlmDeps } from '../deps.ts'
import { createCallToken, revokeCallTokens } from './call-token-store.ts'

const CallTokenResponse = z
  .object({
    token: z
      .string()
      .meta({ description: 'For the gateway and this call only. It is shown only in this response.' }),
    expiresAt: Instant.meta({ description: 'The latest end. The token ends with its call.' }),
  })
  .meta({ id: 'LlmCallToken' })

const params = z.object({ id: z.string() })
const tags = ['LLM gateway']

/** Call tokens, with which a voice stack uses the gateway for one call. */
export function callTokenRoutes({ access, database, clock, idempotency }: LlmDeps): Routes {
  async function findCallScope(request: FastifyRequest, id: string) {
    const callId = uuidFrom('call', id)
    if (callId === undefined)
      throw new Problem(callProblems.call_not_found, 'There is no such call in this workspace.')
    const scope = await access.scopeOf(request, { workspaceOf: () => findWorkspaceOfCall(database, callId) })
    requireRole(scope, 'admin')
    return { workspaceId: scope.workspaceId, callId }
  }

  return async (server) => {
    server.post(
      '/v1/calls/:id/llm-token',
      {
        config: { keyScope: 'llm' },
        schema: {
          tags,
          summary: 'Create a token that gives access to the gateway for this call',
          description:
            'For the part of a voice stack that must not have a workspace key. The token ends with the call.',
          params,
          body: z.strictObject({}),
          response: { 201: CallTokenResponse },
        },
      },
      async (request, reply) => {
        const { workspaceId, callId } = await findCallScope(request, request.params.id)
        return idempotency.command(
          request,
          reply,
          async (tx) => {
            const { token, expiresAtMs } = await createCallToken(tx, workspaceId, callId, clock.now())
            return { status: 201, body: { token, expiresAt: instantOf(expiresAtMs) } }
          },
          { sealed: true },
        )
      },
    )

    server.delete(
      '/v1/calls/:id/llm-token',
      {
        config: { keyScope: 'llm' },
        schema: {
          tags,
          summary: 'Revoke all tokens of this call',
          params,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        const { workspaceId, callId } = await findCallScope(request, request.params.id)
        await database.transaction((tx) => revokeCallTokens(tx, workspaceId, callId))
        reply.code(204)
        return undefined
      },
    )
  }
}
