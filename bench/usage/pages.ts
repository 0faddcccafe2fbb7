import { createSeededRandom } from '../../server/src/platform/seeded-random.ts'
import { percentile } from '../stopwatch.ts'
import { type Asker, createAsker } from './asker.ts'
import type { YearWorkspace } from './make-year.ts'

/** What was measured of a request, in milliseconds. */
export type PageMeasured = {
  readonly what: string
  readonly first: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** What pages of usage ask for, under the words of the table; each time of other days and agents where there is a choice. */
type Asked = readonly [what: string, pathOf: () => string | Promise<string>]

/**
 * Asks for everything that pages of usage ask for, `times` times each: the first time, then again and again.
 *
 * @param workspace with a year of calls
 */
export async function measurePages(
  port: number,
  { key, agentIds, timeZone }: YearWorkspace,
  times: number,
): Promise<PageMeasured[]> {
  const asker = createAsker(port, key)
  const chance = createSeededRandom(1)
  const today = Temporal.Now.plainDateISO(timeZone)
  const someDay = () => today.subtract({ days: chance.integer(1, 360) })
  const days = (count: number) => {
    const to = someDay()
    return `from=${to.subtract({ days: count - 1 })}&to=${to}`
  }
  const ofDay = () => {
    const day = someDay()
    return `from=${day}&to=${day}`
  }
  const anyAgent = () => chance.pick(agentIds)
  const range = '/v1/usage/range'
  const calls = '/v1/calls?limit=50'
  const asked: Asked[] = [
    ['Summary', () => '/v1/usage/summary'],
    ...['last_30_days', 'last_3_months', 'last_6_months', 'last_12_months', 'all'].map(
      (preset): Asked => [`Range, ${preset.replaceAll('_', ' ')}`, () => `${range}?preset=${preset}`],
    ),
    ['Range, a day', () => `${range}?${ofDay()}`],
    ['Range, a week', () => `${range}?${days(7)}`],
    ['Range, 100 days', () => `${range}?${days(100)}`],
    ['Range of an agent, last 12 months', () => `${range}?preset=last_12_months&agentId=${anyAgent()}`],
    ['Range of an agent, all', () => `${range}?preset=all&agentId=${anyAgent()}`],
    ['Transactions, newest', () => '/v1/transactions?limit=50'],
    [
      'Transactions, a page far back',
      () => farBack(asker, '/v1/transactions?limit=50', chance.integer(1, 3)),
    ],
    [
      'Transactions, without calls',
      () => '/v1/transactions?limit=50&kind=top_up,promotional,adjustment,expiry',
    ],
    ['Call history, newest', () => calls],
    ['Call history of a day', () => `${calls}&${ofDay()}`],
    ['Call history of a day and an agent', () => `${calls}&${ofDay()}&agentId=${anyAgent()}`],
    ['Call history of an agent', () => `${calls}&agentId=${anyAgent()}`],
    ['Call history of the agent with the fewest calls', () => `${calls}&agentId=${agentIds.at(-1)}`],
    ['Call history of an agent, 30 days', () => `${calls}&${days(30)}&agentId=${anyAgent()}`],
    ['Call history, refused', () => `${calls}&status=refused`],
    ['Call history, refused, of 30 days', () => `${calls}&status=refused&${days(30)}`],
    ['Call history, lost', () => `${calls}&status=lost`],
    ['Call history, web calls of an agent', () => `${calls}&direction=web&agentId=${anyAgent()}`],
  ]
  try {
    const measured: PageMeasured[] = []
    for (const [what, pathOf] of asked) measured.push(await measurePage(asker, what, pathOf, times))
    return measured
  } finally {
    asker.close()
  }
}

async function measurePage(
  asker: Asker,
  what: string,
  pathOf: () => string | Promise<string>,
  times: number,
): Promise<PageMeasured> {
  return measureTimes(what, times, async () => (await asker.ask(await pathOf())).ms)
}

/**
 * Does something once, and then so many times again.
 *
 * @param msOf does it, and says how long that took, in milliseconds
 */
export async function measureTimes(
  what: string,
  times: number,
  msOf: () => Promise<number>,
): Promise<PageMeasured> {
  const first = await msOf()
  const taken: number[] = []
  for (let time = 0; time < times; time += 1) taken.push(await msOf())
  return {
    what,
    first,
    p50: percentile(taken, 0.5),
    p95: percentile(taken, 0.95),
    p99: percentile(taken, 0.99),
  }
}

/** The address of the page after so many others. */
async function farBack(asker: Asker, path: string, pages: number): Promise<string> {
  let next = path
  for (let page = 0; page < pages; page += 1) {
    const { nextCursor } = JSON.parse((await asker.ask(next)).text) as { nextCursor: string | null }
    next = nextCursor === null ? path : `${path}&cursor=${encodeURIComponent(nextCursor)}`
  }
  return next
}
