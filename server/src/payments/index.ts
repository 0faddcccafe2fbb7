export type { PaymentsDeps } from './deps.ts'
export type { Fulfillment, Fulfillments, PaymentHooks } from './fulfillment.ts'
export type { ChargeOutcome, ChargeRequest, Gateway, SavedMethod, TestCard } from './gateway.ts'
export { openPayments } from './open-payments.ts'
export { openStripeIfSet } from './open-stripe.ts'
export type { Order } from './order.ts'
export { orderTopUp, pricePackages, requirePackage } from './order-top-up.ts'
export type { PaymentMethod } from './payment-method-store.ts'
export type { Payments } from './payments.ts'
export { paymentProblems } from './problems.ts'
export {
  isFinal,
  type Purchase,
  type PurchaseOrigin,
  type PurchasePurpose,
  type PurchaseRef,
  type PurchaseStatus,
} from './purchase.ts'
export {
  findNthNewestAtMs,
  findPurchaseByKey,
  findRenewalToConfirm,
  hasOpenPurchase,
  listPurchases,
  sumSpentMinor,
} from './purchase-store.ts'
export type { Seller } from './receipt.ts'
export { createDeclinedProblem, PurchaseResponse, purchaseResponse } from './response-schemas.ts'
export type { Stripe } from './stripe/index.ts'
export { verifyPayments } from './verify.ts'
