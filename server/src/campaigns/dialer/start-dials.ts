import { callingState } from '@talktime/core/campaigns/calling-hours'
import { planDials } from '@talktime/core/campaigns/dial-pacing'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type { WorkspaceUnit } from '../../ledger/index.ts'
import type { Terms } from '../../plans/index.ts'
import type { Tx } from '../../platform/database/database.ts'
import { newUuid } from '../../platform/ids.ts'
import type { CampaignRow } from '../campaign.ts'
import { countDialsSince, type DialRow, findDueContacts, insertDials } from './dial-store.ts'
import { findEarliest } from './find-earliest.ts'

/** A dial that is stored and must now be handed to the voice room, outside of the transaction. */
export type NewDial = { readonly callId: string; readonly phone: string }

/** A campaign after this advance, with its new dials and when to look for more. */
export type CampaignProgress = {
  readonly campaign: CampaignRow
  readonly newDials: readonly NewDial[]
  readonly lookAtMs: number | null
}

/** The most dials that one advance starts. */
const DIALS_MAX = 100
/** How soon to look again for a free place among the plan's concurrent calls: no commit announces one. */
const PLAN_FULL_MS = 3_000

/**
 * Counts the calls that the plan still allows at the same time. Dials whose calls do not exist yet already take a place.
 * Infinity: the plan has no limit.
 */
export function countFreePlaces(
  { line }: WorkspaceUnit,
  { limits }: Terms,
  dials: readonly DialRow[],
): number {
  const { concurrentCallsMax } = limits
  if (concurrentCallsMax === null) return Number.POSITIVE_INFINITY
  const withoutCall = dials.filter(({ call }) => call === null).length
  return Math.max(0, concurrentCallsMax - line.openCalls - withoutCall)
}

/**
 * Stores the next dials of a running campaign, as many as its calling hours, its concurrency, its pace and the plan
 * allow now.
 */
export async function startDials(
  tx: Tx,
  campaign: CampaignRow,
  freePlaces: number,
  nowMs: number,
): Promise<CampaignProgress> {
  const hours = callingState(campaign.callingHours, nowMs)
  if (!hours.open) return { campaign, newDials: [], lookAtMs: hours.opensAtMs }
  const { calling, waiting } = campaign.counts
  const concurrency = Math.min(campaign.concurrency, calling + freePlaces)
  const free = Math.max(0, concurrency - calling)
  // One contact more than may be dialed, to see whether somebody is left waiting.
  const { due, nextAtMs } = await findDueContacts(tx, campaign, nowMs, Math.min(free, DIALS_MAX) + 1)
  const startedLastMinute =
    campaign.callsPerMinute === null ? 0 : await countDialsSince(tx, campaign, nowMs - MINUTE_MS)
  const situation = { calling, due: due.length, startedLastMinute, nextSlotMs: campaign.nextSlotMs }
  const plan = planDials({ ...campaign, concurrency }, situation, nowMs)
  const dials = due
    .slice(0, plan.count)
    .map(({ id, phone }) => ({ contactId: id, phone, callId: newUuid(nowMs) }))
  await insertDials(tx, campaign, dials, nowMs)
  const counts = { ...campaign.counts, waiting: waiting - dials.length, calling: calling + dials.length }
  const isPlanFull = concurrency < campaign.concurrency && due.length > dials.length
  return {
    campaign: { ...campaign, counts, nextSlotMs: plan.nextSlotMs },
    newDials: dials.map(({ callId, phone }) => ({ callId, phone })),
    lookAtMs: findEarliest(
      plan.lookAgainMs,
      free > dials.length ? nextAtMs : null,
      isPlanFull ? nowMs + PLAN_FULL_MS : null,
    ),
  }
}
