import { type CallFacts, isOpen } from '@talktime/core/calls/call'
import { REPORT_AGE_MS_MAX } from '@talktime/core/calls/reported-instant'
import { assertNever } from '@talktime/core/exhaustive'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type { CallRow } from '../calls/index.ts'
import { applyCallFact, computeNextCheck, limitDuration } from './apply-carrier-report.ts'
import { type Carrier, type CarrierState, CarrierUnreachable, computeWaitMs } from './carrier.ts'
import { findCarrier, loadCallOfLeg, type VoiceContext } from './deps.ts'
import { checkLegAt, checkLegBy, closeLeg, type LegRow, recordPlaced, takeLegsToCheck } from './leg-store.ts'

const BATCH_MAX = 50
/** How long after a question without an answer the carrier is asked again. */
const RETRY_MS = 30_000
/** An order that the carrier does not know this long after it was sent was never placed. */
const NEVER_PLACED_MS = 2 * MINUTE_MS
/** The least such wait for a carrier whose calls run faster: the process that sent the order may be slow anyway. */
const NEVER_PLACED_MS_MIN = 15_000

/**
 * Asks the carriers about calls of which reports are missing, and applies their answers like reports. A carrier that
 * does not answer closes nothing.
 *
 * @returns the number of calls that were checked
 */
export async function reconcileLegs(context: VoiceContext): Promise<number> {
  for (let checked = 0; ; ) {
    const nowMs = context.clock.now()
    const legs = await takeLegsToCheck(context.database, nowMs, nowMs + RETRY_MS, BATCH_MAX)
    await Promise.all(legs.map((leg) => checkLeg(context, leg)))
    checked += legs.length
    if (legs.length < BATCH_MAX) return checked
  }
}

async function checkLeg(context: VoiceContext, leg: LegRow): Promise<void> {
  const carrier = findCarrier(context, leg.carrier)
  try {
    if (carrier === undefined) throw new CarrierUnreachable(`The carrier ${leg.carrier} is no longer set up`)
    const call = await loadCallOfLeg(context, leg)
    const nowMs = context.clock.now()
    // An incoming call is recorded right after its leg.
    if (call === undefined && nowMs - leg.placedAtMs < NEVER_PLACED_MS) return
    if (call === undefined || !isUncertain(call.facts, nowMs)) return await closeLeg(context.database, leg)
    await applyCarrierState(context, carrier, leg, call, await carrier.lookUp(leg))
  } catch (error) {
    // The leg becomes due again after RETRY_MS.
    context.onError(error)
  }
}

/** Whether the carrier may still know more. A presumed end can be corrected, but not for ever. */
function isUncertain(facts: CallFacts, nowMs: number): boolean {
  if (isOpen(facts)) return true
  const { endSource, endedAtMs } = facts
  return endSource === 'presumed' && endedAtMs !== null && nowMs - endedAtMs < REPORT_AGE_MS_MAX
}

async function applyCarrierState(
  context: VoiceContext,
  carrier: Carrier,
  leg: LegRow,
  call: CallRow,
  carrierState: CarrierState,
): Promise<void> {
  const nowMs = context.clock.now()
  if (carrierState.state === 'unknown') return closeIfNeverPlaced(context, carrier, leg)
  if (leg.ref === null) await recordPlaced(context.database, leg, carrierState.ref, nowMs + RETRY_MS)
  const known = { ...leg, ref: carrierState.ref }
  switch (carrierState.state) {
    case 'ringing':
      return
    case 'in_conversation': {
      const atMs = carrierState.answeredAtMs ?? nowMs
      const answered = await applyCallFact(context, known, { type: 'answered', atMs })
      return superviseLiveCall(context, carrier, known, { before: call, call: answered ?? call })
    }
    case 'over': {
      const { answeredAtMs, endedAtMs, reason } = carrierState
      const talkedMs = answeredAtMs === null ? 0 : endedAtMs - answeredAtMs
      await applyCallFact(context, known, { type: 'ended', atMs: endedAtMs, reason, talkedMs })
      return
    }
    default:
      return assertNever(carrierState)
  }
}

/**
 * Plans the next check of a live call, and hangs it up once its hard stop has passed. A hard stop that has moved is sent to
 * the carrier.
 */
async function superviseLiveCall(
  context: VoiceContext,
  carrier: Carrier,
  leg: LegRow,
  { before, call }: { readonly before: CallRow; readonly call: CallRow },
): Promise<void> {
  const nowMs = context.clock.now()
  await checkLegAt(context.database, leg, computeNextCheck(carrier, call, nowMs))
  const { answeredAtMs } = call.facts
  if (answeredAtMs !== null && nowMs >= answeredAtMs + call.maxDurationMs) return carrier.hangUp(leg)
  await limitDuration(context, leg, call, before)
}

/** Closes a call that its carrier does not know, once the order can no longer be on its way. */
async function closeIfNeverPlaced(context: VoiceContext, carrier: Carrier, leg: LegRow): Promise<void> {
  const nowMs = context.clock.now()
  // The carrier had this call and has forgotten it. Only the hard stop can end it.
  if (leg.state === 'placed') return
  const neverPlacedAtMs = leg.placedAtMs + computeWaitMs(carrier, NEVER_PLACED_MS, NEVER_PLACED_MS_MIN)
  if (nowMs < neverPlacedAtMs) return checkLegBy(context.database, leg, neverPlacedAtMs)
  // It is not placed now: it may be outside the calling hours. A campaign can order another call.
  await applyCallFact(context, leg, { type: 'ended', atMs: nowMs, reason: 'not_placed' })
}
