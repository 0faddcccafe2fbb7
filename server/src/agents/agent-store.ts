import { MINUTE_MS } from '@talktime/core/time/durations'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import { agentProblems } from './problems.ts'

export type AgentStatus = 'active' | 'disabled'

export type AgentFields = {
  readonly name: string
  /** BCP 47. */
  readonly language: string
  /** E.164. */
  readonly phoneNumber: string | null
  readonly llmProvider: string
  readonly llmModel: string
  /** Where its calls are connected: `wss://…`, `sip:…` or E.164; null: the voice stack decides. */
  readonly voiceEndpoint: string | null
}

export type AgentRef = { readonly workspaceId: string; readonly id: string }

export type AgentRow = AgentFields & {
  readonly id: string
  readonly workspaceId: string
  readonly status: AgentStatus
  readonly createdAtMs: number
  /** When a call to its number was last turned away because it has no endpoint. Null once it has one. */
  readonly unconnectedCallAtMs: number | null
}

const UNCONNECTED_INTERVAL_MS = MINUTE_MS

const agentColumns = `id, workspace_id as "workspaceId", name, language, phone_number as "phoneNumber",
  llm_provider as "llmProvider", llm_model as "llmModel", voice_endpoint as "voiceEndpoint", status,
  created_at_ms as "createdAtMs", unconnected_call_at_ms as "unconnectedCallAtMs"`

/** Creates an agent. Throws `phone_number_taken`. */
export async function createAgent(
  tx: Tx,
  workspaceId: string,
  agent: AgentFields,
  nowMs: number,
): Promise<AgentRow> {
  return withFreePhoneNumber(agent.phoneNumber, async () => {
    const { rows } = await tx.query<AgentRow>(
      `insert into agents (workspace_id, id, name, language, phone_number, llm_provider, llm_model, voice_endpoint,
                           created_at_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${agentColumns}`,
      [
        workspaceId,
        newUuid(nowMs),
        agent.name,
        agent.language,
        agent.phoneNumber,
        agent.llmProvider,
        agent.llmModel,
        agent.voiceEndpoint,
        nowMs,
      ],
    )
    return rows[0] as AgentRow
  })
}

/** A change of an agent. Undefined fields keep their value. */
export type AgentChange = {
  readonly [Field in keyof AgentFields]: AgentFields[Field] | undefined
} & { readonly status: AgentStatus | undefined }

/** Updates an agent. Throws `agent_not_found` and `phone_number_taken`. */
export async function updateAgent(tx: Tx, agent: AgentRef, change: AgentChange): Promise<AgentRow> {
  return withFreePhoneNumber(change.phoneNumber ?? null, async () => {
    const { rows } = await tx.query<AgentRow>(
      `update agents set
         name = coalesce($3, name), language = coalesce($4, language),
         phone_number = case when $5 then $6 else phone_number end,
         llm_provider = coalesce($7, llm_provider), llm_model = coalesce($8, llm_model),
         status = coalesce($9, status),
         voice_endpoint = case when $10 then $11 else voice_endpoint end,
         unconnected_call_at_ms = case when $11::text is null then unconnected_call_at_ms end
       where workspace_id = $1 and id = $2 and archived_at_ms is null returning ${agentColumns}`,
      [
        agent.workspaceId,
        agent.id,
        change.name ?? null,
        change.language ?? null,
        change.phoneNumber !== undefined,
        change.phoneNumber ?? null,
        change.llmProvider ?? null,
        change.llmModel ?? null,
        change.status ?? null,
        change.voiceEndpoint !== undefined,
        change.voiceEndpoint ?? null,
      ],
    )
    return rows[0] ?? throwNotFound()
  })
}

/**
 * Records that a call was turned away because the agent has no voice endpoint.
 *
 * @returns whether it was recorded: at most once a minute, so that a caller who dials again and again does not cause a
 *   write per call
 */
export async function recordUnconnectedCall(tx: Tx, agent: AgentRef, nowMs: number): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update agents set unconnected_call_at_ms = $3
     where workspace_id = $1 and id = $2 and voice_endpoint is null
       and (unconnected_call_at_ms is null or unconnected_call_at_ms <= $4)`,
    [agent.workspaceId, agent.id, nowMs, nowMs - UNCONNECTED_INTERVAL_MS],
  )
  return rowCount === 1
}

/**
 * Archives an agent and releases its phone number. The call history keeps the agent's name. Throws `agent_not_found`.
 */
export async function archiveAgent(tx: Tx, agent: AgentRef, nowMs: number): Promise<void> {
  const { rowCount } = await tx.query(
    `update agents set archived_at_ms = $3 where workspace_id = $1 and id = $2 and archived_at_ms is null`,
    [agent.workspaceId, agent.id, nowMs],
  )
  if (rowCount === 0) throwNotFound()
}

/** Reads an agent that is not archived. Throws `agent_not_found`. */
export async function requireAgent(db: Queryable, agent: AgentRef): Promise<AgentRow> {
  const { rows } = await db.query<AgentRow>(
    `select ${agentColumns} from agents where workspace_id = $1 and id = $2 and archived_at_ms is null`,
    [agent.workspaceId, agent.id],
  )
  return rows[0] ?? throwNotFound()
}

/** Lists the agents that are not archived, newest first. */
export async function listAgents(
  db: Queryable,
  workspaceId: string,
  options: {
    readonly status: AgentStatus | undefined
    readonly beforeId: string | undefined
    readonly limit: number
  },
): Promise<AgentRow[]> {
  const { rows } = await db.query<AgentRow>(
    `select ${agentColumns} from agents
     where workspace_id = $1 and archived_at_ms is null and ($2::text is null or status = $2)
       and ($3::uuid is null or id < $3)
     order by id desc limit $4`,
    [workspaceId, options.status ?? null, options.beforeId ?? null, options.limit],
  )
  return rows
}

/** Finds the workspace (UUID) of an agent, for requests that name no workspace. Throws `agent_not_found`. */
export async function findWorkspaceOfAgent(db: Queryable, agentId: string): Promise<string> {
  const { rows } = await db.query<{ workspaceId: string }>({
    name: 'agents_workspace_of',
    text: 'select workspace_id as "workspaceId" from agents where id = $1 and archived_at_ms is null',
    values: [agentId],
  })
  return rows[0]?.workspaceId ?? throwNotFound()
}

function throwNotFound(): never {
  throw new Problem(agentProblems.agent_not_found, 'There is no such agent in this workspace.')
}

/**
 * Runs a write and turns a violation of the unique index into `phone_number_taken`. The index decides, so that only one
 * of two concurrent requests gets the number.
 */
async function withFreePhoneNumber<T>(phoneNumber: string | null, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isPhoneNumberTaken(error)) throw error
    throw new Problem(agentProblems.phone_number_taken, `${phoneNumber} already belongs to another agent.`, {
      errors: [{ pointer: '/phoneNumber', detail: `${phoneNumber} already belongs to another agent.` }],
    })
  }
}

function isPhoneNumberTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'agents_phone_number'
}
