import type Stripe from 'stripe'
import { InvariantBroken } from '../../platform/problem.ts'
import { publicId } from '../../public-ids.ts'
import type { ChargeOutcome, ChargeRequest } from '../gateway.ts'
import { createDecline, type Decline, readDecline } from './declines.ts'
import { toStripeAmount, toStripeCurrency } from './money.ts'
import { buildConfirmPath } from './pages.ts'

/** The key in a PaymentIntent's metadata for the purchase it is for, `pur_…`. */
export const PURCHASE_KEY = 'talktime_purchase'
/** The key in the metadata of customers and PaymentIntents for the workspace, `ws_…`. */
export const WORKSPACE_KEY = 'talktime_workspace'

/**
 * Converts a PaymentIntent to an outcome.
 *
 * @throws InvariantBroken if it is another charge than the requested one
 */
export function readOutcome(payment: Stripe.PaymentIntent, request: ChargeRequest): ChargeOutcome {
  requireSameCharge(payment, request)
  const chargeRef = payment.id
  switch (payment.status) {
    case 'succeeded':
      return { outcome: 'succeeded', chargeRef }
    case 'requires_action':
      return createUnconfirmed(payment, request)
    case 'requires_payment_method': {
      if (isUntried(payment)) return { outcome: 'pending', chargeRef }
      // Off session, Stripe ends the attempt, but the charge can still be confirmed.
      const decline = readDecline(payment.last_payment_error)
      const waits = request.offSession && decline.class === 'action_required'
      return waits ? createUnconfirmed(payment, request) : createDeclined(decline, chargeRef)
    }
    case 'canceled':
      return createDeclined(createDecline('canceled'), chargeRef)
    default:
      // The other statuses, and any that Stripe may add.
      return { outcome: 'pending', chargeRef }
  }
}

/** Whether no bank has answered yet: the charge is being made right now, or Stripe never got to it. */
export function isUntried({ status, last_payment_error: failure }: Stripe.PaymentIntent): boolean {
  return status === 'requires_confirmation' || (status === 'requires_payment_method' && failure === null)
}

export function createDeclined(decline: Decline, chargeRef: string | null): ChargeOutcome {
  return { outcome: 'declined', chargeRef, ...decline }
}

function createUnconfirmed(payment: Stripe.PaymentIntent, request: ChargeRequest): ChargeOutcome {
  const actionUrl = buildConfirmPath(request.purchaseId)
  return { outcome: 'requires_action', chargeRef: payment.id, actionUrl }
}

/** Ensures that a charge pays only its own purchase, and only the purchase's amount. */
function requireSameCharge(payment: Stripe.PaymentIntent, request: ChargeRequest): void {
  const { purchaseId, amountMinor, currency } = request
  const isSame =
    payment.metadata[PURCHASE_KEY] === publicId('purchase', purchaseId) &&
    payment.amount === toStripeAmount(amountMinor, currency) &&
    payment.currency === toStripeCurrency(currency)
  const isWhole = payment.status !== 'succeeded' || payment.amount_received === payment.amount
  if (isSame && isWhole) return
  throw new InvariantBroken(`Stripe’s ${payment.id} is not the charge of the purchase ${purchaseId}`)
}
