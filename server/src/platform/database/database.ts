import pg from 'pg'

// Amounts and instants are bigint columns of whole milliseconds. They fit a JavaScript number exactly
// (2^53 ms is 285,000 years), so they are read as numbers. numeric stays text: sums are cast in SQL.
const int8Oid = 20
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: string) => {
    if (oid === int8Oid) return parseSafeInteger
    return pg.types.getTypeParser(oid, format as 'text')
  }) as typeof pg.types.getTypeParser,
}

function parseSafeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new Error(`A bigint outside the safe range came from the database: ${text}`)
  return value
}

/** What runs a query: the pool, or a transaction. */
export type Queryable = {
  query<Row extends pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>
}

/** A transaction in progress. Only {@link Database.transaction} makes one. */
export type Tx = Queryable & { readonly __tx: true }

export type Database = Queryable & {
  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  readonly pool: pg.Pool
  /** Connection settings, for parts that need a connection of their own (LISTEN, pipelines). */
  readonly connection: pg.ClientConfig
  close(): Promise<void>
}

export function openDatabase(
  connection: pg.ClientConfig,
  options: { connectionsMax?: number } = {},
): Database {
  // Queries of one transaction may be sent together, without waiting for the answers in between.
  const config = { ...connection, types, pipeline: true, max: options.connectionsMax ?? 10 }
  const pool = new pg.Pool(config)
  // An idle connection that breaks (server restarted) is dropped by the pool; the next query opens another.
  pool.on('error', () => {})
  return {
    pool,
    connection: { ...connection, types },
    query: (query: string | pg.QueryConfig, values?: unknown[]) =>
      pool.query(query as string, values) as never,
    async transaction(work) {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const result = await work(client as unknown as Tx)
        await client.query('commit')
        client.release()
        return result
      } catch (error) {
        await client.query('rollback').then(
          () => client.release(),
          (broken: Error) => client.release(broken),
        )
        throw error
      }
    },
    close: () => pool.end(),
  }
}
