export { openSubscription, type Renewal, renewCycle, renewSubscription } from './billing-cycle.ts'
export {
  findPlan,
  LLM_LIMITS_DEFAULT,
  listPackages,
  loadCatalog,
  OverdraftName,
  type Package,
  type Plan,
  PlanLimitsResponse,
} from './catalog-store.ts'
export { replaceCatalog } from './edit-catalog.ts'
export { requireFreeWorkspaceSlot } from './free-workspaces.ts'
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
