import { Socket } from 'node:net'
import pg from 'pg'
import type { Tx } from './database.ts'

/**
 * A connection of its own on which queries are sent without waiting for the answers before them, so that a whole
 * transaction takes two or three round trips. One transaction at a time: the next waits for its turn.
 */
export type Pipeline = {
  /**
   * Runs `work` between BEGIN and COMMIT. Queries that `work` starts together travel together. When `work` throws,
   * everything is rolled back. After a broken connection the next call opens another.
   */
  transaction<T>(work: (tx: Tx, commit: () => Promise<void>) => Promise<T>): Promise<T>
  /** Waits for the transactions that were asked for, then closes the connection. */
  close(): Promise<void>
}

export function openPipeline(connection: pg.ClientConfig): Pipeline {
  let current: Promise<pg.Client> | undefined
  let last: Promise<unknown> = Promise.resolve()

  function connect(): Promise<pg.Client> {
    const socket = new Socket()
    const client = new pg.Client({ ...connection, pipeline: true, stream: () => socket })
    sendTogether(client, socket)
    const forget = () => {
      if (current === connecting) current = undefined
    }
    client.on('error', forget)
    client.on('end', forget)
    const connecting = client.connect().then(
      () => client,
      (error: unknown) => {
        forget()
        throw error
      },
    )
    return connecting
  }

  async function rollback(client: pg.Client): Promise<void> {
    try {
      await client.query('rollback')
    } catch {
      // The connection is gone, and the transaction with it.
      current = undefined
      client.end().catch(() => {})
    }
  }

  async function run<T>(work: (tx: Tx, commit: () => Promise<void>) => Promise<T>): Promise<T> {
    current ??= connect()
    const client = await current
    let committed: Promise<unknown> | undefined
    const begun = client.query('begin')
    // Answered in `work`'s own time; a failure shows in whatever follows it.
    begun.catch(() => {})
    try {
      const result = await work(client as unknown as Tx, async () => {
        committed = client.query('commit')
        const answer = (await committed) as pg.QueryResult
        // COMMIT of a transaction in which something failed answers ROLLBACK and no error.
        if (answer.command !== 'COMMIT') throw new Error('The transaction was rolled back by the database')
      })
      await begun
      if (committed === undefined) await client.query('commit')
      return result
    } catch (error) {
      await rollback(client)
      throw error
    }
  }

  return {
    transaction(work) {
      const turn = last.then(() => run(work))
      last = turn.catch(() => {})
      return turn
    },
    async close() {
      await last
      const client = await current?.catch(() => undefined)
      current = undefined
      await client?.end()
    },
  }
}

/**
 * Queries that are started together leave in one piece: a write to the socket for each was a sixth of the server's
 * work under load.
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
