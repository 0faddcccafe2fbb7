import type { Queryable } from '../platform/database/database.ts'
import { type CampaignRow, contactsLeft } from './campaign.ts'

export type Estimate = { readonly ms: number; readonly basis: 'campaign' | 'agent' } | null

/** So many dials that are over say something about those to come. */
const DIALS_MIN = 20
const DAYS_MS = 30 * 24 * 60 * 60_000

/**
 * What the contacts that are left will be charged, about: as many dials as they take on average, at the mean charge of
 * this campaign's dials, or of the agent's outbound calls of the last 30 days; null where neither says enough.
 */
export async function estimateToFinish(
  db: Queryable,
  campaign: CampaignRow,
  nowMs: number,
): Promise<Estimate> {
  const left = contactsLeft(campaign)
  if (left === 0) return { ms: 0, basis: 'campaign' }
  const { reached, notReached } = campaign.counts
  const done = reached + notReached
  if (campaign.dialsOver >= DIALS_MIN && done > 0) {
    return { ms: Math.ceil((campaign.usedMs / done) * left), basis: 'campaign' }
  }
  const { rows } = await db.query<{ calls: number; chargedMs: number }>(
    `select count(*) as calls, coalesce(sum(settled_ms), 0)::bigint as "chargedMs"
     from (select settled_ms from calls
           where workspace_id = $1 and ended_at_ms >= $3 and agent_id = $2 and direction = 'outbound'
           order by ended_at_ms desc limit 1000) newest`,
    [campaign.workspaceId, campaign.agentId, nowMs - DAYS_MS],
  )
  const { calls = 0, chargedMs = 0 } = rows[0] ?? {}
  return calls < DIALS_MIN ? null : { ms: Math.ceil((chargedMs / calls) * left), basis: 'agent' }
}
