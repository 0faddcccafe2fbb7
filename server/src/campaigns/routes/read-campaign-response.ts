import type { z } from 'zod'
import type { Queryable } from '../../platform/database/database.ts'
import type { CampaignRow } from '../campaign.ts'
import { estimateToFinish } from '../estimate.ts'
import { type CampaignResponse, campaignResponse } from '../response-schemas.ts'

/** Reads what a campaign's response needs beside the campaign, and builds the response. */
export async function readCampaignResponse(
  db: Queryable,
  campaign: CampaignRow,
  nowMs: number,
): Promise<z.infer<typeof CampaignResponse>> {
  return campaignResponse(campaign, await estimateToFinish(db, campaign, nowMs), nowMs)
}
