import {
  classifyDisposition,
  type Disposition,
  decideContactState,
} from '@talktime/core/campaigns/dispositions'
import { assertNever } from '@talktime/core/exhaustive'
import type { Tx } from '../../platform/database/database.ts'
import type { CampaignRow } from '../campaign.ts'
import {
  correctDials,
  type DialCorrection,
  type DialedCall,
  type DialRow,
  type FinishedDial,
  finishDials,
} from './dial-store.ts'

/**
 * Records the outcomes of open dials whose calls are over: on the dials, on their contacts and in the campaign's counts.
 *
 * @returns the campaign with its new counts, which are not written
 */
export async function recordDialOutcomes(
  tx: Tx,
  campaign: CampaignRow,
  dials: readonly DialRow[],
): Promise<CampaignRow> {
  const outcomes = dials.flatMap((dial) => decideOutcome(campaign, dial) ?? [])
  if (outcomes.length === 0) return campaign
  await finishDials(tx, campaign, outcomes)
  return outcomes.reduce(countOutcome, campaign)
}

/** Decides the outcome of an open dial. undefined: it is over already, or its call is not over. */
function decideOutcome(campaign: CampaignRow, dial: DialRow): FinishedDial | undefined {
  const { callId, contactId, attempts, call } = dial
  if (dial.state === 'over' || call === null || call.endedAtMs === null) return undefined
  const { endedAtMs, chargedMs } = call
  const disposition = classifyCall(call)
  const policy = { attemptsMax: campaign.attemptsMax, afterMs: campaign.retryAfterMs, on: campaign.retryOn }
  const contact = decideContactState(disposition, attempts, policy, endedAtMs)
  const isWaiting = contact.state === 'waiting'
  return {
    callId,
    contactId,
    disposition,
    contactState: contact.state,
    nextAttemptAtMs: isWaiting ? contact.nextAttemptAtMs : endedAtMs,
    isAttempt: isWaiting ? contact.counts : true,
    beganByMs: disposition === 'not_called' ? null : endedAtMs,
    chargedMs,
    provisional: isProvisional(call, disposition),
  }
}

function countOutcome(campaign: CampaignRow, outcome: FinishedDial): CampaignRow {
  const { disposition, contactState, chargedMs } = outcome
  const { counts, failuresInRow } = campaign
  const isCalled = disposition !== 'not_called'
  return {
    ...campaign,
    counts: countContact({ ...counts, calling: counts.calling - 1 }, contactState),
    usedMs: campaign.usedMs + chargedMs,
    dialsOver: campaign.dialsOver + (isCalled ? 1 : 0),
    failuresInRow: !isCalled ? failuresInRow : disposition === 'failed' ? failuresInRow + 1 : 0,
  }
}

function countContact(
  counts: CampaignRow['counts'],
  state: FinishedDial['contactState'],
): CampaignRow['counts'] {
  switch (state) {
    case 'waiting':
      return { ...counts, waiting: counts.waiting + 1 }
    case 'reached':
      return { ...counts, reached: counts.reached + 1 }
    case 'not_reached':
      return { ...counts, notReached: counts.notReached + 1 }
    default:
      return assertNever(state)
  }
}

function classifyCall({ status, answered, endReason }: DialedCall): Disposition {
  return classifyDisposition({ refused: status === 'refused', answered, endReason, lost: status === 'lost' })
}

/** Whether a dial is over or about to be, while its call may still change. */
export function isProvisionallyOver({ state, call }: DialRow): boolean {
  if (call === null || (state !== 'over' && call.endedAtMs === null)) return false
  return isProvisional(call, classifyCall(call))
}

/** Whether a call may still change: its end is presumed, or a conversation's answer is not reported yet. */
function isProvisional({ status, answered, endedAtMs }: DialedCall, disposition: Disposition): boolean {
  if (endedAtMs === null || status === 'lost') return true
  return !answered && (disposition === 'reached' || disposition === 'voicemail')
}

/**
 * Corrects dials that were over before and whose calls have changed since: what they were charged, and whether somebody
 * was reached after all.
 *
 * @returns the campaign with its new counts, which are not written
 */
export async function correctDialOutcomes(
  tx: Tx,
  campaign: CampaignRow,
  dials: readonly DialRow[],
): Promise<CampaignRow> {
  const corrections = dials.flatMap((dial) => decideCorrection(dial) ?? [])
  if (corrections.length === 0) return campaign
  await correctDials(tx, campaign, corrections)
  const counts = { ...campaign.counts }
  let { usedMs } = campaign
  for (const { moreMs, reached, contactState } of corrections) {
    usedMs += moreMs
    if (!reached) continue
    counts.reached += 1
    if (contactState === 'waiting') counts.waiting -= 1
    else counts.notReached -= 1
  }
  return { ...campaign, counts, usedMs }
}

/** A correction with what it changes in the campaign's counts. `moreMs` may be negative. */
type CountedCorrection = DialCorrection & Pick<DialRow, 'contactState'> & { readonly moreMs: number }

function decideCorrection(dial: DialRow): CountedCorrection | undefined {
  const { callId, contactId, call, contactState } = dial
  if (dial.state !== 'over' || call === null) return undefined
  const disposition = classifyCall(call)
  const provisional = isProvisional(call, disposition)
  const reached = disposition === 'reached' && mayTurnOutReached(dial)
  const moreMs = call.chargedMs - dial.chargedMs
  if (moreMs === 0 && provisional === dial.provisional && !reached) return undefined
  return { callId, contactId, contactState, chargedMs: call.chargedMs, moreMs, provisional, reached }
}

/** Whether the dial's contact counts as not reached, and was not called again since. */
function mayTurnOutReached({ disposition, isLast, contactState }: DialRow): boolean {
  const isMissed = disposition !== 'reached' && disposition !== 'not_called' && disposition !== 'canceled'
  return isMissed && isLast && (contactState === 'waiting' || contactState === 'not_reached')
}
