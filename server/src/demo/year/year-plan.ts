import { createSeededRandom, type SeededRandom } from '../../platform/seeded-random.ts'
import { type CastAgent, cast } from '../demo-agents.ts'
import { type EndingWeights, lastReportMs, type PlannedCall, planCall } from '../planned-call.ts'

/** A call of the year, and whose it is. */
export type YearCall = PlannedCall & { readonly agent: CastAgent }

export type YearOptions = {
  readonly seed: number
  readonly timeZone: string
  readonly startsAtMs: number
  /** Every call is over, and told of, by then. */
  readonly endsAtMs: number
}

const endings: EndingWeights = {
  once: 940,
  three_times: 25,
  late: 25,
  before_the_answer: 6,
  never: 2,
  too_late: 2,
}

const dayMs = 24 * 60 * 60_000

/** The calls of the demo's year in the order in which they begin to ring. The same options make the same calls. */
export function planYear(options: YearOptions): YearCall[] {
  const chance = createSeededRandom(options.seed)
  const { startsAtMs, endsAtMs } = options
  const calls: YearCall[] = []
  for (const day of daysOf(options)) {
    const busyness = busynessOf(chance, day)
    for (const agent of cast) {
      if (day.share < agent.beginsAtShare) continue
      for (const ringsAtMs of ringsOn(chance, agent, day, busyness)) {
        const call = { ...planCall(chance, agent, ringsAtMs, endings), agent }
        if (ringsAtMs >= startsAtMs && lastReportMs(call) < endsAtMs) calls.push(call)
      }
    }
  }
  return calls.sort((a, b) => a.ringsAtMs - b.ringsAtMs)
}

type Day = {
  readonly date: Temporal.PlainDate
  /** Local noon: on days on which the clocks change, most of the day is where noon is. */
  readonly noonMs: number
  /** How much of the year is over. */
  readonly share: number
}

function daysOf({ timeZone, startsAtMs, endsAtMs }: YearOptions): Day[] {
  const localDate = (atMs: number) =>
    Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate()
  const last = localDate(endsAtMs)
  const days: Day[] = []
  let date = localDate(startsAtMs)
  while (Temporal.PlainDate.compare(date, last) <= 0) {
    const noonMs = date.toZonedDateTime({ timeZone, plainTime: '12:00' }).epochMilliseconds
    days.push({ date, noonMs, share: (noonMs - startsAtMs) / (endsAtMs - startsAtMs) })
    date = date.add({ days: 1 })
  }
  return days
}

/** Monday to Friday: how busy they are beside one another. Weekends are the agents' own. */
const weekdayFactors = [1.13, 1.05, 1, 0.98, 0.86]
const holidays = new Set(['01-01', '07-04', '12-24', '12-25', '12-26', '12-31'])

/** About how many calls there would be on this day with every agent at work. */
function busynessOf(chance: SeededRandom, { date, share }: Day): number {
  const growth = 34 + 46 * Math.max(0, share) ** 1.15
  const weekday = weekdayFactors[date.dayOfWeek - 1] ?? 1
  const holiday = holidays.has(date.toString().slice(5)) ? 0.1 : 1
  const summer = date.month === 8 ? 0.84 : 1
  const mood = chance.logNormal(1, 0.11)
  return growth * weekday * holiday * summer * recallFactor(share) * mood
}

/** Twice a year every patient who is due for a check-up hears of it, and many call back. */
function recallFactor(share: number): number {
  const recalls = [0.37, 0.79]
  const recallShare = 0.05
  return recalls.some((begins) => share >= begins && share < begins + recallShare) ? 1.45 : 1
}

function ringsOn(chance: SeededRandom, agent: CastAgent, { date, noonMs }: Day, busyness: number): number[] {
  const weekend = date.dayOfWeek - 6
  const dayShare = weekend < 0 ? 1 : (agent.weekendShares[weekend === 0 ? 0 : 1] ?? 0)
  const weights = weekend < 0 ? agent.workingDayHours : agent.weekendHours
  const count = chance.poisson(busyness * agent.callsShare * dayShare)
  return Array.from({ length: count }, () => {
    const hour = chance.weighted(weights) + chance.next()
    return Math.round(noonMs - dayMs / 2 + (hour * dayMs) / 24)
  })
}
