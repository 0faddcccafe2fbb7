import { balanceAt } from '@talktime/core/billing/balance-line'
import { listCampaigns, startCampaign } from '../../campaigns/index.ts'
import { type Boundaries, readLine } from '../../ledger/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { demoWorkspace } from '../demo-agents.ts'
import { campaignCast, recallName } from '../demo-campaigns.ts'
import { changeCampaign, makeCampaign } from '../make-campaign.ts'

export type CampaignKeeperDeps = {
  readonly database: Database
  readonly boundaries: Boundaries
  readonly clock: Clock
  readonly isWatched: (workspaceId: string) => boolean
}

/**
 * Lets another campaign follow the one that is complete, while somebody watches. One that was paused, or taken out of
 * sight, is somebody's choice.
 *
 * @returns whether one was begun
 */
export async function keepCampaign(deps: CampaignKeeperDeps, workspaceId: string): Promise<boolean> {
  const { database, boundaries, clock } = deps
  if (!deps.isWatched(workspaceId)) return false
  const everything = { status: undefined, beforeId: undefined, limit: 100 } as const
  const campaigns = await listCampaigns(database, workspaceId, everything)
  const last = campaigns.find(({ name }) => name.startsWith(recallName))
  if (last?.status !== 'completed' || !last.agentActive) return false
  const nowMs = clock.now()
  await boundaries.catchUpIfDue(workspaceId, nowMs)
  if (balanceAt(await readLine(database, workspaceId), nowMs) <= 0) return false
  const cast = { ...campaignCast.recall, name: `${recallName}, ${dayOf(nowMs)}`, seed: campaigns.length + 10 }
  const ref = await makeCampaign(database, { workspaceId, agentId: last.agentId, cast }, nowMs)
  await changeCampaign(database, ref, nowMs, (tx, account, campaign) =>
    startCampaign(tx, account, campaign, null, nowMs),
  )
  return true
}

function dayOf(atMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(demoWorkspace.timeZone)
    .toLocaleString('en-US', { month: 'long', day: 'numeric' })
}
