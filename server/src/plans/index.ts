export {
  findPlan,
  listPackages,
  listPlans,
  loadCatalogue,
  type Package,
  type Plan,
  requirePlan,
} from './catalogue.ts'
export { planRoutes } from './routes.ts'
export {
  findSubscription,
  openSubscription,
  renewSubscription,
  requireSubscription,
  type Subscription,
  type Terms,
} from './subscription.ts'
