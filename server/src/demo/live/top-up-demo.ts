import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT, msFromCredits } from '@talktime/core/billing/credits'
import { findSettings } from '../../auto-reload/index.ts'
import { grantByOperator, type Ledger, readLine } from '../../ledger/index.ts'
import type { Payments } from '../../payments/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'

const grantCredits = 1_500
const lowMs = 300 * MS_PER_CREDIT
const validMs = 30 * 24 * 60 * 60_000

export type TopUpDemoDeps = {
  readonly database: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly payments: Pick<Payments, 'gateway'>
}

/**
 * Gives the demo's workspace credit when it runs low, where it cannot buy any: nobody has a card at Stripe for it.
 * Whoever looks at the ledger sees it, and why. In the sandbox its auto-reload buys, and where somebody switched that
 * off, they want to see what happens.
 *
 * @returns whether credit was given
 */
export async function topUpDemo(deps: TopUpDemoDeps, workspaceId: string): Promise<boolean> {
  const { database, ledger, clock, payments } = deps
  if (payments.gateway === 'sandbox' && (await findSettings(database, workspaceId)) !== undefined)
    return false
  await ledger.catchUpIfDue(workspaceId)
  const nowMs = clock.now()
  if (balanceAt(await readLine(database, workspaceId), nowMs) >= lowMs) return false
  const grant = {
    kind: 'promotional',
    amountMs: msFromCredits(grantCredits),
    expiresAtMs: nowMs + validMs,
    reason: 'Demo: keeps the simulated calls going',
  } as const
  await ledger.changeWorkspace(workspaceId, (change) =>
    grantByOperator(change.tx, change.unit, grant, change.nowMs),
  )
  return true
}
