import type { Queryable } from './database.ts'

/** PostgreSQL's codes for a function that may not be called, or does not exist. */
const NOT_AVAILABLE: ReadonlySet<string> = new Set(['42501', '42883'])

/**
 * Commits something that leaves nothing behind: a message in PostgreSQL's log that nobody reads. It is on the disk when
 * this returns, so it fails where calls could not be recorded: on a standby, on a full disk, on a disk that hangs.
 */
export async function acceptsWrites(db: Queryable): Promise<void> {
  const { rows } = await db.query<{ readOnly: boolean }>(
    `select current_setting('transaction_read_only')::bool as "readOnly"`,
  )
  if (rows[0]?.readOnly === true)
    throw Object.assign(new Error('The database is read-only'), { code: '25006' })
  await db.query(`select pg_logical_emit_message(true, 'talktime.ready', '')`).catch((error: unknown) => {
    // An operator may have withdrawn the right to call it.
    if (!NOT_AVAILABLE.has(String((error as { code?: unknown }).code))) throw error
  })
}
