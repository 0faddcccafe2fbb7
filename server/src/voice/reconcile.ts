import { type CallFacts, isOpen } from '@talktime/core/calls/call'
import { REPORT_AGE_MS_MAX } from '@talktime/core/calls/reported-instant'
import type { CallRow } from '../calls/index.ts'
import { learn, limit, nextCheckMs, type ReportDeps } from './apply-carrier-report.ts'
import { type Carrier, type CarrierState, CarrierUnreachable, patienceMs } from './carrier.ts'
import { checkLegAt, checkLegBy, closeLeg, type LegRow, recordPlaced, takeLegsToCheck } from './leg-store.ts'

const AT_ONCE_MAX = 50
/** How long after it was asked without an answer a carrier is asked again. */
const AGAIN_MS = 30_000
/** An order that its carrier knows nothing of so long after it was asked was never placed. */
const NEVER_PLACED_MS = 2 * 60_000
/** The same of a carrier whose calls pass faster: whoever asked it may have been slow all the same. */
const NEVER_PLACED_MS_MIN = 15_000

/**
 * Asks the carriers about calls of which nothing was heard, and takes what they say for a report. A carrier that does
 * not answer closes nothing. Returns how many were asked about.
 */
export async function reconcileLegs(around: ReportDeps): Promise<number> {
  for (let asked = 0; ; ) {
    const nowMs = around.clock.now()
    const legs = await takeLegsToCheck(around.database, nowMs, nowMs + AGAIN_MS, AT_ONCE_MAX)
    await Promise.all(legs.map((leg) => check(around, leg)))
    asked += legs.length
    if (legs.length < AT_ONCE_MAX) return asked
  }
}

async function check(around: ReportDeps, leg: LegRow): Promise<void> {
  const carrier = around.carrierOf(leg.carrier)
  try {
    if (carrier === undefined)
      throw new CarrierUnreachable(`The carrier ${leg.carrier} is not set up any more`)
    const call = await around.callOf(leg)
    const nowMs = around.clock.now()
    // A call that came in is written down right after its leg.
    if (call === undefined && nowMs - leg.placedAtMs < NEVER_PLACED_MS) return
    // Reported over, by whom ever. A presumed end gives way to what the carrier knows.
    if (call === undefined || !isUncertain(call.facts, nowMs)) {
      return await closeLeg(around.database, leg)
    }
    await take(around, carrier, leg, call, await carrier.lookUp(leg))
  } catch (error) {
    // The leg is due again by itself.
    around.onError(error)
  }
}

/** Whether something is left to be found out: of a call that is presumed over, not for ever. */
function isUncertain(facts: CallFacts, nowMs: number): boolean {
  if (isOpen(facts)) return true
  const { endSource, endedAtMs } = facts
  return endSource === 'presumed' && endedAtMs !== null && nowMs - endedAtMs < REPORT_AGE_MS_MAX
}

async function take(
  around: ReportDeps,
  carrier: Carrier,
  leg: LegRow,
  call: CallRow,
  truth: CarrierState,
): Promise<void> {
  const { database, clock } = around
  const nowMs = clock.now()
  if (truth.state === 'unknown') return takeUnknown(around, carrier, leg)
  if (leg.ref === null) await recordPlaced(database, leg, truth.ref, nowMs + AGAIN_MS)
  return learnCarrierState(around, carrier, { ...leg, ref: truth.ref }, call, truth)
}

async function learnCarrierState(
  around: ReportDeps,
  carrier: Carrier,
  leg: LegRow,
  call: CallRow,
  truth: Exclude<CarrierState, { state: 'unknown' }>,
): Promise<void> {
  const nowMs = around.clock.now()
  switch (truth.state) {
    case 'ringing':
      return
    case 'in_conversation': {
      const said = { type: 'answered', atMs: truth.answeredAtMs ?? nowMs } as const
      return stillTalks(around, carrier, leg, (await learn(around, leg, said)) ?? call)
    }
    case 'over': {
      const talkedMs = truth.answeredAtMs === null ? 0 : truth.endedAtMs - truth.answeredAtMs
      await learn(around, leg, { type: 'ended', atMs: truth.endedAtMs, reason: truth.reason, talkedMs })
    }
  }
}

/** A conversation goes on, but not beyond its hard stop. */
async function stillTalks(around: ReportDeps, carrier: Carrier, leg: LegRow, call: CallRow): Promise<void> {
  const nowMs = around.clock.now()
  await checkLegAt(around.database, leg, nextCheckMs(carrier, call, nowMs))
  const { answeredAtMs } = call.facts
  if (answeredAtMs !== null && nowMs >= answeredAtMs + call.maxDurationMs) return carrier.hangUp(leg)
  await limit(around, leg, call)
}

/** The carrier knows no such call. */
async function takeUnknown(around: ReportDeps, carrier: Carrier, leg: LegRow): Promise<void> {
  const nowMs = around.clock.now()
  // It had the call once: where it has forgotten it, nothing follows but what the hard stop says.
  if (leg.state === 'placed') return
  const neverPlacedMs = leg.placedAtMs + patienceMs(carrier, NEVER_PLACED_MS, NEVER_PLACED_MS_MIN)
  if (nowMs < neverPlacedMs) return checkLegBy(around.database, leg, neverPlacedMs)
  // Whoever ordered it may order another: by now it may be too late in the day for this one.
  await learn(around, leg, { type: 'ended', atMs: nowMs, reason: 'not_placed' })
}
