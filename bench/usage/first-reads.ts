import { ALL_AGENTS, precomputePriceSplits } from '../../server/src/costs/index.ts'
import type { Database } from '../../server/src/platform/database/database.ts'
import { measureSeconds, percentile } from '../stopwatch.ts'
import { createClient } from './client.ts'
import type { YearWorkspace } from './make-year.ts'

export type FirstReads = {
  /** Days on which the price changed while calls were charged. */
  readonly days: number
  /** How long the server takes to precompute such a day, in milliseconds. */
  readonly precomputeMs: number
  /** The range of such a day before the server has precomputed it, in milliseconds. */
  readonly before: { readonly p50: number; readonly p95: number }
  /** The first request for that range after the server has precomputed it. */
  readonly after: { readonly p50: number; readonly p95: number }
}

/** Measures the first requests for the cost of days on which the price changed. */
export async function measureFirstReads(
  port: number,
  database: Database,
  { workspaceId, key }: YearWorkspace,
  times: number,
): Promise<FirstReads> {
  const client = createClient(port, key)
  const readDay = async (day: string) => (await client.get(`/v1/usage/range?from=${day}&to=${day}`)).ms
  try {
    await database.query('delete from usage_splits where workspace_id = $1', [workspaceId])
    await database.query('delete from usage_price_looks where workspace_id = $1', [workspaceId])
    const seconds = await measureSeconds(() => precomputePriceSplits(database))
    const { rows } = await database.query<{ day: string }>(
      'select distinct day::text from usage_splits where workspace_id = $1 order by 1',
      [workspaceId],
    )
    const some = rows.filter((_, index) => index % Math.ceil(rows.length / times) === 0)
    const after: number[] = []
    for (const { day } of some) after.push(await readDay(day))
    const before: number[] = []
    for (const { day } of some) {
      const values = [workspaceId, day, ALL_AGENTS]
      await database.query(
        'delete from usage_splits where workspace_id = $1 and day = $2 and agent_id = $3',
        values,
      )
      before.push(await readDay(day))
    }
    return {
      days: rows.length,
      precomputeMs: (seconds * 1000) / rows.length,
      before: { p50: percentile(before, 0.5), p95: percentile(before, 0.95) },
      after: { p50: percentile(after, 0.5), p95: percentile(after, 0.95) },
    }
  } finally {
    client.close()
  }
}
