export {
  findPlan,
  listPackages,
  loadCatalog,
  type Package,
  type Plan,
} from './catalog-store.ts'
export {
  changeCycleTimeZone,
  choosePendingPlan,
  recordRenewalState,
  replaceUnpaidPlan,
  switchPlan,
} from './change-plan.ts'
export { openPlans } from './open-plans.ts'
export { planProblems } from './problems.ts'
export {
  openSubscription,
  type Renewal,
  renewCycle,
  renewSubscription,
  requireSubscription,
  type Subscription,
  type Terms,
} from './subscription-store.ts'
