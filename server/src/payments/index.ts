export type { Order } from './create-purchase.ts'
export type { PaymentsDeps } from './deps.ts'
export type { Fulfillment, Fulfillments, PaymentHooks } from './fulfillment.ts'
export type { ChargeOutcome, ChargeRequest, Gateway, SavedMethod, TestCard } from './gateway.ts'
export { openPayments } from './open-payments.ts'
export { openStripeIfSet } from './open-stripe.ts'
export { orderTopUp, priceOf, requirePackage } from './order-top-up.ts'
export type { PaymentMethod } from './payment-method-store.ts'
export { createPayments, type Payments } from './payments.ts'
export { paymentProblems } from './problems.ts'
export {
  findPurchaseByKey,
  isFinal,
  listPurchases,
  nthNewestAtMs,
  type Purchase,
  type PurchaseOrigin,
  type PurchasePurpose,
  type PurchaseRef,
  type PurchaseStatus,
  requirePurchase,
  type Seller,
  spentMinor,
  workspaceOfPurchase,
} from './purchase-store.ts'
export { declinedProblem, PurchaseResponse, purchaseResponse } from './response-schemas.ts'
export { createSandboxGateway, type SandboxGateway } from './sandbox/gateway.ts'
export type { Stripe } from './stripe/index.ts'
export { verifyPayments } from './verify.ts'
