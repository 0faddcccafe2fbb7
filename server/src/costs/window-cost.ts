import { computeCostParts, minorFromParts } from '@talktime/core/billing/price'
import type { LineRow } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { UsageDay, UsageWindow } from '../usage/index.ts'
import type { DrawRange, PricedRange } from './draw-price-store.ts'
import { readDrawPrices } from './draw-prices.ts'
import { readPriceSplits } from './price-change-days.ts'
import { ALL_AGENTS, type PriceChangeDay, type PriceSplit } from './price-split-store.ts'

/** What the credit used in a window cost. The four times, in milliseconds of talk time, add up to the window's usage. */
export type WindowCost = {
  /** In minor units, one amount for each currency, the largest first. */
  readonly amounts: readonly { readonly minor: number; readonly currency: string }[]
  readonly boughtMs: number
  readonly freeMs: number
  /** Paid by grants without a known price. */
  readonly unknownMs: number
  /** Not paid by any grant yet: the next grants pay it. */
  readonly unpaidMs: number
}

/** A day on which something was charged. */
type ChargedDay = UsageDay & { readonly drawnFromMs: number; readonly drawnToMs: number }

/**
 * Computes what a window's usage cost. Call it in one snapshot with the readings of the line and the days.
 *
 * @param days the days of the window on which something was used, of the window's agent or of all agents
 * @returns also the splits that had to be computed: save them after the snapshot with `savePriceSplits`
 */
export async function readWindowCost(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
  days: readonly UsageDay[],
): Promise<{ cost: WindowCost; splits: readonly PriceSplit[] }> {
  const charged = days.filter(isCharged)
  const ranges = charged.length === 0 ? [] : await readDrawPrices(db, line, coverDays(charged))
  const starts = ranges.map(({ fromMs }) => fromMs)
  const usedMs = ranges.map(() => 0)
  const add = (range: number, ms: number) => {
    usedMs[range] = (usedMs[range] ?? 0) + ms
  }
  const changes: { row: PriceChangeDay; first: number; usedMs: number }[] = []
  for (const day of charged) {
    const first = findRange(starts, day.drawnFromMs)
    const last = findRange(starts, day.drawnToMs - 1)
    const points = starts.slice(first + 1, last + 1)
    const row = { day: day.date, agentId: window.agentId ?? ALL_AGENTS, corrections: day.corrections, points }
    if (first === last) add(first, day.usedMs)
    else changes.push({ row, first, usedMs: day.usedMs })
  }
  const splits = await readPriceSplits(
    db,
    line,
    window.timeZone,
    changes.map(({ row }) => row),
  )
  for (const { row, first, usedMs } of changes) {
    const untilMs = [...splits.findBeforeMs(row), usedMs]
    for (const [index, ms] of untilMs.entries()) add(first + index, ms - (untilMs[index - 1] ?? 0))
  }
  const priced = ranges.map(({ price }, index) => ({ price, ms: usedMs[index] ?? 0 }))
  return { cost: sumCost(priced), splits: splits.computed }
}

function isCharged(day: UsageDay): day is ChargedDay {
  return day.drawnFromMs !== null && day.drawnToMs !== null
}

/** The smallest range of draws that holds all of these days. */
function coverDays(days: readonly ChargedDay[]): DrawRange {
  return {
    fromMs: days.reduce((least, day) => Math.min(least, day.drawnFromMs), Number.POSITIVE_INFINITY),
    toMs: days.reduce((most, day) => Math.max(most, day.drawnToMs), 0),
  }
}

/** Finds the last range that starts at or before a point of the draws, by binary search. */
function findRange(starts: readonly number[], drawnMs: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= drawnMs) low = middle
    else high = middle - 1
  }
  return low
}

/** Each price is applied once, to everything that was used at it: rounding range by range would not add up. */
function sumCost(used: readonly { readonly price: PricedRange['price']; readonly ms: number }[]): WindowCost {
  const byPrice = Map.groupBy(used, ({ price }) =>
    typeof price === 'string' ? price : JSON.stringify(price),
  )
  const parts = new Map<string, number>()
  const sums = { boughtMs: 0, freeMs: 0, unknownMs: 0, unpaidMs: 0 }
  for (const atPrice of byPrice.values()) {
    const price = atPrice[0]?.price ?? 'unknown'
    const sumMs = atPrice.reduce((sum, { ms }) => sum + ms, 0)
    if (price === 'unknown') sums.unknownMs += sumMs
    else if (price === 'unpaid') sums.unpaidMs += sumMs
    else if (price.minor === 0) sums.freeMs += sumMs
    else {
      sums.boughtMs += sumMs
      parts.set(price.currency, (parts.get(price.currency) ?? 0) + computeCostParts(sumMs, price))
    }
  }
  const amounts = [...parts].map(([currency, part]) => ({ minor: minorFromParts(part), currency }))
  return { amounts: amounts.sort((a, b) => b.minor - a.minor), ...sums }
}
