import type Stripe from 'stripe'
import { InvariantBroken } from '../../platform/problem.ts'
import { publicId } from '../../public-ids.ts'
import type { ChargeOutcome, ChargeRequest } from '../gateway.ts'
import { type Decline, declineNamed, declineOf } from './declines.ts'
import { stripeAmount, stripeCurrency } from './money.ts'
import { confirmPath } from './pages.ts'

/** Under which name a PaymentIntent's metadata say which purchase it is for, as `pur_…`. */
export const purchaseKey = 'talktime_purchase'
export const workspaceKey = 'talktime_workspace'

/** What is known of a charge, from Stripe's word on it. Throws where it is another charge than was asked for. */
export function outcomeOf(payment: Stripe.PaymentIntent, intent: ChargeRequest): ChargeOutcome {
  requireSameCharge(payment, intent)
  const chargeRef = payment.id
  switch (payment.status) {
    case 'succeeded':
      return { outcome: 'succeeded', chargeRef }
    case 'requires_action':
      return unconfirmed(payment, intent)
    case 'requires_payment_method': {
      if (isUntried(payment)) return { outcome: 'pending', chargeRef }
      // With nobody before the screen Stripe ends the attempt, but the same charge can still be confirmed.
      const decline = declineOf(payment.last_payment_error)
      const waits = intent.offSession && decline.class === 'action_required'
      return waits ? unconfirmed(payment, intent) : declined(decline, chargeRef)
    }
    case 'canceled':
      return declined(declineNamed('canceled'), chargeRef)
    default:
      return { outcome: 'pending', chargeRef }
  }
}

/** Whether no bank has answered yet: the charge is being made just now, or Stripe never came to it. */
export function isUntried({ status, last_payment_error: failure }: Stripe.PaymentIntent): boolean {
  return status === 'requires_confirmation' || (status === 'requires_payment_method' && failure === null)
}

export function declined(decline: Decline, chargeRef: string | null): ChargeOutcome {
  return { outcome: 'declined', chargeRef, ...decline }
}

function unconfirmed(payment: Stripe.PaymentIntent, intent: ChargeRequest): ChargeOutcome {
  const actionUrl = confirmPath(intent.purchaseId)
  return { outcome: 'requires_action', chargeRef: payment.id, actionUrl }
}

/** Whatever led to a charge, it gives credit to its own purchase alone, and for its own amount. */
function requireSameCharge(payment: Stripe.PaymentIntent, intent: ChargeRequest): void {
  const { purchaseId, amountMinor, currency } = intent
  const isSame =
    payment.metadata[purchaseKey] === publicId('purchase', purchaseId) &&
    payment.amount === stripeAmount(amountMinor, currency) &&
    payment.currency === stripeCurrency(currency)
  const isWhole = payment.status !== 'succeeded' || payment.amount_received === payment.amount
  if (isSame && isWhole) return
  throw new InvariantBroken(`Stripe’s ${payment.id} is not the charge of the purchase ${purchaseId}`)
}
