import { burnDown, placeDraws } from '@talktime/core/billing/burn-down'
import { isSamePrice, type Price } from '@talktime/core/billing/price'
import { type LineRow, openGrants, priceOfGrant } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

/** A stretch [fromMs, toMs) of a workspace's cumulative draws at one price. */
export type PricePiece = {
  readonly fromMs: number
  readonly toMs: number
  /** unknown: it was paid by credit whose price nobody knows; unpaid: no credit has paid it yet. */
  readonly price: Price | 'unknown' | 'unpaid'
}

/**
 * What the draws of a stretch cost, piece by piece, in order and without a gap. Neighbours differ in price. Read it in
 * one snapshot with the line.
 */
export async function pricesOf(
  db: Queryable,
  line: LineRow,
  stretch: { readonly fromMs: number; readonly toMs: number },
): Promise<PricePiece[]> {
  const folded = await foldedPieces(db, line.workspaceId, stretch)
  const pending = stretch.toMs > line.foldedMs ? await pendingPieces(db, line) : []
  const paidUntilMs = pending.at(-1)?.toMs ?? line.foldedMs
  const unpaid: PricePiece = { fromMs: paidUntilMs, toMs: line.drawnMs, price: 'unpaid' }
  return [...folded, ...pending, unpaid]
    .map((piece) => ({
      ...piece,
      fromMs: Math.max(piece.fromMs, stretch.fromMs),
      toMs: Math.min(piece.toMs, stretch.toMs),
    }))
    .filter((piece) => piece.fromMs < piece.toMs)
    .reduce<PricePiece[]>(joined, [])
}

type PriceRow = { fromMs: number; toMs: number } & {
  minor: number | null
  perMs: number | null
  currency: string | null
}

/** One row for each run of draws at the same price: there may be many thousand grants. */
async function foldedPieces(
  db: Queryable,
  workspaceId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<PricePiece[]> {
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
  return rows.map(({ minor, perMs, currency, ...stretch }) => ({
    ...stretch,
    price: minor === null || perMs === null || currency === null ? 'unknown' : { minor, perMs, currency },
  }))
}

/** What was drawn since the last fold, as the next fold will have it. */
async function pendingPieces(db: Queryable, line: LineRow): Promise<PricePiece[]> {
  const grants = await openGrants(db, line.workspaceId)
  const byId = new Map(grants.map((grant) => [grant.id, grant]))
  return placeDraws(burnDown(grants, line.drawnMs - line.foldedMs).draws, line.foldedMs).map((draw) => {
    const grant = byId.get(draw.grantId)
    return { fromMs: draw.fromMs, toMs: draw.toMs, price: (grant && priceOfGrant(grant)) ?? 'unknown' }
  })
}

function joined(pieces: PricePiece[], piece: PricePiece): PricePiece[] {
  const last = pieces.at(-1)
  if (last !== undefined && isSame(last.price, piece.price))
    pieces[pieces.length - 1] = { ...last, toMs: piece.toMs }
  else pieces.push(piece)
  return pieces
}

function isSame(a: PricePiece['price'], b: PricePiece['price']): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : isSamePrice(a, b)
}
