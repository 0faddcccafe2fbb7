import { SECOND_MS } from '@talktime/core/time/durations'
import { addAudit, addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant, Problem } from '../platform/problem.ts'
import { requireFewDeclines } from './card-limits.ts'
import type { PaymentsDeps } from './deps.ts'
import type { Order } from './order.ts'
import { paymentProblems } from './problems.ts'
import type { Purchase } from './purchase.ts'
import { purchaseState, targetOfPurchase } from './purchase-audit.ts'
import { hasReloadInFlight, lockPurchase } from './purchase-store.ts'
import { insertPurchase } from './purchase-write-store.ts'

/** How long the background worker waits before it charges in place of a caller that did not survive. */
const CALLER_MS_MAX = 10 * SECOND_MS

/**
 * Writes a purchase down before the card is charged. The caller holds the workspace's lock and writes the unit.
 *
 * @throws Problem `payment_pending` if a purchase by auto-reload is in flight and this is another one,
 *   `too_many_declines` if people ordered too much lately that was declined
 */
export async function createPurchase(
  { gateway, cardLimits }: Pick<PaymentsDeps, 'gateway' | 'cardLimits'>,
  tx: Tx,
  unit: WorkspaceUnit,
  order: Order,
  nowMs: number,
): Promise<Purchase> {
  const { amountMinor, method, chargedBy = 'caller' } = order
  const { workspaceId } = unit.line
  invariant(Number.isSafeInteger(amountMinor) && amountMinor >= 0, 'A price is a whole number of minor units')
  invariant(amountMinor === 0 || method !== null, 'A purchase that costs something needs a card')
  invariant(method === null || method.removedAtMs === null, 'A removed card is never charged')
  if (order.origin === 'auto_reload' && (await hasReloadInFlight(tx, workspaceId))) {
    throw new Problem(paymentProblems.payment_pending, 'A purchase by auto-reload is still in progress.')
  }
  if (order.origin === 'manual' && amountMinor > 0) {
    await requireFewDeclines(tx, workspaceId, cardLimits, nowMs)
  }
  const id = newUuid(nowMs)
  await insertPurchase(tx, {
    ...order,
    workspaceId,
    id,
    gateway: gateway.name,
    createdAtMs: nowMs,
    nextCheckAtMs: chargedBy === 'worker' ? nowMs : nowMs + CALLER_MS_MAX,
  })
  addEvent(unit, 'purchase', id)
  const purchase = await lockPurchase(tx, { workspaceId, id })
  addAudit(
    unit,
    { actor: order.actor ?? 'system', origin: order.requestOrigin },
    { action: 'purchase.created', target: targetOfPurchase(purchase), after: purchaseState(purchase) },
  )
  return purchase
}
