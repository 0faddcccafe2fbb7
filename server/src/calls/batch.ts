import { lockWorkspaces, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { UsageEvent } from '../usage/index.ts'
import type { CallRow } from './call-row.ts'
import {
  type AgentRow,
  type GateRow,
  type KeyInWorkspace,
  loadAgents,
  loadCallsByExternalId,
  loadCallsById,
  loadGates,
} from './call-store.ts'
import type { CallCommand } from './command.ts'

/** A charge that must be reversed before the next command is decided: see the ledger's `reverseCharge`. */
export type ChargeReversal = {
  readonly workspaceId: string
  readonly callId: string
  readonly amountMs: number
}

/**
 * Everything that decides a batch of commands, loaded under the locks of its workspaces' balance lines, and what was
 * decided so far. Later commands see the decisions of earlier ones.
 *
 * Calls are kept by id, which is unique among all workspaces: {@link findCall} reads them. `inserted`, `updated` and
 * `ordered` hold call ids. Agents and external ids have keys from {@link createKey}.
 */
export type Batch = {
  readonly units: ReadonlyMap<string, WorkspaceUnit>
  readonly gates: ReadonlyMap<string, GateRow>
  readonly agents: ReadonlyMap<string, AgentRow>
  readonly calls: Map<string, CallRow>
  /** Call ids by external id. */
  readonly externalIds: Map<string, string>
  /** Calls that must be inserted. */
  readonly inserted: Set<string>
  /** Calls that must be updated. */
  readonly updated: Set<string>
  /** Calls that got a hang-up order. */
  readonly ordered: Set<string>
  readonly reversals: ChargeReversal[]
  /** Changes of usage that must be added to the roll-up. */
  readonly usage: UsageEvent[]
}

/** Creates the key of an agent or an external id in a batch's maps. */
export function createKey(workspaceId: string, id: string): string {
  return `${workspaceId}/${id}`
}

/** Locks the workspaces and loads what their commands need. All queries are sent at once. */
export async function loadBatch(
  tx: Tx,
  workspaceIds: readonly string[],
  commands: readonly CallCommand[],
): Promise<Batch> {
  const keys = collectKeys(commands)
  const [units, gates, agents, byId, byExternalId] = await Promise.all([
    lockWorkspaces(tx, workspaceIds),
    loadGates(tx, workspaceIds),
    loadAgents(tx, keys.agents),
    loadCallsById(tx, keys.calls),
    loadCallsByExternalId(tx, keys.externalIds),
  ])
  const known = [...byId, ...byExternalId]
  return {
    units,
    gates,
    agents: new Map(agents.map((agent) => [createKey(agent.workspaceId, agent.id), agent])),
    calls: new Map(known.map((call) => [call.id, call])),
    externalIds: new Map(
      known.flatMap((call) =>
        call.externalId === null ? [] : [[createKey(call.workspaceId, call.externalId), call.id]],
      ),
    ),
    inserted: new Set(),
    updated: new Set(),
    ordered: new Set(),
    reversals: [],
    usage: [],
  }
}

function collectKeys(
  commands: readonly CallCommand[],
): Record<'agents' | 'calls' | 'externalIds', KeyInWorkspace[]> {
  const agents = new Map<string, KeyInWorkspace>()
  // A call that two commands name is loaded twice. That is rarer than it is worth finding out.
  const calls: KeyInWorkspace[] = []
  const externalIds: KeyInWorkspace[] = []
  for (const command of commands) {
    if (command.type === 'start') {
      const { workspaceId, agentId } = command
      agents.set(createKey(workspaceId, agentId), { workspaceId, key: agentId })
      // Looked up although it is new: a batch whose COMMIT was cut off is decided again, and may find its calls.
      calls.push({ workspaceId, key: command.callId })
      if (command.externalId !== null) externalIds.push({ workspaceId, key: command.externalId })
    } else if ('callId' in command.target) {
      calls.push({ workspaceId: command.workspaceId, key: command.target.callId })
    } else {
      externalIds.push({ workspaceId: command.workspaceId, key: command.target.externalId })
    }
  }
  return { agents: [...agents.values()], calls, externalIds }
}

/** Finds a loaded call of this workspace. A command may name the call of another workspace, which is none of its. */
export function findCall(batch: Batch, workspaceId: string, callId: string): CallRow | undefined {
  const call = batch.calls.get(callId)
  return call?.workspaceId === workspaceId ? call : undefined
}

/** Returns the calls of a batch with these ids. */
export function selectCalls(batch: Batch, ids: ReadonlySet<string>): CallRow[] {
  return [...ids].flatMap((id) => batch.calls.get(id) ?? [])
}
