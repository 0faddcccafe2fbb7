import { HOUR_MS } from '@talktime/core/time/durations'
import type { WorkspaceUnit } from '../../ledger/index.ts'
import { requireSubscription } from '../../plans/index.ts'
import type { Tx } from '../../platform/database/database.ts'
import { type CampaignRef, type CampaignRow, countContactsLeft } from '../campaign.ts'
import { findCampaign } from '../campaign-store.ts'
import { completeCampaign, pauseCampaign, saveCampaign, toRunning } from '../lifecycle.ts'
import { type DialRow, loadDials } from './dial-store.ts'
import { findEarliest } from './find-earliest.ts'
import { findObstacle } from './find-obstacle.ts'
import { correctDialOutcomes, isProvisionallyOver, recordDialOutcomes } from './record-dial-outcomes.ts'
import { type CampaignProgress, countFreePlaces, type NewDial, startDials } from './start-dials.ts'

/** A campaign that has advanced, and what follows outside of the transaction. */
export type AdvancedCampaign = {
  readonly campaign: CampaignRow
  readonly newDials: readonly NewDial[]
  /** Calls whose dials a process stored and then left, because it died. Their orders must be canceled. */
  readonly abandonedCallIds: readonly string[]
}

/** A dial that is not handed over after this long was abandoned: its process died. */
const ABANDONED_MS = 15_000
/** How soon a campaign with open dials is looked at again, in case a report about a call is lost. */
const OPEN_DIALS_MS = 5_000
/** How soon a campaign is looked at again for corrections of calls that are over. */
const PROVISIONAL_MS = HOUR_MS
/** How soon to look again at a balance that is used up and not acted on by the credit watch. */
const USED_UP_MS = 1_000

/**
 * Advances a campaign: records the outcomes of its dials and stores the next dials. The caller holds the workspace's
 * line, has passed its boundaries, and writes the unit.
 *
 * @param endedCallIds calls that are reported to be over; also of dials that were over before and may be charged
 *   differently now
 * @returns undefined if the campaign is archived
 */
export async function advanceCampaign(
  tx: Tx,
  unit: WorkspaceUnit,
  ref: CampaignRef,
  nowMs: number,
  endedCallIds: readonly string[] = [],
): Promise<AdvancedCampaign | undefined> {
  const found = await findCampaign(tx, ref)
  if (found === undefined) return undefined
  const dials = await loadDials(tx, ref, endedCallIds)
  const recorded = await recordDialOutcomes(tx, found, dials)
  const corrected = await correctDialOutcomes(tx, recorded, dials)
  const progress = await continueCampaign(tx, unit, startIfDue(corrected, nowMs), dials, nowMs)
  const { campaign, newDials } = progress
  const lookAtMs = findEarliest(
    progress.lookAtMs,
    campaign.counts.calling > 0 ? nowMs + OPEN_DIALS_MS : null,
    dials.some(isProvisionallyOver) ? nowMs + PROVISIONAL_MS : null,
  )
  const next = { ...campaign, lookAtMs }
  if (isChanged(found, next)) await saveCampaign(tx, unit, next)
  const abandoned = dials.filter((dial) => isAbandoned(dial, nowMs))
  return { campaign: next, newDials, abandonedCallIds: abandoned.map(({ callId }) => callId) }
}

/** Sets a scheduled campaign running once its start has come. */
function startIfDue(campaign: CampaignRow, nowMs: number): CampaignRow {
  const { status, startsAtMs } = campaign
  if (status !== 'scheduled' || startsAtMs === null || startsAtMs > nowMs) return campaign
  return toRunning(campaign, nowMs)
}

async function continueCampaign(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  dials: readonly DialRow[],
  nowMs: number,
): Promise<CampaignProgress> {
  const { status, startsAtMs } = campaign
  if (status === 'scheduled') return { campaign, newDials: [], lookAtMs: startsAtMs }
  if (status !== 'running') return { campaign, newDials: [], lookAtMs: null }
  if (countContactsLeft(campaign) === 0) {
    return { campaign: await completeCampaign(tx, unit, campaign, nowMs), newDials: [], lookAtMs: null }
  }
  const { terms } = await requireSubscription(tx, campaign.workspaceId)
  const obstacle = await findObstacle(tx, unit, campaign, terms, nowMs)
  if (obstacle === 'used_up') return { campaign, newDials: [], lookAtMs: nowMs + USED_UP_MS }
  if (obstacle !== null) {
    const { reason, atMs } = obstacle
    return { campaign: await pauseCampaign(tx, unit, campaign, reason, atMs), newDials: [], lookAtMs: null }
  }
  return startDials(tx, campaign, countFreePlaces(unit, terms, dials), nowMs)
}

function isAbandoned({ state, intendedAtMs, call }: DialRow, nowMs: number): boolean {
  const isOver = call !== null && call.endedAtMs !== null
  return state === 'intended' && !isOver && nowMs - intendedAtMs >= ABANDONED_MS
}

function isChanged(before: CampaignRow, after: CampaignRow): boolean {
  return JSON.stringify(before) !== JSON.stringify(after)
}
