import { LEASE_MS, RINGING_MS_MAX } from '@talktime/core/calls/call-lease'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type { SeededRandom } from '../platform/seeded-random.ts'

/** The distribution that an agent's simulated calls are drawn from. */
export type CallHabits = {
  /** E.164, or null if the agent takes web calls. */
  readonly phoneNumber: string | null
  readonly direction: 'inbound' | 'outbound' | 'web'
  /** The agent's weight when calls are spread over all agents. */
  readonly callsShare: number
  /** Shares of the calls that are answered and that fail. The rest ring without an answer. */
  readonly answeredShare: number
  readonly failedShare: number
  readonly talkMsMedian: number
  /** See {@link SeededRandom.logNormal}. */
  readonly talkSpread: number
}

/** How the voice stack reports a call's end. */
export type Ending =
  | 'once'
  | 'three_times'
  /** Minutes after the end. */
  | 'late'
  /** Before it reports the answer. */
  | 'before_the_answer'
  /** Not at all: the reaper closes the call. */
  | 'never'
  /** After the reaper has closed the call. */
  | 'too_late'

/** A call as it happens in the outside world. It holds no decision of Talktime, such as a refusal. */
export type PlannedCall = {
  readonly habits: CallHabits
  readonly from: string | null
  readonly to: string | null
  readonly ringsAtMs: number
  /** Null if nobody answers. */
  readonly answeredAtMs: number | null
  readonly endedAtMs: number
  readonly endReason: string
  readonly ending: Ending
  /** How long after the end the voice stack reports it, with the endings `late` and `too_late`. Otherwise 0. */
  readonly reportDelayMs: number
}

/** The time of the last report about the call, or of the reaper closing it if the end is not reported. */
export function findLastReportMs(call: PlannedCall): number {
  if (call.ending !== 'never') return call.endedAtMs + call.reportDelayMs
  return call.answeredAtMs === null ? call.ringsAtMs + RINGING_MS_MAX : findLastHeartbeatMs(call) + LEASE_MS
}

const HEARTBEAT_INTERVAL_MS = 30_000

/** The time of the last heartbeat of a call whose end is not reported in time. */
export function findLastHeartbeatMs({ answeredAtMs, ringsAtMs, endedAtMs }: PlannedCall): number {
  const sinceMs = answeredAtMs ?? ringsAtMs
  return sinceMs + Math.floor((endedAtMs - sinceMs) / HEARTBEAT_INTERVAL_MS) * HEARTBEAT_INTERVAL_MS
}

const TALK_MS_MIN = 4_000
const TALK_MS_MAX = 25 * MINUTE_MS

/** Weights of the ways in which an end is reported. */
export type EndingWeights = Readonly<Record<Ending, number>>

/** Draws a call that starts to ring at `ringsAtMs`. */
export function planCall(
  chance: SeededRandom,
  habits: CallHabits,
  ringsAtMs: number,
  endings: EndingWeights,
): PlannedCall {
  const outcome = drawOutcome(chance, habits)
  const ringMs = Math.round(drawRingMs(chance, habits, outcome))
  const parties = drawParties(chance, habits)
  if (outcome !== 'answered') {
    return {
      habits,
      ...parties,
      ringsAtMs,
      answeredAtMs: null,
      endedAtMs: ringsAtMs + ringMs,
      endReason: drawUnansweredReason(chance, habits, outcome),
      ending: chance.happens(0.003) ? 'never' : 'once',
      reportDelayMs: 0,
    }
  }
  const answeredAtMs = ringsAtMs + ringMs
  const talkMs = Math.round(chance.logNormal(habits.talkMsMedian, habits.talkSpread))
  const ending = drawEnding(chance, endings)
  return {
    habits,
    ...parties,
    ringsAtMs,
    answeredAtMs,
    endedAtMs: answeredAtMs + Math.min(TALK_MS_MAX, Math.max(TALK_MS_MIN, talkMs)),
    endReason: endReasons[chance.weighted([55, 30, 10, 5])] ?? 'completed',
    ending,
    reportDelayMs: drawReportDelayMs(chance, ending),
  }
}

const endReasons = ['completed', 'caller_hung_up', 'transferred', 'silence_timeout']

type Outcome = 'answered' | 'unanswered' | 'failed'

function drawOutcome(chance: SeededRandom, { answeredShare, failedShare }: CallHabits): Outcome {
  const drawn = chance.next()
  if (drawn < answeredShare) return 'answered'
  return drawn < answeredShare + failedShare ? 'failed' : 'unanswered'
}

function drawRingMs(chance: SeededRandom, { direction }: CallHabits, outcome: Outcome): number {
  if (outcome === 'failed') return chance.between(300, 2_500)
  if (direction === 'web') return chance.between(400, 2_000)
  if (outcome === 'unanswered') {
    return direction === 'outbound' ? chance.between(22_000, 34_000) : chance.between(900, 7_000)
  }
  return direction === 'outbound' ? chance.between(5_000, 24_000) : chance.between(1_000, 5_000)
}

/** The end reason of a call that nobody answered. */
function drawUnansweredReason(chance: SeededRandom, { direction }: CallHabits, outcome: Outcome): string {
  if (direction !== 'outbound') return outcome === 'failed' ? 'error' : 'caller_hung_up'
  return outcome === 'failed'
    ? chance.pick(['invalid_number', 'rejected_by_carrier', 'failed'])
    : chance.pick(['no_answer', 'no_answer', 'busy'])
}

function drawParties(chance: SeededRandom, habits: CallHabits): Pick<PlannedCall, 'from' | 'to'> {
  if (habits.direction === 'web') return { from: null, to: null }
  const other = drawPhoneNumber(chance)
  return habits.direction === 'inbound'
    ? { from: other, to: habits.phoneNumber }
    : { from: habits.phoneNumber, to: other }
}

const areaCodes = ['617', '508', '781', '978', '413', '401', '603', '207', '802', '203', '212', '646']

/** Draws a phone number that nobody has: 555-01XX is reserved for fiction. */
function drawPhoneNumber(chance: SeededRandom): string {
  const line = String(chance.integer(0, 99)).padStart(2, '0')
  return `+1${chance.pick(areaCodes)}55501${line}`
}

function drawEnding(chance: SeededRandom, endings: EndingWeights): Ending {
  const names = Object.keys(endings) as Ending[]
  return names[chance.weighted(Object.values(endings))] ?? 'once'
}

function drawReportDelayMs(chance: SeededRandom, ending: Ending): number {
  if (ending === 'late') return Math.round(chance.between(1, 25) * MINUTE_MS)
  if (ending === 'too_late') return Math.round(chance.between(8, 90) * MINUTE_MS)
  return 0
}
