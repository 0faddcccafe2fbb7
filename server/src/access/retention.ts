import { DAY_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../platform/database/database.ts'
import { deleteAppCodesBefore } from './account/second-factor-store.ts'
import { deleteLimitsBefore } from './limits/limit-store.ts'

/**
 * How long sessions and verifications are kept after they expired, and codes of authenticator apps after they were used.
 * Such a code is good for a minute and a half.
 */
export const EXPIRED_KEPT_MS = DAY_MS

/**
 * Deletes sessions and verifications that expired more than a day ago, and used codes of authenticator apps and counts of
 * attempts that no longer matter, at most `limit` of each.
 */
export async function deleteExpiredSignIns(db: Queryable, nowMs: number, limit = 10_000): Promise<void> {
  for (const table of ['sessions', 'verifications']) {
    await db.query(
      `delete from ${table} where id = any(array(
         select id from ${table} where expires_at < to_timestamp($1::double precision / 1000) limit $2))`,
      [nowMs - EXPIRED_KEPT_MS, limit],
    )
  }
  await deleteAppCodesBefore(db, nowMs - EXPIRED_KEPT_MS, limit)
  await deleteLimitsBefore(db, nowMs - EXPIRED_KEPT_MS, limit)
}
