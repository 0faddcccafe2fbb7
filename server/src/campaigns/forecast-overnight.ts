import { findOvernightRange, forecastUsage } from '@talktime/core/campaigns/overnight-forecast'
import type { Queryable } from '../platform/database/database.ts'
import { requireWorkspace } from '../workspaces/index.ts'
import { type CampaignRow, countContactsLeft } from './campaign.ts'
import { listCampaignsByStatus } from './campaign-store.ts'
import { estimateToFinish } from './estimate.ts'

/** What a workspace's campaigns are expected to use overnight, and which of them. */
export type OvernightForecast = {
  /** Milliseconds of talk time. */
  readonly expectedMs: number
  /** The names of the campaigns that are expected to use credits. */
  readonly campaigns: readonly string[]
  /** When the night ends, in epoch milliseconds. */
  readonly endsAtMs: number
}

/**
 * Forecasts what a workspace's campaigns will use in the coming night, or in the rest of the current one. The night is
 * in the workspace's time zone. Campaigns without an estimate are left out.
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
  for (const campaign of await listCampaignsByStatus(db, workspaceId, ['scheduled', 'running', 'paused'])) {
    if (!needsCredits(campaign)) continue
    const contacts = countContactsLeft(campaign)
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

/** A campaign that is paused for credits and resumes with them needs credits as much as a running one. */
function needsCredits({ status, pauseReason, resumeWhenCreditsReturn }: CampaignRow): boolean {
  return status !== 'paused' || (pauseReason === 'out_of_credits' && resumeWhenCreditsReturn)
}
