import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { raiseCampaignAlert } from './campaign-alerts.ts'
import { auditCampaign } from './campaign-audit.ts'
import { listCampaignsByStatus } from './campaign-store.ts'
import { pauseCampaign, saveCampaign, toRunning } from './lifecycle.ts'

// What the credit watch does to campaigns. It holds the workspace's line, and writes the unit.

/**
 * Pauses every running campaign of a workspace whose balance has reached zero.
 *
 * @param atMs the exact instant at which the balance reached zero
 * @returns sentences that say what was done
 */
export async function pauseForCredits(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<string[]> {
  const running = await listCampaignsByStatus(tx, unit.line.workspaceId, ['running'])
  for (const campaign of running) {
    // A campaign can start after the crossing, before anybody acted on it. It cannot pause before it started.
    await pauseCampaign(tx, unit, campaign, 'out_of_credits', Math.max(atMs, campaign.startedAtMs ?? nowMs))
  }
  return describeCampaigns(running.length, 'paused')
}

/**
 * Resumes the campaigns that paused because credits ran out, if the customer chose so. Call it when the workspace has
 * credits again.
 *
 * @returns sentences that say what was done
 */
export async function resumeAfterCredits(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<string[]> {
  let resumed = 0
  for (const campaign of await listCampaignsByStatus(tx, unit.line.workspaceId, ['paused'])) {
    if (campaign.pauseReason !== 'out_of_credits' || !campaign.resumeWhenCreditsReturn) continue
    const running = toRunning(campaign, nowMs)
    await saveCampaign(tx, unit, running)
    auditCampaign(unit, { actor: 'system' }, 'resumed', { before: campaign, after: running })
    await raiseCampaignAlert(tx, unit, running, 'campaign_resumed', nowMs)
    resumed += 1
  }
  return describeCampaigns(resumed, 'calling again')
}

function describeCampaigns(count: number, state: string): string[] {
  if (count === 0) return []
  return [count === 1 ? `1 campaign is ${state}.` : `${count} campaigns are ${state}.`]
}
