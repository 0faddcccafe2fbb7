import { burnDown, placeDraws } from '@talktime/core/billing/burn-down'
import { isSamePrice } from '@talktime/core/billing/price'
import { type LineRow, priceOfGrant, readOpenGrants } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { type DrawRange, type PricedRange, readFoldedPrices } from './draw-price-store.ts'

/**
 * Reads what the draws of a range cost. The result tiles the part of the range that was drawn, in order and without a
 * gap, and neighbors differ in price. Call it in one snapshot with the reading of the line.
 */
export async function readDrawPrices(db: Queryable, line: LineRow, range: DrawRange): Promise<PricedRange[]> {
  const folded = await readFoldedPrices(db, line.workspaceId, range)
  const pending = range.toMs > line.foldedMs ? await readPendingPrices(db, line) : []
  const paidUntilMs = pending.at(-1)?.toMs ?? line.foldedMs
  const unpaid: PricedRange = { fromMs: paidUntilMs, toMs: line.drawnMs, price: 'unpaid' }
  const clipped = [...folded, ...pending, unpaid]
    .map(({ fromMs, toMs, price }) => ({
      fromMs: Math.max(fromMs, range.fromMs),
      toMs: Math.min(toMs, range.toMs),
      price,
    }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
  return joinNeighbors(clipped)
}

/** What was drawn since the last fold, priced as the next fold will place it. */
async function readPendingPrices(db: Queryable, line: LineRow): Promise<PricedRange[]> {
  const grants = await readOpenGrants(db, line.workspaceId)
  const byId = new Map(grants.map((grant) => [grant.id, grant]))
  const { draws } = burnDown(grants, line.drawnMs - line.foldedMs)
  return placeDraws(draws, line.foldedMs).map(({ fromMs, toMs, grantId }) => {
    const grant = byId.get(grantId)
    return { fromMs, toMs, price: (grant && priceOfGrant(grant)) ?? 'unknown' }
  })
}

function joinNeighbors(ranges: readonly PricedRange[]): PricedRange[] {
  const joined: PricedRange[] = []
  for (const range of ranges) {
    const last = joined.at(-1)
    if (last !== undefined && hasSamePrice(last, range))
      joined[joined.length - 1] = { ...last, toMs: range.toMs }
    else joined.push(range)
  }
  return joined
}

function hasSamePrice({ price: a }: PricedRange, { price: b }: PricedRange): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : isSamePrice(a, b)
}
