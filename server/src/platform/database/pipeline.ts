import type { Socket } from 'node:net'
import pg from 'pg'
import type { Database, Tx } from './database.ts'
import { ConnectionLost } from './database-fault.ts'
import { PIPELINE_LIMITS, type SessionLimits, withSession } from './session.ts'

/**
 * A dedicated connection that sends queries without waiting for the results of earlier ones, so that a whole transaction
 * takes two or three round trips. It runs one transaction at a time; the others wait for their turn.
 */
export type Pipeline = {
  /**
   * Runs `work` between BEGIN and COMMIT. Queries that `work` starts at the same time are sent together. If `work` throws,
   * the transaction is rolled back. After a connection has broken, the next call opens another.
   */
  transaction<T>(work: (tx: Tx, commit: () => Promise<void>) => Promise<T>): Promise<T>
  /** Waits for all transactions, including those waiting for their turn, and closes the connection. */
  close(): Promise<void>
}

/**
 * How much longer than a statement may take a transaction waits for the next byte from PostgreSQL, which cancels the
 * statement and says so. If nothing comes, the connection is lost.
 */
const SILENT_MS = 1_000

/** A client with its connection, which node-postgres keeps without declaring it. */
type Connected = pg.Client & { readonly connection: pg.Connection }

/** Opens a pipeline. It connects when the first transaction begins. */
export function openPipeline(
  { connection, link }: Pick<Database, 'connection' | 'link'>,
  limits: SessionLimits = PIPELINE_LIMITS,
): Pipeline {
  const config = { ...withSession(connection, limits), pipeline: true }
  let current: Promise<Connected> | undefined
  let last: Promise<unknown> = Promise.resolve()

  function connect(): Promise<Connected> {
    const socket = link.createSocket()
    const client = new pg.Client({ ...config, stream: () => socket }) as Connected
    sendTogether(client, socket)
    const dropConnection = () => {
      if (current === connecting) current = undefined
    }
    client.on('error', dropConnection)
    client.on('end', dropConnection)
    const connecting = client.connect().then(
      () => client,
      (error: unknown) => {
        dropConnection()
        throw error
      },
    )
    return connecting
  }

  async function rollback(client: pg.Client): Promise<void> {
    try {
      await client.query('rollback')
    } catch {
      // The connection broke, which rolled the transaction back.
      current = undefined
      client.end().catch(() => {})
    }
  }

  async function run<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    current ??= connect()
    const client = await current
    const stopWatching = endWhenSilent(client, limits.statementMsMax + SILENT_MS)
    try {
      return await work(client)
    } catch (error) {
      await rollback(client)
      throw error
    } finally {
      stopWatching()
    }
  }

  function takeTurn<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const turn = last.then(() => run(work))
    last = turn.catch(() => {})
    return turn
  }

  const answers = () => takeTurn((client) => client.query('select'))
  link.answering.add(answers)
  return {
    transaction: (work) => takeTurn((client) => runTransaction(client, work)),
    async close() {
      link.answering.delete(answers)
      await last
      const client = await current?.catch(() => undefined)
      current = undefined
      await client?.end()
    },
  }
}

async function runTransaction<T>(
  client: pg.Client,
  work: (tx: Tx, commit: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let committed: Promise<unknown> | undefined
  const begun = client.query('begin')
  // `work` does not wait for BEGIN. If it fails, the next query fails too.
  begun.catch(() => {})
  const result = await work(client as unknown as Tx, async () => {
    committed = client.query('commit')
    const answer = (await committed) as pg.QueryResult
    // COMMIT of a failed transaction reports ROLLBACK instead of an error.
    if (answer.command !== 'COMMIT') throw new Error('The transaction was rolled back by the database')
  })
  await begun
  if (committed === undefined) await client.query('commit')
  return result
}

/**
 * Closes a connection on which nothing arrives for too long. Each piece that arrives starts the wait again.
 *
 * @returns what stops watching: between transactions nothing is expected
 */
function endWhenSilent({ connection: { stream } }: Connected, silentMsMax: number): () => void {
  const timer = setTimeout(
    () => stream.destroy(new ConnectionLost(`The database was silent for ${silentMsMax} ms`)),
    silentMsMax,
  )
  const restart = () => timer.refresh()
  stream.on('data', restart)
  return () => {
    clearTimeout(timer)
    stream.off('data', restart)
  }
}

/**
 * Makes a client send queries that are started in the same tick with one write to the socket. One write per query took a
 * sixth of the server's CPU time under load.
 */
function sendTogether(client: pg.Client, socket: Socket): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  let held = false
  client.query = ((...args: unknown[]) => {
    if (!held) {
      held = true
      socket.cork()
      process.nextTick(() => {
        held = false
        socket.uncork()
      })
    }
    return query(...args)
  }) as typeof client.query
}
