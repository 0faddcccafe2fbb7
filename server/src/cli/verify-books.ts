import { verifyAutoReload } from '../auto-reload/index.ts'
import { verifyCalls } from '../calls/index.ts'
import { verifyCampaigns } from '../campaigns/index.ts'
import { verifyCosts } from '../costs/index.ts'
import { verifyCreditWatch } from '../credit-watch/index.ts'
import { type Difference, verifyLedger } from '../ledger/index.ts'
import { verifyPayments } from '../payments/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { verifyUsage } from '../usage/index.ts'
import { verifyVoice } from '../voice/index.ts'

/**
 * Finds everything in the books that does not add up. It must be the first thing in its transaction: it takes a snapshot,
 * because a server may be writing at the same time.
 */
export async function verifyBooks(tx: Tx): Promise<Difference[]> {
  await tx.query('set transaction isolation level repeatable read read only')
  return [
    ...(await verifyLedger(tx)),
    ...(await verifyCalls(tx)),
    ...(await verifyCreditWatch(tx)),
    ...(await verifyUsage(tx)),
    ...(await verifyCosts(tx)),
    ...(await verifyPayments(tx)),
    ...(await verifyAutoReload(tx)),
    ...(await verifyVoice(tx)),
    ...(await verifyCampaigns(tx)),
  ]
}
