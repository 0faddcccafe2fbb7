import type { Price } from '@talktime/core/billing/price'
import type { Queryable } from '../platform/database/database.ts'

/** A range [fromMs, toMs) of a workspace's cumulative draws. */
export type DrawRange = { readonly fromMs: number; readonly toMs: number }

/** A range of cumulative draws with what their credit cost. */
export type PricedRange = DrawRange & {
  /** unknown: the grant that paid has no known price; unpaid: no grant has paid yet. */
  readonly price: Price | 'unknown' | 'unpaid'
}

type PriceRow = DrawRange & {
  readonly minor: number | null
  readonly perMs: number | null
  readonly currency: string | null
}

/**
 * Reads what folded draws cost, in order: one row for each run of draws at one price, because a workspace may have
 * thousands of grants. Ranges may begin before `range` and end after it.
 */
export async function readFoldedPrices(
  db: Queryable,
  workspaceId: string,
  { fromMs, toMs }: DrawRange,
): Promise<PricedRange[]> {
  const { rows } = await db.query<PriceRow>({
    name: 'usage_prices',
    text: `
      select min(from_ms) as "fromMs", max(to_ms) as "toMs", minor, "perMs", currency
      from (select d.from_ms, d.to_ms, g.price_minor as minor, g.price_per_ms as "perMs", g.price_currency as currency,
                   row_number() over (order by d.from_ms)
                   - row_number() over (partition by g.price_minor, g.price_per_ms, g.price_currency order by d.from_ms) as run
            from grant_draws d join grants g on g.workspace_id = d.workspace_id and g.id = d.grant_id
            where d.workspace_id = $1 and d.from_ms < $3 and d.to_ms > $2) as priced
      group by minor, "perMs", currency, run order by 1`,
    values: [workspaceId, fromMs, toMs],
  })
  return rows.map(({ minor, perMs, currency, ...range }) => ({
    ...range,
    price: minor === null || perMs === null || currency === null ? 'unknown' : { minor, perMs, currency },
  }))
}
