import { findOvernightRange, forecastUsage } from '@talktime/core/campaigns/overnight-forecast'
import { requireWorkspace } from '../access/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { type CampaignRow, contactsLeft } from './campaign.ts'
import { campaignsIn } from './campaign-store.ts'
import { estimateToFinish } from './estimate.ts'

/** What a workspace's campaigns are expected to use in the night that is ahead, and which do. */
export type OvernightForecast = {
  /** Milliseconds of talk time. */
  readonly expectedMs: number
  /** The names of those that are expected to use something. */
  readonly campaigns: readonly string[]
  /** When the night is over; epoch milliseconds. */
  readonly endsAtMs: number
}

/**
 * What the campaigns that will call in the coming night, or in what is left of the present one, are expected to use in
 * it. One whose calls nothing is known about yet is left out.
 */
export async function forecastOvernight(
  db: Queryable,
  workspaceId: string,
  nowMs: number,
): Promise<OvernightForecast> {
  const { timeZone } = await requireWorkspace(db, workspaceId)
  const night = findOvernightRange(nowMs, timeZone)
  const campaigns: string[] = []
  let expectedMs = 0
  for (const campaign of await campaignsIn(db, workspaceId, ['scheduled', 'running', 'paused'])) {
    if (!willGoOn(campaign)) continue
    const contacts = contactsLeft(campaign)
    const toFinish = await estimateToFinish(db, campaign, nowMs)
    if (contacts === 0 || toFinish === null) continue
    const usedMs = forecastUsage(
      {
        ...campaign,
        startsAtMs: campaign.status === 'scheduled' ? (campaign.startsAtMs ?? nowMs) : nowMs,
        contactsLeft: contacts,
        perContactMs: toFinish.ms / contacts,
      },
      night,
    )
    if (usedMs === 0) continue
    expectedMs += usedMs
    campaigns.push(campaign.name)
  }
  return { expectedMs, campaigns, endsAtMs: night.endsAtMs }
}

/** A campaign that paused for want of credits and resumes with them needs them as one that runs does. */
function willGoOn({ status, pauseReason, resumeWhenCreditsReturn }: CampaignRow): boolean {
  return status !== 'paused' || (pauseReason === 'out_of_credits' && resumeWhenCreditsReturn)
}
