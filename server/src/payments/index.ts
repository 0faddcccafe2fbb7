export type { Order } from './create-purchase.ts'
export type { PaymentsDeps } from './deps.ts'
export type { Fulfillments, Purpose } from './fulfilment.ts'
export type { ChargeOutcome, ChargeRequest, Gateway, SavedMethod, TestCard } from './gateway.ts'
export { methodRoutes } from './method-routes.ts'
export { orderTopUp, priceOf, requirePackage } from './order-top-up.ts'
export type { PaymentMethod } from './payment-method-store.ts'
export { createPayments, type Payments } from './payments.ts'
export { paymentProblems } from './problems.ts'
export {
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
export { deleteExpiredGatewayEvents } from './retention.ts'
export { purchaseRoutes } from './routes.ts'
export { createSandboxGateway, type SandboxGateway } from './sandbox/gateway.ts'
export { sandboxRoutes } from './sandbox/routes.ts'
export { verifyPayments } from './verify.ts'
