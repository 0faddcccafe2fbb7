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
 * Agents, calls and external ids have keys from {@link createKey}. So have `inserted`, `updated` and `ordered`.
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

/** Creates the key of an agent or a call in a batch's maps, from its id or external id. */
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
    calls: new Map(known.map((call) => [createKey(call.workspaceId, call.id), call])),
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
  const calls = new Map<string, KeyInWorkspace>()
  const externalIds = new Map<string, KeyInWorkspace>()
  const add = (keys: Map<string, KeyInWorkspace>, workspaceId: string, key: string) =>
    keys.set(createKey(workspaceId, key), { workspaceId, key })
  for (const command of commands) {
    if (command.type === 'start') {
      add(agents, command.workspaceId, command.agentId)
      // Looked up although it is new: a batch whose COMMIT was cut off is decided again, and may find its calls.
      add(calls, command.workspaceId, command.callId)
      if (command.externalId !== null) add(externalIds, command.workspaceId, command.externalId)
    } else if ('callId' in command.target) {
      add(calls, command.workspaceId, command.target.callId)
    } else {
      add(externalIds, command.workspaceId, command.target.externalId)
    }
  }
  return { agents: [...agents.values()], calls: [...calls.values()], externalIds: [...externalIds.values()] }
}

/** Returns the calls of a batch with these keys. */
export function selectCalls(batch: Batch, keys: ReadonlySet<string>): CallRow[] {
  return [...keys].flatMap((key) => {
    const call = batch.calls.get(key)
    return call === undefined ? [] : [call]
  })
}
