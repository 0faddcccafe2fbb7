import type { Database, Tx } from './database.ts'

/** Runs read-only queries in one snapshot, so that they do not see what others write in the meantime. */
export function readInSnapshot<T>(database: Database, read: (tx: Tx) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read read only')
    return read(tx)
  })
}
