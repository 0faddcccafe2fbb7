import type { Database, Tx } from '../../platform/database/database.ts'
import type { Pipeline } from '../../platform/database/pipeline.ts'

/**
 * The database as seen by parts that open transactions of their own, all of which become part of the one given.
 * What fails in there fails the whole.
 */
export function withinTransaction(database: Database, tx: Tx): Database {
  return {
    pool: database.pool,
    connection: database.connection,
    query: tx.query.bind(tx),
    transaction: (work) => work(tx),
    close: async () => {},
  }
}

/** The same for parts that use a pipeline. */
export function pipelineWithin(tx: Tx): Pipeline {
  return {
    transaction: (work) => work(tx, async () => {}),
    close: async () => {},
  }
}
