import { costParts, minorFromParts } from '@talktime/core/price'
import type { LineRow } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { type MixedRow, readSplits, type Splits } from './mixed-rows.ts'
import { type PricePiece, pricesOf } from './prices.ts'
import type { UsageWindow } from './window.ts'

/** What the credit of a window cost. Its parts in milliseconds of talk time add up to the window's total. */
export type Cost = {
  /** In minor units, one for each currency. */
  readonly amounts: readonly { readonly minor: number; readonly currency: string }[]
  readonly boughtMs: number
  readonly freeMs: number
  /** Paid by credit whose price nobody knows. */
  readonly unknownMs: number
  /** No credit has paid it yet: the next credits will. */
  readonly unpaidMs: number
}

/** The prices at which a window's rows were drawn. */
export type WindowPrices = {
  readonly pieces: readonly PricePiece[]
  /** Where each piece begins. */
  readonly starts: readonly number[]
}

/** Read it in one snapshot with the line. */
export async function readPrices(db: Queryable, line: LineRow, window: UsageWindow): Promise<WindowPrices> {
  const { rows } = await db.query<{ fromMs: number | null; toMs: number | null }>({
    name: 'usage_hull',
    text: `
      select min(drawn_from_ms) as "fromMs", max(drawn_to_ms) as "toMs" from usage_days
      where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and ($5::uuid is null or agent_id = $5)`,
    values: [line.workspaceId, window.timeZone, window.from, window.to, window.agentId],
  })
  const { fromMs = null, toMs = null } = rows[0] ?? {}
  const pieces = fromMs === null || toMs === null ? [] : await pricesOf(db, line, { fromMs, toMs })
  return { pieces, starts: pieces.map((piece) => piece.fromMs) }
}

/** Rows of the roll-ups between the pieces number `first` and `last`; where those differ, of one day and agent. */
type PlacedRows = {
  readonly first: number
  readonly last: number
  readonly usedMs: number
  readonly day: string | null
  readonly agentId: string | null
  readonly corrections: number
}

/** Read it in one snapshot with the line. */
export async function readCost(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
): Promise<{ cost: Cost; splits: Splits['fresh'] }> {
  const { pieces, starts } = await readPrices(db, line, window)
  const usedMs = pieces.map(() => 0)
  const add = (piece: number, ms: number) => {
    usedMs[piece] = (usedMs[piece] ?? 0) + ms
  }
  const mixed: { row: MixedRow; placed: PlacedRows }[] = []
  for (const placed of pieces.length === 0 ? [] : await placedRows(db, line, window, starts)) {
    const { first, last, day, agentId, corrections } = placed
    if (day === null || agentId === null) add(first, placed.usedMs)
    else mixed.push({ placed, row: { day, agentId, corrections, points: starts.slice(first + 1, last + 1) } })
  }
  const splits = await readSplits(
    db,
    line,
    window.timeZone,
    mixed.map(({ row }) => row),
  )
  for (const { row, placed } of mixed) {
    const until = [...splits.beforeMs(row), placed.usedMs]
    for (const [index, ms] of until.entries()) add(placed.first + index, ms - (until[index - 1] ?? 0))
  }
  return {
    cost: costOf(pieces.map((piece, index) => ({ price: piece.price, ms: usedMs[index] ?? 0 }))),
    splits: splits.fresh,
  }
}

async function placedRows(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
  starts: readonly number[],
): Promise<PlacedRows[]> {
  const { rows } = await db.query<PlacedRows>({
    name: 'usage_placed_rows',
    text: `
      select first, last, sum(used_ms)::bigint as "usedMs", case when first < last then day::text end as day,
             case when first < last then agent_id end as "agentId", max(corrections) as corrections
      from (select day, agent_id, used_ms, corrections, width_bucket(drawn_from_ms, $6::bigint[]) - 1 as first,
                   width_bucket(drawn_to_ms - 1, $6::bigint[]) - 1 as last
            from usage_days
            where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and ($5::uuid is null or agent_id = $5)
              and drawn_from_ms is not null) as placed
      group by first, last, 4, 5`,
    values: [line.workspaceId, window.timeZone, window.from, window.to, window.agentId, starts],
  })
  return rows
}

function costOf(used: readonly { readonly price: PricePiece['price']; readonly ms: number }[]): Cost {
  const atPrice = Map.groupBy(used, ({ price }) =>
    typeof price === 'string' ? price : JSON.stringify(price),
  )
  const parts = new Map<string, number>()
  const sums = { boughtMs: 0, freeMs: 0, unknownMs: 0, unpaidMs: 0 }
  for (const uses of atPrice.values()) {
    const price = uses[0]?.price ?? 'unknown'
    const ms = uses.reduce((sum, use) => sum + use.ms, 0)
    if (price === 'unknown') sums.unknownMs += ms
    else if (price === 'unpaid') sums.unpaidMs += ms
    else if (price.minor === 0) sums.freeMs += ms
    else {
      sums.boughtMs += ms
      parts.set(price.currency, (parts.get(price.currency) ?? 0) + costParts(ms, price))
    }
  }
  const amounts = [...parts].map(([currency, part]) => ({ minor: minorFromParts(part), currency }))
  return { amounts: amounts.sort((a, b) => b.minor - a.minor), ...sums }
}
