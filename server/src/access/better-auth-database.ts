import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import type { Database, Tx } from '../platform/database/database.ts'

/**
 * Creates the query builder through which better-auth uses our pool.
 *
 * @param currentTx the transaction in which a query runs, so that a user, its first workspace and the stored answer to an
 *   idempotent request are committed together or not at all; undefined: the query stands alone
 */
export function createQueryBuilder(database: Database, currentTx: () => Tx | undefined) {
  const dialect = new PostgresDialect({
    pool: {
      async connect() {
        const tx = currentTx()
        if (tx === undefined) return database.pool.connect()
        // The transaction releases its connection itself.
        return { query: tx.query.bind(tx), release: () => {} } as unknown as pg.PoolClient
      },
      end: async () => {},
      options: {},
    },
  })
  return new Kysely({ dialect, plugins: [new CamelCasePlugin()] })
}
