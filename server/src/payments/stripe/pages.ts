import { publicId } from '../../public-ids.ts'

/** Where the customer goes to confirm a purchase with their bank: on from there to the bank's page, by Stripe's. */
export function confirmPath(purchaseId: string): string {
  return `/stripe/confirm/${publicId('purchase', purchaseId)}`
}

/** Where the bank's page sends the customer's browser; on from there to the purchase on the billing page. */
export function returnPath(purchaseId: string): string {
  return `/stripe/return/${publicId('purchase', purchaseId)}`
}

/** Where the page on which a card is typed in sends the customer's browser; on from there to the billing page. */
export const cardReturnPath = '/stripe/card'

/** The purchase on the billing page. */
export function purchasePath(purchaseId: string): string {
  return `/billing?purchase=${publicId('purchase', purchaseId)}`
}

export const billingPath = '/billing'
