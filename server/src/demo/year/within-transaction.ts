import type { Database, Tx } from '../../platform/database/database.ts'
import type { Pipeline } from '../../platform/database/pipeline.ts'

/**
 * A database whose transactions all run inside the given one, for rooms that open transactions of their own. There are
 * no savepoints: an error in one of them fails the whole transaction.
 */
export function openDatabaseWithin(database: Database, tx: Tx): Database {
  return {
    pool: database.pool,
    apart: { transaction: (work) => work(tx) },
    urgent: { query: tx.query.bind(tx), transaction: (work) => work(tx) },
    waitingCount: 0,
    connection: database.connection,
    link: database.link,
    createClient: database.createClient,
    query: tx.query.bind(tx),
    transaction: (work) => work(tx),
    close: async () => {},
  }
}

/** A pipeline whose transactions all run inside the given one. An error in one of them fails the whole transaction. */
export function openPipelineWithin(tx: Tx): Pipeline {
  return {
    transaction: (work) => work(tx, async () => {}),
    close: async () => {},
  }
}
