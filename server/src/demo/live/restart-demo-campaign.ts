import { balanceAt } from '@talktime/core/billing/balance-line'
import { listCampaigns, startCampaign } from '../../campaigns/index.ts'
import { type Ledger, readLine } from '../../ledger/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { changeDemoCampaign, createDemoCampaign } from '../create-demo-campaign.ts'
import { DEMO_WORKSPACE } from '../demo-agents.ts'
import { DEMO_CAMPAIGNS, RECALL_NAME } from '../demo-campaigns.ts'

export type RestartDemoCampaignDeps = {
  readonly database: Database
  readonly ledger: Ledger
  readonly clock: Clock
  /** Whether a dashboard of the workspace is open. */
  readonly isWatched: (workspaceId: string) => boolean
}

/**
 * Starts another recall campaign when the last one is complete, while somebody watches. If somebody paused or
 * canceled the last one, that choice stands and no other is started.
 *
 * @returns whether a campaign was started
 */
export async function restartDemoCampaign(
  deps: RestartDemoCampaignDeps,
  workspaceId: string,
): Promise<boolean> {
  const { database, ledger, clock } = deps
  if (!deps.isWatched(workspaceId)) return false
  const everything = { status: undefined, beforeId: undefined, limit: 100 } as const
  const campaigns = await listCampaigns(database, workspaceId, everything)
  const last = campaigns.find(({ name }) => name.startsWith(RECALL_NAME))
  if (last?.status !== 'completed' || !last.agentActive) return false
  await ledger.catchUpIfDue(workspaceId)
  const nowMs = clock.now()
  if (balanceAt(await readLine(database, workspaceId), nowMs) <= 0) return false
  const name = `${RECALL_NAME}, ${formatDay(nowMs)}`
  const campaign = { ...DEMO_CAMPAIGNS.recall, name, seed: campaigns.length + 10 }
  const ref = await createDemoCampaign(deps, { workspaceId, agentId: last.agentId, campaign })
  await changeDemoCampaign(deps, ref, (change, draft) =>
    startCampaign(change.tx, change.unit, draft, null, change.nowMs),
  )
  return true
}

function formatDay(atMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(DEMO_WORKSPACE.timeZone)
    .toLocaleString('en-US', { month: 'long', day: 'numeric' })
}
