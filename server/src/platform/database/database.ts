import pg from 'pg'
import { createLink, type Link } from './link.ts'
import { CONNECT_MS_MAX, POOL_LIMITS, type SessionLimits, withSession } from './session.ts'
import { createTurns } from './turns.ts'

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
  /** Runs transactions that may take long, such as an upload, on connections apart from the pool that calls use. */
  readonly apart: Pick<Database, 'transaction'>
  /**
   * The queries and transactions of calls, of sign-ins and of checks of this server. A part of the pool is theirs alone,
   * so that they wait for nothing else.
   */
  readonly urgent: Queryable & Pick<Database, 'transaction'>
  /** How many queries and transactions wait for a connection. */
  readonly waitingCount: number
  readonly pool: pg.Pool
  /** Where the database is, for parts that open connections of their own with other settings (pools, pipelines). */
  readonly connection: pg.ClientConfig
  /** The sockets to the database. Another pool for the same server shares it, so that both learn when it is gone. */
  readonly link: Link
  /** Creates a connection outside the pool, which the caller opens and ends: to listen, to copy, to hold a lock. */
  createClient(limits: SessionLimits): pg.Client
  close(): Promise<void>
}

/**
 * How long the client waits for the answer to a query of the pool. PostgreSQL cancels what takes too long sooner, so
 * this ends only what gets no answer at all: it closes the connection.
 */
const ANSWER_MS_MAX = POOL_LIMITS.statementMsMax + 3_000

/** As many as there are files received at once; see campaigns/contacts/receive-import.ts. */
const APART_CONNECTIONS_MAX = 6

/** How many connections of a pool only urgent work uses. */
const URGENT_CONNECTIONS = 2
/** How many queries and transactions may wait for a connection, unless they are urgent. */
const WAITING_MAX = 256

/**
 * Opens a pool of connections. It connects when the first query is sent.
 *
 * @param options.limits what the pool's queries may take, where it is not what requests may take
 */
export function openDatabase(
  connection: pg.ClientConfig,
  options: { connectionsMax?: number; limits?: SessionLimits; link?: Link } = {},
): Database {
  const { connectionsMax = 10, limits = POOL_LIMITS, link = createLink() } = options
  const place = { ...connection, types: TYPES }
  let apart: Database | undefined
  const pool = new pg.Pool({
    ...withSession(place, limits),
    ...(limits === POOL_LIMITS && { query_timeout: ANSWER_MS_MAX }),
    // Queries of a transaction can be sent together, without waiting for results in between.
    pipeline: true,
    max: connectionsMax,
    stream: link.createSocket,
  })
  // When an idle connection breaks, for example because the server restarts, the pool drops it and opens another later.
  pool.on('error', () => {})
  // One that breaks while it is in use fails its queries, or the next one. Without a listener, it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const urgent: Database['urgent'] = {
    query: (query: string | pg.QueryConfig, values?: unknown[]) =>
      pool.query(query as string, values) as never,
    transaction: (work) => runTransaction(pool, work),
  }
  const turns = createTurns({
    runningMax: Math.max(1, connectionsMax - URGENT_CONNECTIONS),
    waitingMax: WAITING_MAX,
    waitMsMax: CONNECT_MS_MAX,
  })
  return {
    pool,
    urgent,
    get waitingCount() {
      return pool.waitingCount + turns.waiting
    },
    connection: place,
    link,
    apart: {
      transaction(work) {
        apart ??= openDatabase(connection, { connectionsMax: APART_CONNECTIONS_MAX, limits, link })
        return apart.transaction(work)
      },
    },
    query: (query: string | pg.QueryConfig, values?: unknown[]) =>
      turns.take(() => urgent.query(query, values)) as never,
    transaction: (work) => turns.take(() => urgent.transaction(work)),
    createClient(limits) {
      const client = new pg.Client({ ...withSession(place, limits), stream: link.createSocket })
      // A connection that breaks fails the query that runs on it, or the next one.
      client.on('error', () => {})
      return client
    },
    async close() {
      await Promise.all([pool.end(), apart?.close()])
    },
  }
}

async function runTransaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client as unknown as Tx)
    const { command } = await client.query('commit')
    // COMMIT of a failed transaction reports ROLLBACK instead of an error.
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back by the database')
    client.release()
    return result
  } catch (error) {
    await client.query('rollback').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    )
    throw error
  }
}
