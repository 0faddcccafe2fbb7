import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, requireRole, type Scope } from '../access/index.ts'
import { addAudit, addEvent, type Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { invalid, Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import {
  type AgentRef,
  type AgentRow,
  archiveAgent,
  createAgent,
  findWorkspaceOfAgent,
  listAgents,
  requireAgent,
  updateAgent,
} from './agent-store.ts'
import { agentProblems } from './problems.ts'
import { AgentChangeRequest, AgentStatus, NewAgentRequest } from './request-schemas.ts'
import { AgentResponse, agentResponse } from './response-schemas.ts'

export type AgentRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly ledger: Ledger
}

const tags = ['Agents']
const params = z.object({ id: z.string() })
const one = { tags, params, response: { 200: AgentResponse } }

/** The voice agents of a workspace. */
export function agentRoutes(deps: AgentRouteDeps): Routes {
  return async (server) => {
    registerList(server, deps)
    registerCreate(server, deps)
    registerOne(server, deps)
    registerChange(server, deps)
    registerArchive(server, deps)
  }
}

function registerList(server: HttpServer, { access, database }: AgentRouteDeps): void {
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
}

function registerCreate(server: HttpServer, { access, ledger }: AgentRouteDeps): void {
  server.post(
    '/v1/agents',
    {
      config: { keyScope: 'admin' },
      schema: { tags, summary: 'Create an agent', body: NewAgentRequest, response: { 201: AgentResponse } },
    },
    async (request, reply) => {
      const scope = await access.scopeOf(request)
      requireRole(scope, 'admin')
      const { workspaceId } = scope
      return ledger.command(request, reply, workspaceId, async ({ tx, unit, nowMs }) => {
        const { phoneNumber = null, voiceEndpoint = null, ...fields } = request.body
        const row = await createAgent(tx, workspaceId, { ...fields, phoneNumber, voiceEndpoint }, nowMs)
        requireOtherEndpoint(row)
        addEvent(unit, 'agent', row.id)
        addAudit(unit, scope, { action: 'agent.created', target: targetOf(row), after: agentResponse(row) })
        return { status: 201, body: agentResponse(row) }
      })
    },
  )
}

function registerOne(server: HttpServer, deps: AgentRouteDeps): void {
  server.get('/v1/agents/:id', { schema: { ...one, summary: 'An agent' } }, async (request) => {
    const { agent } = await findAgentScope(deps, request, request.params.id)
    return agentResponse(await requireAgent(deps.database, agent))
  })
}

function registerChange(server: HttpServer, deps: AgentRouteDeps): void {
  server.patch(
    '/v1/agents/:id',
    {
      config: { keyScope: 'admin' },
      schema: { ...one, summary: 'Change an agent', body: AgentChangeRequest },
    },
    async (request) => {
      const { scope, agent } = await findAgentScope(deps, request, request.params.id)
      requireRole(scope, 'admin')
      const { name, language, phoneNumber, llmProvider, llmModel, voiceEndpoint, status } = request.body
      const change = { name, language, phoneNumber, llmProvider, llmModel, voiceEndpoint, status }
      return deps.ledger.changeWorkspace(agent.workspaceId, async ({ tx, unit }) => {
        const before = await requireAgent(tx, agent)
        const row = await updateAgent(tx, agent, change)
        requireOtherEndpoint(row)
        addEvent(unit, 'agent', agent.id)
        const states = { before: agentResponse(before), after: agentResponse(row) }
        addAudit(unit, scope, { action: 'agent.changed', target: targetOf(before), ...states })
        return states.after
      })
    },
  )
}

function registerArchive(server: HttpServer, deps: AgentRouteDeps): void {
  server.delete(
    '/v1/agents/:id',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Archive an agent. The call history keeps its name',
        params,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { scope, agent } = await findAgentScope(deps, request, request.params.id)
      requireRole(scope, 'admin')
      await deps.ledger.changeWorkspace(agent.workspaceId, async ({ tx, unit, nowMs }) => {
        const before = await requireAgent(tx, agent)
        await archiveAgent(tx, agent, nowMs)
        addEvent(unit, 'agent', agent.id)
        addAudit(unit, scope, {
          action: 'agent.archived',
          target: targetOf(before),
          before: agentResponse(before),
        })
      })
      reply.code(204)
      return undefined
    },
  )
}

function targetOf({ id, name }: AgentRow) {
  return { kind: 'agent', id, name } as const
}

/** Finds the scope of a request about an agent. An operator's key need not name the workspace: the agent does. */
async function findAgentScope(
  { access, database }: AgentRouteDeps,
  request: FastifyRequest,
  id: string,
): Promise<{ scope: Scope; agent: AgentRef }> {
  const agentId = parseAgentId(id)
  const scope = await access.scopeOf(request, { workspaceOf: () => findWorkspaceOfAgent(database, agentId) })
  return { scope, agent: { workspaceId: scope.workspaceId, id: agentId } }
}

/** Throws `agent_not_found` for a text that is not an agent's id. */
function parseAgentId(id: string): string {
  const uuid = uuidFrom('agent', id)
  if (uuid !== undefined) return uuid
  throw new Problem(agentProblems.agent_not_found, 'There is no such agent in this workspace.')
}

/** Throws `invalid_request` if the agent's calls would be connected to the agent's own number. */
function requireOtherEndpoint({ phoneNumber, voiceEndpoint }: AgentRow): void {
  if (voiceEndpoint === null || voiceEndpoint !== phoneNumber) return
  throw invalid(
    '/voiceEndpoint',
    '"voiceEndpoint" must be another number than the agent’s own "phoneNumber".',
  )
}
