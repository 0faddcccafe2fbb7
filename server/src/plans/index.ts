export { openSubscription, type Renewal, renewCycle, renewSubscription } from './billing-cycle.ts'
export {
  findPlan,
  listPackages,
  loadCatalog,
  type Package,
  type Plan,
} from './catalog-store.ts'
export { replaceCatalog } from './edit-catalog.ts'
export { openPlans } from './open-plans.ts'
export { planProblems } from './problems.ts'
export {
  bringRenewalForward,
  changeCycleTimeZone,
  choosePendingPlan,
  listDueRenewals,
  recordRenewalState,
  requireSubscription,
  type Subscription,
} from './subscription-store.ts'
export { replaceUnpaidPlan, switchPlan } from './switch-plan.ts'
export type { Terms } from './terms.ts'
