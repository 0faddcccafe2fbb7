import { publicId } from '../../public-ids.ts'

/** Where a customer goes to confirm a purchase. It redirects to Stripe's page, which leads to the bank's. */
export function buildConfirmPath(purchaseId: string): string {
  return `/stripe/confirm/${publicId('purchase', purchaseId)}`
}

/** Where the bank's page sends the customer's browser. It redirects to the purchase on the billing page. */
export function buildReturnPath(purchaseId: string): string {
  return `/stripe/return/${publicId('purchase', purchaseId)}`
}

/** Where Stripe's page for a new card sends the customer's browser. It redirects to the billing page. */
export const CARD_RETURN_PATH = '/stripe/card'

/** The purchase on the billing page. */
export function buildPurchasePath(purchaseId: string): string {
  return `/billing?purchase=${publicId('purchase', purchaseId)}`
}

export const BILLING_PATH = '/billing'
