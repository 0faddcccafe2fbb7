export type { ChargeOutcome, Gateway, Intent, SavedMethod } from './gateway.ts'
export type { Order } from './intend.ts'
export type { PaymentMethod } from './methods.ts'
export type { PaymentsParts } from './parts.ts'
export { createPayments, type Payments } from './payments.ts'
export {
  findPurchase,
  isFinal,
  listPurchases,
  type Purchase,
  type PurchaseOrigin,
  type PurchasePurpose,
  type PurchaseRef,
  type PurchaseStatus,
  requirePurchase,
  type Seller,
  spentMinor,
} from './purchase.ts'
export type { Purpose, Purposes } from './purpose.ts'
export { declinedProblem, PurchaseBody, purchaseBody } from './representation.ts'
