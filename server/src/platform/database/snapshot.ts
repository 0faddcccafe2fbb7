import type { Database, Tx } from './database.ts'

/** Runs queries that have to belong together in one snapshot: what others write meanwhile is not seen. */
export function inOneSnapshot<T>(database: Database, read: (tx: Tx) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read read only')
    return read(tx)
  })
}
