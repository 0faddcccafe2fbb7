import type { Queryable } from '../../platform/database/database.ts'

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
