import type { RoomAssembly } from '../access/index.ts'
import type { Ledger, WorkspaceCommit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database } from '../platform/database/database.ts'
import type { Voice } from '../voice/index.ts'
import { contactRoutes } from './contacts/contact-routes.ts'
import { createDialer, type Dialer } from './dialer/dialer.ts'
import { campaignRoutes } from './routes.ts'

export type CampaignsDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly commits: Commits<WorkspaceCommit>
  readonly voice: Voice
  readonly assembly: RoomAssembly
  readonly onError: (error: unknown) => void
}

/** Opens the campaigns room: a campaign goes on as soon as a call of it is over or somebody changes it. */
export function openCampaigns(deps: CampaignsDeps): Dialer {
  const { commits, assembly } = deps
  const dialer = createDialer(deps)
  commits.subscribe((committed) => {
    for (const { workspaceId, signals } of committed) {
      dialer.wake(
        signals.campaignsToAdvance.map(({ campaignId, callId }) => ({ workspaceId, id: campaignId, callId })),
      )
    }
  })
  assembly.routes((http) => campaignRoutes({ ...deps, ...http }))
  assembly.routes((http) => contactRoutes({ ...deps, ...http }))
  assembly.chore('Advancing campaigns', 100, () => dialer.wakeDue())
  assembly.worker({ idle: dialer.idle, close: dialer.close })
  return dialer
}
