export { changePlan } from './change-plan.ts'
export type { SubscriptionDeps } from './deps.ts'
export { openSubscriptions } from './open-subscriptions.ts'
export { retryRenewal } from './renew-subscription.ts'
