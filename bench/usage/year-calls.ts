import { HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { createSeededRandom, type SeededRandom } from '../../server/src/platform/seeded-random.ts'

/** A call of the simulated year, as its voice stack reports it. Instants are epoch milliseconds. */
export type YearCall = {
  readonly startsAtMs: number
  /** Null: nobody answered. */
  readonly answeredAtMs: number | null
  readonly endedAtMs: number
  readonly endReason: string
  /** When its end is reported. */
  readonly reportedAtMs: number
  /** Whether its signs of life stop before its end is reported, so that it counts as lost meanwhile. */
  readonly lost: boolean
  /** The number of its agent. Low numbers have more calls. */
  readonly agent: number
  readonly direction: 'inbound' | 'outbound' | 'web'
  readonly from: string
  readonly to: string
}

export type YearPlan = {
  readonly seed: number
  readonly calls: number
  readonly agents: number
  readonly timeZone: string
  readonly startsAtMs: number
  /** All calls have ended and are reported by then. */
  readonly endsAtMs: number
}

/** How busy each hour of a working day is, from midnight, relative to the others. */
const hours = [1, 1, 1, 1, 1, 2, 6, 15, 40, 75, 95, 100, 80, 85, 100, 98, 90, 70, 45, 25, 14, 8, 4, 2]
/** How busy each weekday is, from Monday. */
const weekdays = [1.05, 1.1, 1.05, 1, 0.9, 0.35, 0.2]

/** Generates the calls of a year in the order in which they start: exactly `plan.calls`, and more toward the end. */
export function* generateYearCalls(plan: YearPlan): Generator<YearCall> {
  const chance = createSeededRandom(plan.seed)
  const weights = weighHours(plan)
  const perWeight = plan.calls / weights.reduce((sum, weight) => sum + weight, 0)
  const pickAgent = createAgentPicker(chance, plan.agents)
  let due = 0
  let made = 0
  for (const [hour, weight] of weights.entries()) {
    due += weight * perWeight
    // The last hour makes up for rounding.
    const count = (hour === weights.length - 1 ? plan.calls : Math.round(due)) - made
    made += count
    const beginsAtMs = plan.startsAtMs + hour * HOUR_MS
    const lengthMs = Math.min(HOUR_MS, plan.endsAtMs - beginsAtMs)
    const starts = Array.from({ length: count }, () => beginsAtMs + Math.floor(chance.next() * lengthMs))
    for (const startsAtMs of starts.sort((a, b) => a - b))
      yield createCall(chance, plan, pickAgent(), startsAtMs)
  }
}

function weighHours({ startsAtMs, endsAtMs, timeZone }: YearPlan): number[] {
  const count = Math.ceil((endsAtMs - startsAtMs) / HOUR_MS)
  return Array.from({ length: count }, (_, index) => {
    const local = Temporal.Instant.fromEpochMilliseconds(startsAtMs + index * HOUR_MS).toZonedDateTimeISO(
      timeZone,
    )
    // Nobody is called on Christmas and New Year.
    if (local.day === 25 && local.month === 12) return 0
    if (local.day === 1 && local.month === 1) return 0
    return (hours[local.hour] ?? 1) * (weekdays[local.dayOfWeek - 1] ?? 1) * (0.7 + (0.6 * index) / count)
  })
}

/** Creates a picker of agents that prefers low numbers: the hundredth has about a fortieth of the first's calls. */
function createAgentPicker(chance: SeededRandom, agents: number): () => number {
  let sum = 0
  const until = Array.from({ length: agents }, (_, index) => {
    sum += (index + 1) ** -0.8
    return sum
  })
  return () => {
    const place = chance.next() * sum
    let low = 0
    let high = agents - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((until[middle] ?? 0) <= place) low = middle + 1
      else high = middle
    }
    return low
  }
}

function createCall(
  chance: SeededRandom,
  { endsAtMs }: YearPlan,
  agent: number,
  startsAtMs: number,
): YearCall {
  const own = `+1212555${String(agent).padStart(4, '0')}`
  const other = `+1${chance.integer(201, 989)}${chance.integer(2_000_000, 9_999_999)}`
  const direction = chance.happens(0.55) ? 'outbound' : chance.happens(0.85) ? 'inbound' : 'web'
  const [from, to] = direction === 'outbound' ? [own, other] : [other, own]
  const who = { startsAtMs, agent, direction, from, to } as const
  const ringsUntilMs = Math.min(endsAtMs, startsAtMs + Math.round(chance.between(1_500, 24_000)))
  if (chance.happens(0.11)) {
    const endReason = chance.happens(0.2) ? 'failed' : 'no_answer'
    return {
      ...who,
      answeredAtMs: null,
      endedAtMs: ringsUntilMs,
      endReason,
      reportedAtMs: ringsUntilMs,
      lost: false,
    }
  }
  // One in seventy ends as it is answered.
  const talkMs = chance.happens(0.014)
    ? 0
    : Math.min(150 * MINUTE_MS, Math.round(chance.logNormal(95_000, 0.9)))
  const endedAtMs = Math.min(endsAtMs, ringsUntilMs + talkMs)
  const lateMs = chance.happens(0.003) ? chance.integer(2 * MINUTE_MS, 45 * MINUTE_MS) : 0
  const reportedAtMs = Math.min(endsAtMs, endedAtMs + lateMs)
  const lost = reportedAtMs - endedAtMs > 5 * MINUTE_MS && endedAtMs - ringsUntilMs > MINUTE_MS
  return { ...who, answeredAtMs: ringsUntilMs, endedAtMs, endReason: 'hangup', reportedAtMs, lost }
}
