export type { ChargeOutcome, Gateway, Intent, SavedMethod, TestCard } from './gateway.ts'
export { pruneGatewayEvents } from './gateway-events.ts'
export type { Order } from './intend.ts'
export { methodRoutes } from './method-routes.ts'
export type { PaymentMethod } from './methods.ts'
export { orderPackage, priceOf, requirePackage } from './order-package.ts'
export type { PaymentsParts } from './parts.ts'
export { createPayments, type Payments } from './payments.ts'
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
} from './purchase.ts'
export type { Purpose, Purposes } from './purpose.ts'
export { declinedProblem, PurchaseBody, purchaseBody } from './representation.ts'
export { purchaseRoutes } from './routes.ts'
export { createSandboxGateway, type SandboxGateway } from './sandbox/gateway.ts'
export { sandboxRoutes } from './sandbox/routes.ts'
export { verifyPayments } from './verify.ts'
