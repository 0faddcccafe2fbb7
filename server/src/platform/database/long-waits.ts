import type { Tx } from './database.ts'
import { LONG_LIMITS } from './session.ts'

/**
 * Lets the rest of a transaction wait longer between its statements, for work that waits for somebody else, such as the
 * upload of a file. Call it before anything is locked that others need.
 */
export async function allowLongWaits(tx: Tx): Promise<void> {
  await tx.query(`set local idle_in_transaction_session_timeout = ${LONG_LIMITS.idleInTransactionMsMax}`)
}

/** Ends what {@link allowLongWaits} began: the transaction is about to lock what others need. */
export async function endLongWaits(tx: Tx): Promise<void> {
  await tx.query('set local idle_in_transaction_session_timeout to default')
}
