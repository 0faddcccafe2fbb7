import { amountOf } from '../ledger/index.ts'
import type { Purchase } from './purchase.ts'

/** What the audit log says about a purchase. Addresses of the bank and the gateway's references stay out of it. */
export function purchaseState(purchase: Purchase) {
  const { status, purpose, origin, description, creditsMs, amountMinor, currency, brand, lastFour } = purchase
  return {
    description,
    amount: { minor: amountMinor, currency },
    credits: amountOf(creditsMs),
    paymentMethod: brand === null || lastFour === null ? null : `${brand} ${lastFour}`,
    purpose,
    origin,
    status,
    failure: purchase.failureCode === null ? null : purchase.failureCode,
    receipt: purchase.receiptNumber,
  }
}

export function targetOfPurchase({ id, description }: Purchase) {
  return { kind: 'purchase', id, name: description } as const
}
