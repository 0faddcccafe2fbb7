import { isOpen } from '@talktime/core/call'
import type { CallRow } from '../calls/index.ts'
import { type Carrier, CarrierUnreachable, type TrueState } from './carrier.ts'
import { type Around, learn, nextCheckMs } from './report.ts'
import { checkLegAt, closeLeg, type LegRow, recordPlaced, takeLegsToCheck } from './store.ts'

const AT_ONCE_MAX = 50
/** How long after it was asked without an answer a carrier is asked again. */
const AGAIN_MS = 30_000
/** An order that its carrier knows nothing of so long after it was asked was never placed. */
const NEVER_PLACED_MS = 2 * 60_000

/**
 * Asks the carriers about calls of which nothing was heard, and takes what they say for a report. A carrier that does
 * not answer closes nothing. Returns how many were asked about.
 */
export async function reconcileLegs(around: Around): Promise<number> {
  for (let asked = 0; ; ) {
    const nowMs = around.clock.now()
    const legs = await takeLegsToCheck(around.database, nowMs, nowMs + AGAIN_MS, AT_ONCE_MAX)
    await Promise.all(legs.map((leg) => check(around, leg)))
    asked += legs.length
    if (legs.length < AT_ONCE_MAX) return asked
  }
}

async function check(around: Around, leg: LegRow): Promise<void> {
  const carrier = around.carrierOf(leg.carrier)
  try {
    if (carrier === undefined)
      throw new CarrierUnreachable(`The carrier ${leg.carrier} is not set up any more`)
    const call = await around.callOf(leg)
    // Reported over, by whom ever. A presumed end gives way to what the carrier knows.
    if (call === undefined || (!isOpen(call.facts) && call.facts.endSource !== 'presumed')) {
      return await closeLeg(around.database, leg)
    }
    await take(around, carrier, leg, call, await carrier.lookUp(leg))
  } catch (error) {
    // The leg is due again by itself.
    around.onError(error)
  }
}

async function take(
  around: Around,
  carrier: Carrier,
  leg: LegRow,
  call: CallRow,
  truth: TrueState,
): Promise<void> {
  const { database, clock } = around
  const nowMs = clock.now()
  if (truth.state === 'unknown') return takeUnknown(around, carrier, leg, call)
  if (leg.ref === null) await recordPlaced(database, leg, truth.ref, nowMs + AGAIN_MS)
  switch (truth.state) {
    case 'ringing':
      return
    case 'in_conversation':
      await learn(around, leg, { type: 'answered', atMs: truth.answeredAtMs ?? nowMs })
      return checkLegAt(database, leg, nextCheckMs((await around.callOf(leg)) ?? call, nowMs))
    case 'over':
      if (truth.answeredAtMs !== null)
        await learn(around, leg, { type: 'answered', atMs: truth.answeredAtMs })
      return learn(around, leg, { type: 'ended', atMs: truth.endedAtMs, reason: truth.reason })
  }
}

/** The carrier knows no such call. */
async function takeUnknown(around: Around, carrier: Carrier, leg: LegRow, call: CallRow): Promise<void> {
  const { database, clock } = around
  const nowMs = clock.now()
  // It had the call once: where it has forgotten it, nothing follows but what the hard stop says.
  if (leg.state === 'placed') return
  if (carrier.placesOnce && isOpen(call.facts) && leg.to !== null) {
    const { workspaceId, callId, from, to, ringMsMax, onVoicemail } = leg
    const { maxDurationMs } = call
    const placed = await carrier.place({
      workspaceId,
      callId,
      from,
      to,
      ringMsMax,
      onVoicemail,
      maxDurationMs,
    })
    if (placed.outcome === 'placed')
      return recordPlaced(database, leg, placed.ref, nowMs + ringMsMax + AGAIN_MS)
    return learn(around, leg, { type: 'ended', atMs: nowMs, reason: placed.reason })
  }
  if (nowMs - leg.placedAtMs >= NEVER_PLACED_MS) {
    await learn(around, leg, { type: 'ended', atMs: nowMs, reason: 'failed' })
  }
}
