import { precomputePriceSplits } from '../../server/src/costs/index.ts'
import { ALL_AGENTS } from '../../server/src/costs/price-change-days.ts'
import type { Database } from '../../server/src/platform/database/database.ts'
import { measureSeconds, percentile } from '../stopwatch.ts'
import { createAsker } from './asker.ts'
import type { YearWorkspace } from './make-year.ts'

export type FirstLooks = {
  /** Days on which the price changed while calls were charged. */
  readonly days: number
  /** How long the server takes to reckon them by itself, in milliseconds a day. */
  readonly aheadMs: number
  /** The range of such a day for whoever asks before the server has reckoned it, in milliseconds. */
  readonly before: { readonly p50: number; readonly p95: number }
  /** For whoever asks first after it has. */
  readonly after: { readonly p50: number; readonly p95: number }
}

/** What it takes to look first at what the credits of a day cost on which the price changed. */
export async function measureFirstLooks(
  port: number,
  database: Database,
  { workspaceId, key }: YearWorkspace,
  times: number,
): Promise<FirstLooks> {
  const asker = createAsker(port, key)
  const lookAt = async (day: string) => (await asker.ask(`/v1/usage/range?from=${day}&to=${day}`)).ms
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
    for (const { day } of some) after.push(await lookAt(day))
    const before: number[] = []
    for (const { day } of some) {
      const values = [workspaceId, day, ALL_AGENTS]
      await database.query(
        'delete from usage_splits where workspace_id = $1 and day = $2 and agent_id = $3',
        values,
      )
      before.push(await lookAt(day))
    }
    return {
      days: rows.length,
      aheadMs: (seconds * 1000) / rows.length,
      before: { p50: percentile(before, 0.5), p95: percentile(before, 0.95) },
      after: { p50: percentile(after, 0.5), p95: percentile(after, 0.95) },
    }
  } finally {
    asker.close()
  }
}
