export {
  findPlan,
  listPackages,
  loadCatalogue,
  type Package,
  type Plan,
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
  openSubscription,
  type Renewal,
  renewCycle,
  renewSubscription,
  requireSubscription,
  type Subscription,
  type Terms,
} from './subscription.ts'
