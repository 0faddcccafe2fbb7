import { computeCostParts, minorFromParts } from '@talktime/core/billing/price'
import type { LineRow } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { UsageWindow } from '../reports/window.ts'
import type { DayRow } from '../usage/usage-days.ts'
import { type PricePiece, pricesOf } from './draw-prices.ts'
import { ALL_AGENTS, type MixedRow, readSplits, type Splits } from './price-change-days.ts'

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

/**
 * Read it in one snapshot with the line.
 *
 * @param days of the window, on which something was used
 */
export async function readCost(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
  days: readonly DayRow[],
): Promise<{ cost: Cost; splits: Splits['fresh'] }> {
  const charged = days.flatMap(({ drawnFromMs, drawnToMs, ...day }) =>
    drawnFromMs === null || drawnToMs === null ? [] : [{ ...day, drawnFromMs, drawnToMs }],
  )
  const pieces = charged.length === 0 ? [] : await pricesOf(db, line, hullOf(charged))
  const starts = pieces.map((piece) => piece.fromMs)
  const usedMs = pieces.map(() => 0)
  const add = (piece: number, ms: number) => {
    usedMs[piece] = (usedMs[piece] ?? 0) + ms
  }
  const mixed: { row: MixedRow; first: number; usedMs: number }[] = []
  for (const day of charged) {
    const first = pieceAt(starts, day.drawnFromMs)
    const last = pieceAt(starts, day.drawnToMs - 1)
    const points = starts.slice(first + 1, last + 1)
    const row = { day: day.date, agentId: window.agentId ?? ALL_AGENTS, corrections: day.corrections, points }
    if (first === last) add(first, day.usedMs)
    else mixed.push({ row, first, usedMs: day.usedMs })
  }
  const rows = mixed.map(({ row }) => row)
  const splits = await readSplits(db, line, window.timeZone, rows)
  for (const { row, first, usedMs } of mixed) {
    const until = [...splits.beforeMs(row), usedMs]
    for (const [index, ms] of until.entries()) add(first + index, ms - (until[index - 1] ?? 0))
  }
  return {
    cost: costOf(pieces.map((piece, index) => ({ price: piece.price, ms: usedMs[index] ?? 0 }))),
    splits: splits.fresh,
  }
}

function hullOf(charged: readonly { readonly drawnFromMs: number; readonly drawnToMs: number }[]) {
  return {
    fromMs: charged.reduce((least, day) => Math.min(least, day.drawnFromMs), Number.POSITIVE_INFINITY),
    toMs: charged.reduce((most, day) => Math.max(most, day.drawnToMs), 0),
  }
}

/** The last piece that begins at or before a point of the draws. */
function pieceAt(starts: readonly number[], drawnMs: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= drawnMs) low = middle
    else high = middle - 1
  }
  return low
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
      parts.set(price.currency, (parts.get(price.currency) ?? 0) + computeCostParts(ms, price))
    }
  }
  const amounts = [...parts].map(([currency, part]) => ({ minor: minorFromParts(part), currency }))
  return { amounts: amounts.sort((a, b) => b.minor - a.minor), ...sums }
}
