import { DAY_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../platform/database/database.ts'
import { type CampaignRow, countContactsLeft } from './campaign.ts'
import { sumRecentOutboundCalls } from './campaign-store.ts'

/** An estimate in milliseconds of talk time, and whose calls it is based on. null: too few calls are known. */
export type Estimate = { readonly ms: number; readonly basis: 'campaign' | 'agent' } | null

/** The fewest finished dials or calls that an estimate is based on. */
const DIALS_MIN = 20
const AGENT_CALLS_SINCE_MS = 30 * DAY_MS

/**
 * Estimates what the remaining contacts of a campaign will be charged. It is based on the mean charge per contact of
 * this campaign, or else on the mean charge of the agent's outbound calls of the last 30 days.
 */
export async function estimateToFinish(
  db: Queryable,
  campaign: CampaignRow,
  nowMs: number,
): Promise<Estimate> {
  const left = countContactsLeft(campaign)
  if (left === 0) return { ms: 0, basis: 'campaign' }
  const { reached, notReached } = campaign.counts
  const done = reached + notReached
  if (campaign.dialsOver >= DIALS_MIN && done > 0) {
    return { ms: Math.ceil((campaign.usedMs / done) * left), basis: 'campaign' }
  }
  const { calls, chargedMs } = await sumRecentOutboundCalls(db, campaign, nowMs - AGENT_CALLS_SINCE_MS)
  return calls < DIALS_MIN ? null : { ms: Math.ceil((chargedMs / calls) * left), basis: 'agent' }
}
