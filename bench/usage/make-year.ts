import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import type pg from 'pg'
import { createKey } from '../../server/src/access/index.ts'
import { createAgent } from '../../server/src/agents/index.ts'
import { precomputePriceSplits } from '../../server/src/costs/index.ts'
import { loadCatalog } from '../../server/src/plans/index.ts'
import { virtualClock } from '../../server/src/platform/clock.ts'
import type { Database } from '../../server/src/platform/database/database.ts'
import { publicId } from '../../server/src/public-ids.ts'
import { openQuietRooms } from '../../server/src/quiet-rooms.ts'
import { closeMonths } from '../../server/src/usage/index.ts'
import { createWorkspace } from '../../server/src/workspaces/index.ts'
import { openCallCopy, openEntryCopy } from './copied-rows.ts'
import { createYearCustomer } from './customer.ts'
import { playYear } from './play-year.ts'
import { generateYearCalls } from './year-calls.ts'

export type YearExtent = { readonly calls: number; readonly agents: number }

/** A workspace with a year of calls. */
export type YearWorkspace = {
  readonly workspaceId: string
  readonly timeZone: string
  readonly key: string
  /** Public IDs. The first ones have more calls. */
  readonly agentIds: readonly string[]
}

const SEED = 20_261_124
const YEAR_MS = 365 * DAY_MS
/** What a call uses on average, unanswered calls included. */
const CALL_MS = 125_000

/** Makes a workspace with a year of calls that ends now. The database must be migrated. */
export async function makeYear(
  database: Database,
  connection: pg.ClientConfig,
  { calls, agents }: YearExtent,
): Promise<YearWorkspace> {
  const timeZone = 'America/New_York'
  const endsAtMs = Date.now() - MINUTE_MS
  const startsAtMs = endsAtMs - YEAR_MS
  const clock = virtualClock(startsAtMs)
  const monthlyMs = (calls * CALL_MS) / 12
  const isLarge = monthlyMs > 100_000 * MS_PER_CREDIT
  await loadCatalog(database)
  const made = await database.transaction(async (tx) => {
    const planId = isLarge ? 'scale' : 'starter'
    const workspaceId = await createWorkspace(tx, { name: 'A year of calls', timeZone, planId }, startsAtMs)
    const agentIds: string[] = []
    for (let number = 1; number <= agents; number += 1) {
      const agent = await createAgent(
        tx,
        workspaceId,
        { ...agentFields, name: `Agent ${number}` },
        startsAtMs,
      )
      agentIds.push(agent.id)
    }
    const { key } = await createKey(tx, { name: 'Benchmark', workspaceId }, startsAtMs)
    return { workspaceId, agentIds, key }
  })
  const { workspaceId } = made
  const { ledger, payments } = openQuietRooms({ database, clock })
  const customer = createYearCustomer({
    database,
    clock,
    ledger,
    payments,
    workspaceId,
    monthlyMs,
    startsAtMs,
    endsAtMs,
    laterPlanId: isLarge ? 'enterprise' : 'growth',
  })
  await customer.begin()
  const copies = { calls: await openCallCopy(connection), entries: await openEntryCopy(connection) }
  const plan = { seed: SEED, calls, agents, timeZone, startsAtMs, endsAtMs }
  try {
    await playYear({
      ...made,
      database,
      clock,
      ledger,
      customer,
      copies,
      timeZone,
      endsAtMs,
      calls: generateYearCalls(plan),
    })
  } finally {
    await Promise.all([copies.calls.close(), copies.entries.close()])
  }
  // A server would have done this in the background during the year.
  await closeMonths({ database, ledger }, endsAtMs)
  await precomputePriceSplits(database)
  await database.query('vacuum analyze')
  return { ...made, timeZone, agentIds: made.agentIds.map((id) => publicId('agent', id)) }
}

const agentFields = {
  language: 'en-US',
  phoneNumber: null,
  llmProvider: 'openai',
  llmModel: 'gpt-5',
  voiceEndpoint: null,
}
