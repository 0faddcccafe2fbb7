export {
  findPackage,
  findPlan,
  listPackages,
  listPlans,
  loadCatalogue,
  type Package,
  type Plan,
  requirePlan,
} from './catalogue.ts'
export {
  changeCycleTimeZone,
  choosePendingPlan,
  recordRenewalState,
  replaceUnpaidPlan,
  switchPlan,
} from './change-plan.ts'
export { planRoutes } from './routes.ts'
export {
  findSubscription,
  openSubscription,
  type Renewal,
  renewCycle,
  renewSubscription,
  requireSubscription,
  type Subscription,
  type Terms,
} from './subscription.ts'
