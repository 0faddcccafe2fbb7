import { LEASE_MS, RINGING_MS_MAX } from '@talktime/core/calls/call-lease'
import type { SeededRandom } from '../platform/seeded-random.ts'

/** What the calls of an agent are like. */
export type CallHabits = {
  /** E.164. */
  readonly phoneNumber: string | null
  readonly direction: 'inbound' | 'outbound' | 'web'
  /** How many of the calls this agent has, beside the others. */
  readonly callsShare: number
  /** Shares of the calls that are answered and that fail; the others ring in vain. */
  readonly answeredShare: number
  readonly failedShare: number
  readonly talkMsMedian: number
  /** See {@link Chance.logNormal}. */
  readonly talkSpread: number
}

/** How the voice stack tells of a call's end. */
export type Ending =
  | 'once'
  | 'three_times'
  /** Minutes after it happened. */
  | 'late'
  /** Before it tells of the answer. */
  | 'before_the_answer'
  /** Never: the reaper closes the call. */
  | 'never'
  /** After the reaper closed the call. */
  | 'too_late'

/** A call as the outside world makes it: what the product decides about it is not in here. */
export type PlannedCall = {
  readonly habits: CallHabits
  readonly from: string | null
  readonly to: string | null
  readonly ringsAtMs: number
  /** Null: nobody answers. */
  readonly answeredAtMs: number | null
  readonly endedAtMs: number
  readonly endReason: string
  readonly ending: Ending
  /** How long after the end the voice stack tells of it, where that is not at once. */
  readonly reportDelayMs: number
}

/** When the last is heard of the call, or it is closed because nothing is. */
export function lastReportMs(call: PlannedCall): number {
  if (call.ending !== 'never') return call.endedAtMs + call.reportDelayMs
  return call.answeredAtMs === null ? call.ringsAtMs + RINGING_MS_MAX : lastHeartbeatMs(call) + LEASE_MS
}

const heartbeatIntervalMs = 30_000

/** The last sign of life of a call whose end is not told of in time. */
export function lastHeartbeatMs({ answeredAtMs, ringsAtMs, endedAtMs }: PlannedCall): number {
  const sinceMs = answeredAtMs ?? ringsAtMs
  return sinceMs + Math.floor((endedAtMs - sinceMs) / heartbeatIntervalMs) * heartbeatIntervalMs
}

const minuteMs = 60_000
const talkMsMin = 4_000
const talkMsMax = 25 * minuteMs

/** How often each way of telling of an end occurs, beside the others. */
export type EndingWeights = Readonly<Record<Ending, number>>

/** A call that begins to ring at `ringsAtMs`. */
export function planCall(
  chance: SeededRandom,
  habits: CallHabits,
  ringsAtMs: number,
  endings: EndingWeights,
): PlannedCall {
  const outcome = outcomeOf(chance, habits)
  const ringMs = Math.round(ringingMs(chance, habits, outcome))
  const parties = partiesOf(chance, habits)
  if (outcome !== 'answered') {
    return {
      habits,
      ...parties,
      ringsAtMs,
      answeredAtMs: null,
      endedAtMs: ringsAtMs + ringMs,
      endReason: reasonWithout(chance, habits, outcome),
      ending: chance.happens(0.003) ? 'never' : 'once',
      reportDelayMs: 0,
    }
  }
  const answeredAtMs = ringsAtMs + ringMs
  const talkMs = Math.round(chance.logNormal(habits.talkMsMedian, habits.talkSpread))
  const ending = endingOf(chance, endings)
  return {
    habits,
    ...parties,
    ringsAtMs,
    answeredAtMs,
    endedAtMs: answeredAtMs + Math.min(talkMsMax, Math.max(talkMsMin, talkMs)),
    endReason: endReasons[chance.weighted([55, 30, 10, 5])] ?? 'completed',
    ending,
    reportDelayMs: reportDelayMs(chance, ending),
  }
}

const endReasons = ['completed', 'caller_hung_up', 'transferred', 'silence_timeout']

type Outcome = 'answered' | 'unanswered' | 'failed'

function outcomeOf(chance: SeededRandom, { answeredShare, failedShare }: CallHabits): Outcome {
  const drawn = chance.next()
  if (drawn < answeredShare) return 'answered'
  return drawn < answeredShare + failedShare ? 'failed' : 'unanswered'
}

function ringingMs(chance: SeededRandom, { direction }: CallHabits, outcome: Outcome): number {
  if (outcome === 'failed') return chance.between(300, 2_500)
  if (direction === 'web') return chance.between(400, 2_000)
  if (outcome === 'unanswered') {
    return direction === 'outbound' ? chance.between(22_000, 34_000) : chance.between(900, 7_000)
  }
  return direction === 'outbound' ? chance.between(5_000, 24_000) : chance.between(1_000, 5_000)
}

/** Why a call ended that nobody answered. */
function reasonWithout(chance: SeededRandom, { direction }: CallHabits, outcome: Outcome): string {
  if (direction !== 'outbound') return outcome === 'failed' ? 'error' : 'caller_hung_up'
  return outcome === 'failed'
    ? chance.pick(['invalid_number', 'rejected_by_carrier', 'failed'])
    : chance.pick(['no_answer', 'no_answer', 'busy'])
}

function partiesOf(chance: SeededRandom, habits: CallHabits): Pick<PlannedCall, 'from' | 'to'> {
  if (habits.direction === 'web') return { from: null, to: null }
  const other = fictionalNumber(chance)
  return habits.direction === 'inbound'
    ? { from: other, to: habits.phoneNumber }
    : { from: habits.phoneNumber, to: other }
}

const areaCodes = ['617', '508', '781', '978', '413', '401', '603', '207', '802', '203', '212', '646']

/** A telephone number that belongs to nobody: 555-01XX is kept for fiction. */
function fictionalNumber(chance: SeededRandom): string {
  const line = String(chance.integer(0, 99)).padStart(2, '0')
  return `+1${chance.pick(areaCodes)}55501${line}`
}

function endingOf(chance: SeededRandom, endings: EndingWeights): Ending {
  const names = Object.keys(endings) as Ending[]
  return names[chance.weighted(Object.values(endings))] ?? 'once'
}

function reportDelayMs(chance: SeededRandom, ending: Ending): number {
  if (ending === 'late') return Math.round(chance.between(1, 25) * minuteMs)
  if (ending === 'too_late') return Math.round(chance.between(8, 90) * minuteMs)
  return 0
}
