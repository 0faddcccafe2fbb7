import type { RoomAssembly } from '../access/index.ts'
import { addEvent, type Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import { recordUnconnectedCall } from './agent-store.ts'
import { agentRoutes } from './routes.ts'

export type Agents = {
  /**
   * Records that a call to the agent was turned away, because it has no voice endpoint. Returns whether that is news.
   */
  recordUnconnectedCall(agent: { readonly workspaceId: string; readonly id: string }): Promise<boolean>
}

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
        const isNews = await recordUnconnectedCall(tx, agent, nowMs)
        if (isNews) addEvent(unit, 'agent', agent.id)
        return isNews
      }),
  }
}
