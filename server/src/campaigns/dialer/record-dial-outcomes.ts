import {
  classifyDisposition,
  type Disposition,
  decideContactState,
} from '@talktime/core/campaigns/dispositions'
import type { Tx } from '../../platform/database/database.ts'
import type { CampaignRow } from '../campaign.ts'
import {
  type Corrected,
  type DialedCall,
  type DialRow,
  type Settled,
  writeCorrected,
  writeSettled,
} from './dial-store.ts'

/** Notes what became of dials whose calls are over. Returns the campaign with its counts. */
export async function settle(tx: Tx, campaign: CampaignRow, dials: readonly DialRow[]): Promise<CampaignRow> {
  const settled = dials
    .filter(({ state }) => state !== 'over')
    .flatMap((dial) =>
      dial.call === null || dial.call.endedAtMs === null
        ? []
        : [settledOf(campaign, dial, dial.call, dial.call.endedAtMs)],
    )
  if (settled.length === 0) return campaign
  await writeSettled(tx, campaign, settled)
  const counts = { ...campaign.counts, calling: campaign.counts.calling - settled.length }
  let { failuresInRow, usedMs, dialsOver } = campaign
  for (const { state, outcome, chargedMs } of settled) {
    if (state === 'waiting') counts.waiting += 1
    else if (state === 'reached') counts.reached += 1
    else counts.notReached += 1
    usedMs += chargedMs
    if (outcome === 'not_called') continue
    dialsOver += 1
    failuresInRow = outcome === 'failed' ? failuresInRow + 1 : 0
  }
  return { ...campaign, counts, usedMs, dialsOver, failuresInRow }
}

function settledOf(
  campaign: CampaignRow,
  { callId, contactId, attempts }: DialRow,
  call: DialedCall,
  endedAtMs: number,
): Settled {
  const outcome = outcomeOf(call)
  const policy = { attemptsMax: campaign.attemptsMax, afterMs: campaign.retryAfterMs, on: campaign.retryOn }
  const after = decideContactState(outcome, attempts, policy, endedAtMs)
  const waits = after.state === 'waiting'
  return {
    callId,
    contactId,
    outcome,
    state: after.state,
    nextAttemptAtMs: waits ? after.nextAttemptAtMs : endedAtMs,
    counts: waits ? after.counts : true,
    beganByMs: outcome === 'not_called' ? null : endedAtMs,
    chargedMs: call.chargedMs,
    provisional: isProvisional(call, outcome),
  }
}

function outcomeOf({ status, answered, endReason }: DialedCall): Disposition {
  return classifyDisposition({ refused: status === 'refused', answered, endReason, lost: status === 'lost' })
}

/** Whether the dial is over, but more is to be heard of its call. */
export function isProvisionallyOver({ state, call }: DialRow): boolean {
  if (call === null || (state !== 'over' && call.endedAtMs === null)) return false
  return isProvisional(call, outcomeOf(call))
}

/** Whether more is to be heard of the call: it ended by presumption, or before its answer was told. */
function isProvisional({ status, answered, endedAtMs }: DialedCall, outcome: Disposition): boolean {
  if (endedAtMs === null || status === 'lost') return true
  return !answered && (outcome === 'reached' || outcome === 'voicemail')
}

/**
 * Notes of dials that were over what their calls are known to be now: what they were charged, and whether somebody was
 * reached after all. Returns the campaign with its counts.
 */
export async function correct(
  tx: Tx,
  campaign: CampaignRow,
  dials: readonly DialRow[],
): Promise<CampaignRow> {
  const corrected = dials.flatMap((dial) => correctionOf(dial) ?? [])
  if (corrected.length === 0) return campaign
  await writeCorrected(tx, campaign, corrected)
  const counts = { ...campaign.counts }
  let { usedMs } = campaign
  for (const { moreMs, reached, contactState } of corrected) {
    usedMs += moreMs
    if (!reached) continue
    counts.reached += 1
    if (contactState === 'waiting') counts.waiting -= 1
    else counts.notReached -= 1
  }
  return { ...campaign, counts, usedMs }
}

type Correction = Corrected & Pick<DialRow, 'contactState'> & { readonly moreMs: number }

function correctionOf(dial: DialRow): Correction | undefined {
  const { callId, contactId, call, contactState } = dial
  if (dial.state !== 'over' || call === null) return undefined
  const outcome = outcomeOf(call)
  const provisional = isProvisional(call, outcome)
  const reached = outcome === 'reached' && mayTurnOutReached(dial)
  const moreMs = call.chargedMs - dial.chargedMs
  if (moreMs === 0 && provisional === dial.provisional && !reached) return undefined
  return { callId, contactId, contactState, chargedMs: call.chargedMs, moreMs, provisional, reached }
}

/** Its contact was taken not to be reached, and nobody called again since. */
function mayTurnOutReached({ outcome, isLast, contactState }: DialRow): boolean {
  const counted = outcome !== 'reached' && outcome !== 'not_called' && outcome !== 'canceled'
  return counted && isLast && (contactState === 'waiting' || contactState === 'not_reached')
}
