import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import { addEvent, type Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { invalid, Problem } from '../platform/problem.ts'
import { publicId, uuidFrom } from '../public-ids.ts'
import {
  type AgentRow,
  archiveAgent,
  createAgent,
  listAgents,
  requireAgent,
  updateAgent,
  workspaceOfAgent,
} from './agent-store.ts'
import { agentProblems } from './problems.ts'
import { AgentName, Language, LlmName, PhoneNumber, VoiceEndpoint } from './request-schemas.ts'

const AgentStatus = z.enum(['active', 'disabled']).meta({ description: 'disabled: its calls are refused.' })

const AgentResponse = z
  .object({
    id: z.string().meta({ example: 'agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    name: z.string(),
    language: z.string(),
    phoneNumber: z.string().nullable(),
    llmProvider: z.string(),
    llmModel: z.string(),
    voiceEndpoint: z.string().nullable(),
    unconnectedCallAt: Instant.nullable().meta({
      description:
        'When a call to its number was last turned away because it has no voiceEndpoint; null: never since.',
    }),
    status: AgentStatus,
    createdAt: Instant,
  })
  .meta({ id: 'Agent' })

const NewAgentRequest = z.strictObject({
  name: AgentName,
  language: Language,
  phoneNumber: PhoneNumber.nullable().optional(),
  llmProvider: LlmName,
  llmModel: LlmName,
  voiceEndpoint: VoiceEndpoint.nullable().optional(),
})

const AgentChangeRequest = z.strictObject({
  name: AgentName.optional(),
  language: Language.optional(),
  phoneNumber: PhoneNumber.nullable().optional(),
  llmProvider: LlmName.optional(),
  llmModel: LlmName.optional(),
  voiceEndpoint: VoiceEndpoint.nullable().optional(),
  status: AgentStatus.optional(),
})

const AgentParams = z.object({ id: z.string() })

function agentResponse(row: AgentRow): z.infer<typeof AgentResponse> {
  return {
    id: publicId('agent', row.id),
    name: row.name,
    language: row.language,
    phoneNumber: row.phoneNumber,
    llmProvider: row.llmProvider,
    llmModel: row.llmModel,
    voiceEndpoint: row.voiceEndpoint,
    unconnectedCallAt: instantOrNull(row.unconnectedCallAtMs),
    status: row.status,
    createdAt: instantOf(row.createdAtMs),
  }
}

export type AgentRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly ledger: Ledger
}

/** The agents of a workspace: who talks. */
export function agentRoutes(deps: AgentRouteDeps): Routes {
  const { access, database, ledger } = deps
  const tags = ['Agents']
  const one = { tags, params: AgentParams, response: { 200: AgentResponse } }

  /** An operator's key needs to name no workspace: the agent does. */
  async function scopeOfAgent(request: Parameters<Access['scopeOf']>[0], id: string) {
    const agentId = agentUuid(id)
    const scope = await access.scopeOf(request, { workspaceOf: () => workspaceOfAgent(database, agentId) })
    return { scope, agent: { workspaceId: scope.workspaceId, id: agentId } }
  }

  return async (server) => {
    server.get(
      '/v1/agents',
      {
        schema: {
          tags,
          summary: 'The agents, newest first',
          querystring: ListQuery.extend({ status: AgentStatus.optional() }),
          response: { 200: listOf(AgentResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const { limit = LIMIT_DEFAULT, cursor, status } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const rows = await listAgents(database, workspaceId, { status, beforeId, limit: limit + 1 })
        return buildPage(rows, limit, (row) => [row.id], agentResponse)
      },
    )

    server.post(
      '/v1/agents',
      { schema: { tags, summary: 'Make an agent', body: NewAgentRequest, response: { 201: AgentResponse } } },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId } = scope
        return ledger.command(request, reply, workspaceId, async ({ tx, unit, nowMs }) => {
          const { phoneNumber = null, voiceEndpoint = null, ...fields } = request.body
          const row = await createAgent(tx, workspaceId, { ...fields, phoneNumber, voiceEndpoint }, nowMs)
          requireOtherEnd(row)
          addEvent(unit, 'agent', row.id)
          return { status: 201, body: agentResponse(row) }
        })
      },
    )

    server.get('/v1/agents/:id', { schema: { ...one, summary: 'An agent' } }, async (request) => {
      const { agent } = await scopeOfAgent(request, request.params.id)
      return agentResponse(await requireAgent(database, agent))
    })

    server.patch(
      '/v1/agents/:id',
      { schema: { ...one, summary: 'Change an agent', body: AgentChangeRequest } },
      async (request) => {
        const { scope, agent } = await scopeOfAgent(request, request.params.id)
        requireRole(scope, 'admin')
        const { name, language, phoneNumber, llmProvider, llmModel, voiceEndpoint, status } = request.body
        const change = { name, language, phoneNumber, llmProvider, llmModel, voiceEndpoint, status }
        return ledger.changeWorkspace(agent.workspaceId, async ({ tx, unit }) => {
          const row = await updateAgent(tx, agent, change)
          requireOtherEnd(row)
          addEvent(unit, 'agent', agent.id)
          return agentResponse(row)
        })
      },
    )

    server.delete(
      '/v1/agents/:id',
      {
        schema: {
          tags,
          summary: 'Take an agent out of use; the history of its calls keeps its name',
          params: AgentParams,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        const { scope, agent } = await scopeOfAgent(request, request.params.id)
        requireRole(scope, 'admin')
        await ledger.changeWorkspace(agent.workspaceId, async ({ tx, unit, nowMs }) => {
          await archiveAgent(tx, agent, nowMs)
          addEvent(unit, 'agent', agent.id)
        })
        reply.code(204)
        return undefined
      },
    )
  }
}

/** Throws `agent_not_found` for what is no id of an agent. */
function agentUuid(id: string): string {
  const uuid = uuidFrom('agent', id)
  if (uuid === undefined)
    throw new Problem(agentProblems.agent_not_found, 'There is no such agent in this workspace.')
  return uuid
}

/** A number that is connected to itself would call itself. */
function requireOtherEnd({ phoneNumber, voiceEndpoint }: AgentRow): void {
  if (voiceEndpoint === null || voiceEndpoint !== phoneNumber) return
  throw invalid(
    '/voiceEndpoint',
    '"voiceEndpoint" must be another number than the agent’s own "phoneNumber".',
  )
}
