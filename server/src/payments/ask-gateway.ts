import { setTimeout as pause } from 'node:timers/promises'
import { SECOND_MS } from '@talktime/core/time/durations'
import { publicId } from '../public-ids.ts'
import { ensureCustomerRef } from './customer-store.ts'
import type { PaymentsDeps } from './deps.ts'
import type { ChargeOutcome, ChargeRequest, NotFound } from './gateway.ts'
import { findMethod, type PaymentMethod } from './payment-method-store.ts'
import type { Purchase, PurchaseRef } from './purchase.ts'
import type { Outcome } from './record-outcome.ts'

/** How long to wait for the gateway's answer. After that the outcome is unknown for the time being. */
export const ANSWER_MS_MAX = 20 * SECOND_MS

const UNKNOWN = { outcome: 'unknown' } as const
const NOT_FOUND: NotFound = { outcome: 'not_found' }

const REMOVED_METHOD: Outcome = {
  outcome: 'declined',
  chargeRef: null,
  code: 'payment_method_removed',
  message: 'The card was removed before it was charged. Nothing was charged.',
  class: 'hard',
}

/** Finds the outcome of a claimed purchase. Charges the card if that has not been done. */
export async function chargeOrLookUp(deps: PaymentsDeps, purchase: Purchase): Promise<Outcome> {
  if (purchase.amountMinor === 0) return { outcome: 'succeeded', chargeRef: null }
  const { gateway } = deps
  const method = await requireChargedMethod(deps, purchase)
  const request = await buildChargeRequest(deps, purchase, method)
  // Only at the first check is it certain that nobody has charged yet.
  const found = purchase.checks === 1 ? NOT_FOUND : await askGateway(deps, () => gateway.lookUp(request))
  if (found.outcome !== 'not_found') return found
  if (method.removedAtMs !== null) return REMOVED_METHOD
  return askGateway(deps, () => gateway.charge(request))
}

/** Cancels the charge of a purchase that waits for the customer. Returns what became of the charge. */
export async function cancelCharge(
  deps: PaymentsDeps,
  purchase: Purchase,
): Promise<ChargeOutcome | NotFound> {
  const method = await requireChargedMethod(deps, purchase)
  const request = await buildChargeRequest(deps, purchase, method)
  return askGateway(deps, () => deps.gateway.cancel(request))
}

async function requireChargedMethod(
  { database }: PaymentsDeps,
  { id, workspaceId, paymentMethodId }: Purchase,
): Promise<PaymentMethod> {
  const method =
    paymentMethodId === null ? undefined : await findMethod(database, workspaceId, paymentMethodId)
  if (method === undefined) throw new Error(`Purchase ${id} has no card to charge`)
  return method
}

async function buildChargeRequest(
  deps: PaymentsDeps,
  purchase: Purchase,
  { methodRef }: PaymentMethod,
): Promise<ChargeRequest> {
  const { workspaceId, amountMinor, currency, chargeRef, description } = purchase
  return {
    purchaseId: purchase.id,
    workspaceId,
    amountMinor,
    currency,
    customerRef: await ensureCustomerRef(deps, workspaceId),
    methodRef,
    chargeRef,
    offSession: purchase.origin !== 'manual',
    description,
    returnUrl: `${deps.origin}${buildPurchasePath(purchase)}`,
  }
}

/** The page on which a customer sees what became of a purchase. */
function buildPurchasePath(purchase: PurchaseRef): string {
  return `/billing?purchase=${publicId('purchase', purchase.id)}`
}

/** Returns the gateway's answer, or `unknown` if it fails or takes too long. */
async function askGateway<Answer extends ChargeOutcome | NotFound>(
  { answerMsMax = ANSWER_MS_MAX, onError }: PaymentsDeps,
  ask: () => Promise<Answer>,
): Promise<Answer | typeof UNKNOWN> {
  const waiting = new AbortController()
  try {
    return await Promise.race([ask(), pause(answerMsMax, UNKNOWN, { signal: waiting.signal, ref: false })])
  } catch (error) {
    onError(error)
    return UNKNOWN
  } finally {
    waiting.abort()
  }
}
