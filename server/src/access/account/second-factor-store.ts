import type { Queryable, Tx } from '../../platform/database/database.ts'

/** A second factor as it is stored, encrypted. */
export type SealedSecondFactor = {
  readonly userId: string
  readonly secret: string
  readonly backupCodes: string
}

export async function listSealedSecondFactors(db: Queryable): Promise<SealedSecondFactor[]> {
  const { rows } = await db.query<SealedSecondFactor>(
    'select user_id as "userId", secret, backup_codes as "backupCodes" from second_factors order by id',
  )
  return rows
}

/** Replaces what is stored, unless it has changed since it was read. */
export async function replaceSealedSecondFactor(
  db: Queryable,
  before: SealedSecondFactor,
  after: Pick<SealedSecondFactor, 'secret' | 'backupCodes'>,
): Promise<void> {
  await db.query(
    `update second_factors set secret = $4, backup_codes = $5
     where user_id = $1 and secret = $2 and backup_codes = $3`,
    [before.userId, before.secret, before.backupCodes, after.secret, after.backupCodes],
  )
}

/** Deletes the second factor of a user, also one that is only begun. Returns whether it was on. */
export async function deleteSecondFactor(tx: Tx, userId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update users set two_factor_enabled = false where id = $1 and two_factor_enabled',
    [userId],
  )
  await tx.query('delete from second_factors where user_id = $1', [userId])
  return rowCount === 1
}

/**
 * Takes a code of a user's authenticator app. Returns false if it was taken before. Of transactions that take it at the
 * same time, the others wait for the first one.
 */
export async function takeAppCode(
  tx: Tx,
  { userId, code, atMs }: { readonly userId: string; readonly code: string; readonly atMs: number },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    'insert into used_app_codes (user_id, code, used_at_ms) values ($1, $2, $3) on conflict do nothing',
    [userId, code, atMs],
  )
  return rowCount === 1
}

/** Deletes codes that were used before an instant, at most `limit`. */
export async function deleteAppCodesBefore(db: Queryable, beforeMs: number, limit: number): Promise<void> {
  await db.query(
    `delete from used_app_codes where (user_id, code) in (
       select user_id, code from used_app_codes where used_at_ms < $1 limit $2)`,
    [beforeMs, limit],
  )
}
