import { z } from 'zod'
import { requireRole } from '../../access/index.ts'
import { agentProblems, findWorkspaceOfAgent } from '../../agents/index.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { Problem } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { LlmDeps } from '../deps.ts'
import { ProviderName } from '../keys/request-schemas.ts'
import type { Recorder } from '../records/recorder.ts'
import { KeySourceName } from '../records/response-schemas.ts'
import { testModel } from './test-model.ts'

const ModelTestResponse = z
  .object({
    provider: ProviderName,
    model: z.string(),
    keySource: KeySourceName,
    answer: z.string().nullable().meta({ description: 'What the model said. null: it failed.' }),
    detail: z.string().meta({ description: 'The result in a sentence.' }),
    status: z.int().nullable().meta({ description: 'The status that the provider answered; null: none.' }),
    tokens: z.object({
      prompt: z.int().nullable(),
      completion: z.int().nullable(),
      total: z.int().nullable(),
    }),
    totalMilliseconds: z.int(),
  })
  .meta({ id: 'LlmModelTest' })

/** Tests of agents' models, for people who set an agent up. */
export function modelTestRoutes(deps: LlmDeps & { readonly recorder: Recorder }): Routes {
  const { access, database, idempotency } = deps
  return async (server) => {
    server.post(
      '/v1/agents/:id/llm-test',
      {
        config: { keyScope: 'llm' },
        schema: {
          tags: ['LLM gateway'],
          summary: 'Ask an agent’s model a question outside a call',
          description:
            'Uses the key that the agent’s calls use. With the platform’s key it counts as one of the day’s tests.',
          params: z.object({ id: z.string() }),
          body: z.strictObject({ message: z.string().trim().min(1).max(1_000) }),
          response: { 200: ModelTestResponse },
        },
      },
      async (request, reply) => {
        const agentId = uuidFrom('agent', request.params.id)
        if (agentId === undefined) {
          throw new Problem(agentProblems.agent_not_found, 'There is no such agent in this workspace.')
        }
        const scope = await access.scopeOf(request, {
          workspaceOf: () => findWorkspaceOfAgent(database, agentId),
        })
        requireRole(scope, 'admin')
        const { workspaceId } = scope
        const { totalMs, ...test } = await testModel(deps, {
          workspaceId,
          agentId,
          message: request.body.message,
        })
        return idempotency.command(request, reply, async () => ({
          status: 200,
          body: { ...test, totalMilliseconds: totalMs },
        }))
      },
    )
  }
}
