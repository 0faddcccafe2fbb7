export type { SubscriptionParts } from './parts.ts'
export { planChangePurpose, renewalPurpose } from './purposes.ts'
export { renew, retryRenewalNow, retryRenewals } from './renew.ts'
export { subscriptionRoutes } from './routes.ts'
