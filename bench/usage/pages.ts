import { createSeededRandom } from '../../server/src/platform/seeded-random.ts'
import { percentile } from '../stopwatch.ts'
import { type Client, createClient } from './client.ts'
import type { YearWorkspace } from './make-year.ts'

/** How long a request took, in milliseconds. */
export type PageMeasured = {
  readonly what: string
  readonly first: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** A request by its name in the table. Its path has other days and agents each time, where there is a choice. */
type PageRequest = readonly [what: string, choosePath: () => string | Promise<string>]

/**
 * Sends every request that pages of usage send: a first time, and then `times` times.
 *
 * @param workspace with a year of calls
 */
export async function measurePages(
  port: number,
  { key, agentIds, timeZone }: YearWorkspace,
  times: number,
): Promise<PageMeasured[]> {
  const client = createClient(port, key)
  const chance = createSeededRandom(1)
  const today = Temporal.Now.plainDateISO(timeZone)
  const someDay = () => today.subtract({ days: chance.integer(1, 360) })
  const days = (count: number) => {
    const to = someDay()
    return `from=${to.subtract({ days: count - 1 })}&to=${to}`
  }
  const anyDay = () => {
    const day = someDay()
    return `from=${day}&to=${day}`
  }
  const anyAgent = () => chance.pick(agentIds)
  const range = '/v1/usage/range'
  const calls = '/v1/calls?limit=50'
  const requests: PageRequest[] = [
    ['Summary', () => '/v1/usage/summary'],
    ...['last_30_days', 'last_3_months', 'last_6_months', 'last_12_months', 'all'].map(
      (preset): PageRequest => [`Range, ${preset.replaceAll('_', ' ')}`, () => `${range}?preset=${preset}`],
    ),
    ['Range, a day', () => `${range}?${anyDay()}`],
    ['Range, a week', () => `${range}?${days(7)}`],
    ['Range, 100 days', () => `${range}?${days(100)}`],
    ['Range of an agent, last 12 months', () => `${range}?preset=last_12_months&agentId=${anyAgent()}`],
    ['Range of an agent, all', () => `${range}?preset=all&agentId=${anyAgent()}`],
    ['Transactions, newest', () => '/v1/transactions?limit=50'],
    [
      'Transactions, a page far back',
      () => findPage(client, '/v1/transactions?limit=50', chance.integer(1, 3)),
    ],
    [
      'Transactions, without calls',
      () => '/v1/transactions?limit=50&kind=top_up,promotional,adjustment,expiry',
    ],
    ['Call history, newest', () => calls],
    ['Call history of a day', () => `${calls}&${anyDay()}`],
    ['Call history of a day and an agent', () => `${calls}&${anyDay()}&agentId=${anyAgent()}`],
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
    for (const [what, choosePath] of requests)
      measured.push(await measurePage(client, what, choosePath, times))
    return measured
  } finally {
    client.close()
  }
}

async function measurePage(
  client: Client,
  what: string,
  choosePath: () => string | Promise<string>,
  times: number,
): Promise<PageMeasured> {
  return measureTimes(what, times, async () => (await client.get(await choosePath())).ms)
}

/**
 * Measures something a first time, and then `times` times.
 *
 * @param measureMs does it, and returns how long it took, in milliseconds
 */
export async function measureTimes(
  what: string,
  times: number,
  measureMs: () => Promise<number>,
): Promise<PageMeasured> {
  const first = await measureMs()
  const taken: number[] = []
  for (let time = 0; time < times; time += 1) taken.push(await measureMs())
  return {
    what,
    first,
    p50: percentile(taken, 0.5),
    p95: percentile(taken, 0.95),
    p99: percentile(taken, 0.99),
  }
}

/** Finds the path of the page that comes after `pages` others. */
async function findPage(client: Client, path: string, pages: number): Promise<string> {
  let next = path
  for (let page = 0; page < pages; page += 1) {
    const { nextCursor } = JSON.parse((await client.get(next)).text) as { nextCursor: string | null }
    next = nextCursor === null ? path : `${path}&cursor=${encodeURIComponent(nextCursor)}`
  }
  return next
}
