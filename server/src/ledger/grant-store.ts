import type { BurnableGrant, Draw, PlacedDraw } from '@talktime/core/billing/burn-down'
import type { Price } from '@talktime/core/billing/price'
import type { Queryable } from '../platform/database/database.ts'

export type GrantKind = 'monthly' | 'top_up' | 'promotional' | 'adjustment'

/** A grant as the database has it. Amounts are milliseconds of talk time, as of the last fold. */
export type GrantRow = BurnableGrant & {
  readonly kind: GrantKind
  readonly grantedMs: number
  /** Credit that a reversal returned: no new credit. */
  readonly returned: boolean
  readonly expiredAtMs: number | null
  readonly reason: string | null
  readonly priceMinor: number | null
  readonly pricePerMs: number | null
  readonly priceCurrency: string | null
}

export const grantColumns = `id, kind, returned, granted_ms as "grantedMs", remaining_ms as "remainingMs",
  granted_at_ms as "grantedAtMs", expires_at_ms as "expiresAtMs", expired_at_ms as "expiredAtMs", reason,
  price_minor as "priceMinor", price_per_ms as "pricePerMs", price_currency as "priceCurrency"`

/** What the grant's credit cost; null: unknown. */
export function priceOfGrant(grant: GrantRow): Price | null {
  const { priceMinor: minor, pricePerMs: perMs, priceCurrency: currency } = grant
  return minor === null || perMs === null || currency === null ? null : { minor, perMs, currency }
}

/** Reads the grants that have credit left, as of the last fold. */
export async function readOpenGrants(db: Queryable, workspaceId: string): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and remaining_ms > 0`,
    [workspaceId],
  )
  return rows
}

/** Reads grants by their UUIDs. */
export async function readGrants(
  db: Queryable,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, GrantRow>> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and id = any($2::uuid[])`,
    [workspaceId, ids],
  )
  return new Map(rows.map((grant) => [grant.id, grant]))
}

/** Lists grants, newest first, one more than `limit`; only those before the grant `beforeId`. */
export async function listGrantRows(
  db: Queryable,
  workspaceId: string,
  page: { readonly limit: number; readonly beforeId: string | null },
): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and ($2::uuid is null or id < $2)
     order by id desc limit $3`,
    [workspaceId, page.beforeId, page.limit + 1],
  )
  return rows
}

/** What a grant is made of. */
export type NewGrantRow = Pick<GrantRow, 'id' | 'kind' | 'returned' | 'reason'> & {
  readonly amountMs: number
  /** When it begins. */
  readonly atMs: number
  readonly expiresAtMs: number | null
  /** What it cost; null: unknown. */
  readonly price: Price | null
}

export async function insertGrant(tx: Queryable, workspaceId: string, grant: NewGrantRow): Promise<void> {
  await tx.query(
    `insert into grants (workspace_id, id, kind, returned, granted_ms, remaining_ms, granted_at_ms, expires_at_ms, reason,
                         price_minor, price_per_ms, price_currency)
     values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11)`,
    [
      workspaceId,
      grant.id,
      grant.kind,
      grant.returned,
      grant.amountMs,
      grant.atMs,
      grant.expiresAtMs,
      grant.reason,
      grant.price?.minor ?? null,
      grant.price?.perMs ?? null,
      grant.price?.currency ?? null,
    ],
  )
}

/** Takes draws off the grants and records where they lie among the workspace's cumulative draws. */
export async function writeDraws(
  tx: Queryable,
  workspaceId: string,
  draws: readonly Draw[],
  placed: readonly PlacedDraw[],
): Promise<void> {
  await tx.query(
    `insert into grant_draws (workspace_id, from_ms, to_ms, grant_id)
     select $1, * from unnest($2::bigint[], $3::bigint[], $4::uuid[])`,
    [workspaceId, placed.map((d) => d.fromMs), placed.map((d) => d.toMs), placed.map((d) => d.grantId)],
  )
  await tx.query(
    `update grants g set remaining_ms = g.remaining_ms - v.amount_ms
     from unnest($2::uuid[], $3::bigint[]) as v (id, amount_ms)
     where g.workspace_id = $1 and g.id = v.id`,
    [workspaceId, draws.map((d) => d.grantId), draws.map((d) => d.amountMs)],
  )
}

/** Reads the folded draws that overlap a range of the workspace's cumulative draws, in order. */
export async function readDraws(
  db: Queryable,
  workspaceId: string,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<PlacedDraw[]> {
  const { rows } = await db.query<PlacedDraw>(
    `select grant_id as "grantId", from_ms as "fromMs", to_ms as "toMs" from grant_draws
     where workspace_id = $1 and from_ms < $3 and to_ms > $2 order by from_ms`,
    [workspaceId, range.fromMs, range.toMs],
  )
  return rows
}

/** Empties the grants that expire at or before `atMs`. Returns what was left of each. */
export async function emptyExpiredGrants(
  tx: Queryable,
  workspaceId: string,
  atMs: number,
): Promise<{ readonly id: string; readonly remainingMs: number }[]> {
  const { rows } = await tx.query<{ id: string; remainingMs: number }>(
    `update grants set remaining_ms = 0, expired_at_ms = $2
     from (select id as expired_id, remaining_ms as left_ms from grants
           where workspace_id = $1 and remaining_ms > 0 and expires_at_ms <= $2) as due
     where workspace_id = $1 and id = due.expired_id
     returning id, due.left_ms as "remainingMs"`,
    [workspaceId, atMs],
  )
  return rows
}

/** Makes the open monthly grants expire at `atMs` instead of later. */
export async function endMonthlyGrants(tx: Queryable, workspaceId: string, atMs: number): Promise<void> {
  await tx.query(
    `update grants set expires_at_ms = $2
     where workspace_id = $1 and kind = 'monthly' and remaining_ms > 0 and expires_at_ms > $2`,
    [workspaceId, atMs],
  )
}

/** The monthly credits (milliseconds) granted for the cycle that `atMs` lies in, used or not. */
export async function readMonthlyGrantedMs(
  db: Queryable,
  workspaceId: string,
  atMs: number,
): Promise<number> {
  const { rows } = await db.query<{ granted: number }>(
    `select coalesce(sum(granted_ms), 0)::bigint as granted from grants
     where workspace_id = $1 and kind = 'monthly' and not returned and granted_at_ms <= $2 and expires_at_ms > $2`,
    [workspaceId, atMs],
  )
  return rows[0]?.granted ?? 0
}

/** When the next grant with credit left expires; null: none does. */
export async function readNextExpiry(db: Queryable, workspaceId: string): Promise<number | null> {
  const { rows } = await db.query<{ at: number | null }>(
    `select min(expires_at_ms) as at from grants where workspace_id = $1 and remaining_ms > 0`,
    [workspaceId],
  )
  return rows[0]?.at ?? null
}
