import type { AsyncLocalStorage } from 'node:async_hooks'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import type { Database, Tx } from '../platform/database/database.ts'

/**
 * Creates the query builder through which better-auth uses our pool.
 *
 * @param transactions queries inside `transactions.run(tx, …)` run in that transaction, so that a user, its first
 *   workspace and the stored answer to an idempotent request are committed together or not at all
 */
export function createQueryBuilder(database: Database, transactions: AsyncLocalStorage<Tx>) {
  const dialect = new PostgresDialect({
    pool: {
      async connect() {
        const tx = transactions.getStore()
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
