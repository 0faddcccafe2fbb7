import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT, msFromCredits } from '@talktime/core/billing/credits'
import { DAY_MS } from '@talktime/core/time/durations'
import { findSettings } from '../../auto-reload/index.ts'
import { grantByOperator, type Ledger, readLine } from '../../ledger/index.ts'
import type { Payments } from '../../payments/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'

const GRANT_CREDITS = 1_500
const LOW_MS = 300 * MS_PER_CREDIT
const VALID_MS = 30 * DAY_MS

export type TopUpDemoDeps = {
  readonly database: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly payments: Pick<Payments, 'gateway'>
}

/**
 * Grants promotional credit to the demo's workspace when its balance is low and it cannot buy any: at Stripe, the demo
 * has no card. The ledger shows the grant with its reason.
 *
 * With the sandbox, auto-reload buys the credit. If somebody switched auto-reload off there, nothing is granted either,
 * because they want to see what happens next.
 *
 * @returns whether credit was granted
 */
export async function topUpDemo(deps: TopUpDemoDeps, workspaceId: string): Promise<boolean> {
  const { database, ledger, clock, payments } = deps
  if (payments.gateway === 'sandbox' && (await findSettings(database, workspaceId)) !== undefined)
    return false
  await ledger.catchUpIfDue(workspaceId)
  const nowMs = clock.now()
  if (balanceAt(await readLine(database, workspaceId), nowMs) >= LOW_MS) return false
  const grant = {
    kind: 'promotional',
    amountMs: msFromCredits(GRANT_CREDITS),
    expiresAtMs: nowMs + VALID_MS,
    reason: 'Demo: keeps the simulated calls going',
  } as const
  await ledger.changeWorkspace(workspaceId, (change) =>
    grantByOperator(change.tx, change.unit, grant, change.nowMs),
  )
  return true
}
