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

/** An account as far as signing in needs to know it. */
export type Credential = {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly emailVerified: boolean
  /** Whether the address must be confirmed before the first sign-in. */
  readonly awaitsVerification: boolean
  /** Whether signing in takes a second factor. */
  readonly secondFactor: boolean
  /** The hash of the password. */
  readonly hash: string
}

const credentialQuery = `select u.id as "userId", u.name, u.email, u.email_verified as "emailVerified",
    u.awaits_verification as "awaitsVerification", u.two_factor_enabled as "secondFactor", a.password as hash
  from users u join accounts a on a.user_id = u.id and a.provider_id = 'credential' and a.password is not null`

/** Finds an account by its email address. */
export async function findCredential(db: Queryable, email: string): Promise<Credential | undefined> {
  const { rows } = await db.query<Credential>(`${credentialQuery} where u.email = $1`, [email])
  return rows[0]
}

/** Finds an account by its user's UUID. */
export async function findCredentialOf(db: Queryable, userId: string): Promise<Credential | undefined> {
  const { rows } = await db.query<Credential>(`${credentialQuery} where u.id = $1`, [userId])
  return rows[0]
}
