import type { RoomAssembly } from '../access/index.ts'
import { addEvent, type Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import { type AgentRef, recordUnconnectedCall } from './agent-store.ts'
import { agentRoutes } from './routes.ts'

export type Agents = {
  /**
   * Records that a call was turned away because the agent has no voice endpoint, at most once a minute. Returns whether
   * it was recorded.
   */
  recordUnconnectedCall(agent: AgentRef): Promise<boolean>
}

/** Registers the routes for agents. */
export function openAgents(deps: {
  readonly database: Database
  readonly ledger: Ledger
  readonly assembly: RoomAssembly
}): Agents {
  const { ledger, assembly } = deps
  assembly.routes((http) => agentRoutes({ ...deps, ...http }))
  return {
    recordUnconnectedCall: (agent) =>
      ledger.changeWorkspace(agent.workspaceId, async ({ tx, unit, nowMs }) => {
        const isRecorded = await recordUnconnectedCall(tx, agent, nowMs)
        if (isRecorded) addEvent(unit, 'agent', agent.id)
        return isRecorded
      }),
  }
}
