import pg from 'pg'

// Amounts and instants are bigint columns of whole milliseconds. They fit into a JavaScript number exactly (2^53 ms is
// 285,000 years), so they are read as numbers. numeric is read as text: SQL casts sums to bigint.
const INT8_OID = 20
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: string) => {
    if (oid === INT8_OID) return parseSafeInteger
    return pg.types.getTypeParser(oid, format as 'text')
  }) as typeof pg.types.getTypeParser,
}

function parseSafeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new Error(`The database returned a bigint outside the safe range: ${text}`)
  return value
}

/** Runs queries: the database, or a transaction. */
export type Queryable = {
  query<Row extends pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>
}

/** A transaction in progress. Only {@link Database.transaction} and pipelines create one. */
export type Tx = Queryable & { readonly __tx: true }

export type Database = Queryable & {
  /** Runs `work` in a transaction. It is committed when `work` returns, and rolled back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  readonly pool: pg.Pool
  /** The connection settings, for parts that need a connection of their own (LISTEN, pipelines). */
  readonly connection: pg.ClientConfig
  close(): Promise<void>
}

/** Opens a pool of connections. It connects when the first query is sent. */
export function openDatabase(
  connection: pg.ClientConfig,
  options: { connectionsMax?: number } = {},
): Database {
  // Queries of a transaction can be sent together, without waiting for results in between.
  const config = { ...connection, types: TYPES, pipeline: true, max: options.connectionsMax ?? 10 }
  const pool = new pg.Pool(config)
  // When an idle connection breaks, for example because the server restarts, the pool drops it and opens another later.
  pool.on('error', () => {})
  return {
    pool,
    connection: { ...connection, types: TYPES },
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
