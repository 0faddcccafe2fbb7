import type { Queryable, Tx } from '../platform/database/database.ts'

/** Holds a lock on an email address until the transaction ends, so that only one of two sign-ups at once succeeds. */
export async function lockEmail(tx: Tx, email: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('sign-up ' || $1, 0))", [email])
}

/** Whether a user has this email address. */
export async function isEmailTaken(db: Queryable, email: string): Promise<boolean> {
  const { rows } = await db.query('select from users where email = $1', [email])
  return rows.length > 0
}
