import { CarrierUnreachable } from './carrier.ts'
import { findCarrier, type VoiceContext } from './deps.ts'
import { checkLegBy, type LegRow, takeHangUps } from './leg-store.ts'

const BATCH_MAX = 50
/** How long after a hang-up order the carrier is asked whether the call is over, in case its report is lost. */
const CONFIRM_MS = 3_000

/**
 * Orders the carriers to hang up all calls that have a hang-up order. The legs say when to repeat it: the charge runs on
 * until the carrier itself says that the call is over.
 *
 * @returns the number of calls
 */
export async function hangUpOrderedCalls(context: VoiceContext): Promise<number> {
  for (let ordered = 0; ; ) {
    const legs = await takeHangUps(context.database, context.clock.now(), BATCH_MAX)
    await Promise.all(legs.map((leg) => hangUp(context, leg)))
    ordered += legs.length
    if (legs.length < BATCH_MAX) return ordered
  }
}

async function hangUp(context: VoiceContext, leg: LegRow): Promise<void> {
  const carrier = findCarrier(context, leg.carrier)
  try {
    if (carrier === undefined) throw new CarrierUnreachable(`The carrier ${leg.carrier} is no longer set up`)
    await carrier.hangUp(leg)
    await checkLegBy(context.database, leg, context.clock.now() + CONFIRM_MS)
  } catch (error) {
    // The leg says when the order is repeated.
    context.onError(error)
  }
}
