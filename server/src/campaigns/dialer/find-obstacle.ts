import { balanceAt } from '@talktime/core/billing/balance-line'
import { requireWorkspace } from '../../access/index.ts'
import type { WorkspaceUnit } from '../../ledger/index.ts'
import type { Terms } from '../../plans/index.ts'
import type { Tx } from '../../platform/database/database.ts'

import type { CampaignRow, PauseReason } from '../campaign.ts'
import { includesCampaigns } from '../campaign-plan.ts'
import { isEmailUnverified } from '../campaign-store.ts'

/** Why a running campaign must pause, and since when. */
export type Obstacle = { readonly reason: PauseReason; readonly atMs: number }

/** This number of failed calls in a row pauses a campaign: it is more than bad luck. */
const FAILURES_MAX = 25

/**
 * Finds what keeps a running campaign from dialing. null: nothing does.
 *
 * `used_up` means that the balance is at zero and the credit watch has not acted on it yet. The campaign only waits:
 * pausing is left to the credit watch, because it alone notices when credits return.
 */
export async function findObstacle(
  tx: Tx,
  { line }: WorkspaceUnit,
  campaign: CampaignRow,
  terms: Terms,
  nowMs: number,
): Promise<Obstacle | 'used_up' | null> {
  const since = (reason: PauseReason, atMs = nowMs) => ({ reason, atMs })
  const workspace = await requireWorkspace(tx, campaign.workspaceId)
  if (workspace.status === 'suspended') return since('workspace_suspended')
  if (await isEmailUnverified(tx, campaign.workspaceId)) return since('email_unverified')
  if (!campaign.agentActive) return since('agent_disabled')
  if (!includesCampaigns(terms)) return since('plan_required')
  if (balanceAt(line, nowMs) <= 0) {
    const { outSinceMs } = line
    if (outSinceMs === null) return 'used_up'
    return since('out_of_credits', Math.max(outSinceMs, campaign.startedAtMs ?? nowMs))
  }
  return campaign.failuresInRow >= FAILURES_MAX ? since('carrier_failing') : null
}
