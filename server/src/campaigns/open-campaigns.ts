import type { RoomAssembly } from '../access/index.ts'
import type { Ledger, WorkspaceCommit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database } from '../platform/database/database.ts'
import type { Voice } from '../voice/index.ts'
import { contactRoutes } from './contacts/contact-routes.ts'
import { importRoutes } from './contacts/import-routes.ts'
import { createDialer, type Dialer } from './dialer/dialer.ts'
import { campaignRoutes } from './routes/campaign-routes.ts'
import { campaignStateRoutes } from './routes/state-routes.ts'
import type { CampaignSettings } from './settings.ts'

export type CampaignsDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly commits: Commits<WorkspaceCommit>
  readonly voice: Voice
  readonly settings: CampaignSettings
  readonly assembly: RoomAssembly
  readonly onError: (error: unknown) => void
}

const ADVANCE_EVERY_MS = 100

/** Opens the campaigns room. A campaign advances as soon as one of its calls ends or somebody changes it. */
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
  assembly.routes((http) => campaignStateRoutes({ ...deps, ...http }))
  assembly.routes((http) => contactRoutes({ ...deps, ...deps.settings, ...http }))
  assembly.routes((http) => importRoutes({ ...deps, ...http }))
  assembly.chore('Advancing campaigns', ADVANCE_EVERY_MS, () => dialer.wakeDue())
  assembly.worker({ idle: dialer.idle, close: dialer.close })
  return dialer
}
