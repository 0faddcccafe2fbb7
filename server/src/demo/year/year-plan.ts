import { DAY_MS } from '@talktime/core/time/durations'
import { createSeededRandom, type SeededRandom } from '../../platform/seeded-random.ts'
import { DEMO_AGENTS, type DemoAgent } from '../demo-agents.ts'
import { type EndingWeights, findLastReportMs, type PlannedCall, planCall } from '../planned-call.ts'

/** A call of the year and its agent. */
export type YearCall = PlannedCall & { readonly agent: DemoAgent }

export type YearOptions = {
  readonly seed: number
  readonly timeZone: string
  readonly startsAtMs: number
  /** By this time every call is over and reported. */
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

/** Plans the calls of the demo's year, in the order in which they start to ring. Equal options give equal calls. */
export function planYear(options: YearOptions): YearCall[] {
  const chance = createSeededRandom(options.seed)
  const { startsAtMs, endsAtMs } = options
  const calls: YearCall[] = []
  for (const day of listDays(options)) {
    const busyness = drawBusyness(chance, day)
    for (const agent of DEMO_AGENTS) {
      if (day.share < agent.beginsAtShare) continue
      for (const ringsAtMs of drawRings(chance, agent, day, busyness)) {
        const call = { ...planCall(chance, agent, ringsAtMs, endings), agent }
        if (ringsAtMs >= startsAtMs && findLastReportMs(call) < endsAtMs) calls.push(call)
      }
    }
  }
  return calls.sort((a, b) => a.ringsAtMs - b.ringsAtMs)
}

type Day = {
  readonly date: Temporal.PlainDate
  /** Local noon, from which the hours are counted: it fits most of a day on which the clocks change. */
  readonly noonMs: number
  /** The share of the year that is over at noon. */
  readonly share: number
}

function listDays({ timeZone, startsAtMs, endsAtMs }: YearOptions): Day[] {
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

/** How busy Monday to Friday are relative to each other. For weekends, see `DemoAgent.weekendShares`. */
const weekdayFactors = [1.13, 1.05, 1, 0.98, 0.86]
const holidays = new Set(['01-01', '07-04', '12-24', '12-25', '12-26', '12-31'])

/** Draws the number of calls to expect on this day if every agent is working. */
function drawBusyness(chance: SeededRandom, { date, share }: Day): number {
  const growth = 34 + 46 * Math.max(0, share) ** 1.15
  const weekday = weekdayFactors[date.dayOfWeek - 1] ?? 1
  const holiday = holidays.has(date.toString().slice(5)) ? 0.1 : 1
  const summer = date.month === 8 ? 0.84 : 1
  const mood = chance.logNormal(1, 0.11)
  return growth * weekday * holiday * summer * computeRecallFactor(share) * mood
}

/** Twice a year the practice reminds patients of their check-up, and many call back. */
function computeRecallFactor(share: number): number {
  const recalls = [0.37, 0.79]
  const recallShare = 0.05
  return recalls.some((begins) => share >= begins && share < begins + recallShare) ? 1.45 : 1
}

function drawRings(
  chance: SeededRandom,
  agent: DemoAgent,
  { date, noonMs }: Day,
  busyness: number,
): number[] {
  const weekend = date.dayOfWeek - 6
  const dayShare = weekend < 0 ? 1 : (agent.weekendShares[weekend === 0 ? 0 : 1] ?? 0)
  const weights = weekend < 0 ? agent.workingDayHours : agent.weekendHours
  const count = chance.poisson(busyness * agent.callsShare * dayShare)
  return Array.from({ length: count }, () => {
    const hour = chance.weighted(weights) + chance.next()
    return Math.round(noonMs - DAY_MS / 2 + (hour * DAY_MS) / 24)
  })
}
