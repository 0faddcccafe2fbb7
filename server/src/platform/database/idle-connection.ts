import type pg from 'pg'
import { ConnectionLost } from './database-fault.ts'

const EVERY_MS = 2_500
const ANSWER_MS_MAX = 5_000

/**
 * Watches a connection that only waits, such as a listener's: it is asked something regularly, and closed if it does not
 * answer. It ends with the connection.
 *
 * @param question a statement that changes nothing when it is repeated
 */
export function watchIdleConnection(client: pg.Client, question: string): void {
  const { connection } = client as pg.Client & { readonly connection: pg.Connection }
  let askedAtMs: number | undefined
  const timer = setInterval(() => {
    if (askedAtMs !== undefined) {
      if (performance.now() - askedAtMs < ANSWER_MS_MAX) return
      connection.stream.destroy(new ConnectionLost('A connection that listens does not answer'))
      return
    }
    askedAtMs = performance.now()
    client.query(question).then(
      () => {
        askedAtMs = undefined
      },
      () => {},
    )
  }, EVERY_MS)
  client.once('end', () => clearInterval(timer))
}
