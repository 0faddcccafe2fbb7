import Stripe from 'stripe'
import { publicId } from '../../public-ids.ts'
import { isRefusal } from './client.ts'
import { readDecline } from './declines.ts'
import { PURCHASE_KEY } from './outcome.ts'

/** A charge that waits for the customer. */
export type WaitingCharge = {
  readonly chargeRef: string
  readonly purchaseId: string
  /** Where the customer's browser goes when the bank is finished. */
  readonly returnUrl: string
}

/**
 * Finds the bank's page on which a charge can be confirmed now, `undefined` if there is nothing to confirm. A charge
 * that was made off session is confirmed with Stripe first, because only that creates the bank's page.
 */
export async function findConfirmationUrl(
  client: Stripe,
  { chargeRef, purchaseId, returnUrl }: WaitingCharge,
): Promise<string | undefined> {
  const payment = await client.paymentIntents.retrieve(chargeRef)
  if (payment.metadata[PURCHASE_KEY] !== publicId('purchase', purchaseId)) return undefined
  if (payment.status === 'requires_action') return readBankPage(payment)
  const { last_payment_error: failure } = payment
  const method = payment.payment_method ?? failure?.payment_method
  const isOpen =
    payment.status === 'requires_payment_method' && readDecline(failure).class === 'action_required'
  if (!isOpen || method === undefined) return undefined
  try {
    const params = { payment_method: readId(method), return_url: returnUrl }
    return readBankPage(await client.paymentIntents.confirm(payment.id, params))
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeCardError || isRefusal(error))) throw error
    // The bank declined at once, or another click was faster.
    return readBankPage(await client.paymentIntents.retrieve(payment.id))
  }
}

function readBankPage(payment: Stripe.PaymentIntent): string | undefined {
  return payment.next_action?.redirect_to_url?.url ?? undefined
}

function readId(thing: string | { readonly id: string }): string {
  return typeof thing === 'string' ? thing : thing.id
}
