import type { Queryable, Tx } from '../../platform/database/database.ts'
import type { LimitState } from './limit-policy.ts'

/** The state of one count. `key` is what is counted, hashed. */
export type LimitRow = LimitState & { readonly key: Buffer }

/** Locks counts in the order of their keys and reads them. Counts that do not exist are created. */
export async function lockLimits(tx: Tx, keys: readonly Buffer[], nowMs: number): Promise<LimitRow[]> {
  await tx.query(
    `insert into sign_in_limits (key, debt_ms, at_ms, next_at_ms)
     select key, 0, $2, 0 from unnest($1::bytea[]) as key order by key on conflict do nothing`,
    [keys, nowMs],
  )
  const { rows } = await tx.query<LimitRow>(
    `select key, debt_ms as "debtMs", at_ms as "atMs", next_at_ms as "nextAtMs"
     from sign_in_limits where key = any($1::bytea[]) order by key for update`,
    [keys],
  )
  return rows
}

export async function writeLimits(tx: Tx, rows: readonly LimitRow[]): Promise<void> {
  await tx.query(
    `update sign_in_limits l set debt_ms = w.debt_ms, at_ms = w.at_ms, next_at_ms = w.next_at_ms
     from unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[]) as w (key, debt_ms, at_ms, next_at_ms)
     where l.key = w.key`,
    [
      rows.map(({ key }) => key),
      rows.map(({ debtMs }) => debtMs),
      rows.map(({ atMs }) => atMs),
      rows.map(({ nextAtMs }) => nextAtMs),
    ],
  )
}

/** Deletes counts that were last changed before an instant, at most `limit`. */
export async function deleteLimitsBefore(db: Queryable, beforeMs: number, limit: number): Promise<void> {
  await db.query(
    `delete from sign_in_limits where key = any(array(
       select key from sign_in_limits where at_ms < $1 limit $2))`,
    [beforeMs, limit],
  )
}
