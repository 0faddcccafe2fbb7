import type { ReportDeps } from './apply-carrier-report.ts'
import { CarrierUnreachable } from './carrier.ts'
import { checkLegBy, type LegRow, takeHangUps } from './leg-store.ts'

const AT_ONCE_MAX = 50
/** How long after it was told the carrier is asked whether it did hang up, should its message be lost. */
const CONFIRM_MS = 3_000

/**
 * Tells the carriers of all calls that were ordered to be hung up. What is told again, and when, is in the legs: until
 * the call is over, by the carrier's own word, its charge runs on. Returns how many were told.
 */
export async function hangUpOrdered(around: ReportDeps): Promise<number> {
  for (let told = 0; ; ) {
    const legs = await takeHangUps(around.database, around.clock.now(), AT_ONCE_MAX)
    await Promise.all(legs.map((leg) => tell(around, leg)))
    told += legs.length
    if (legs.length < AT_ONCE_MAX) return told
  }
}

async function tell(around: ReportDeps, leg: LegRow): Promise<void> {
  const carrier = around.carrierOf(leg.carrier)
  try {
    if (carrier === undefined)
      throw new CarrierUnreachable(`The carrier ${leg.carrier} is not set up any more`)
    await carrier.hangUp(leg)
    await checkLegBy(around.database, leg, around.clock.now() + CONFIRM_MS)
  } catch (error) {
    // It is told again by itself: the leg says when.
    around.onError(error)
  }
}
