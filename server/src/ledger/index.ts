export { Amount, amountOf } from './amount.ts'
export { type Balance, readBalance, readLine } from './balance.ts'
export { type Boundaries, type BoundaryDeps, createBoundaries } from './boundaries.ts'
export { grantByOperator, type OperatorGrant } from './grant-by-operator.ts'
export {
  addGrant,
  boundaryNoLaterThan,
  expireMonthly,
  type GrantRow,
  grantColumns,
  type NewGrant,
  openGrants,
  paidBy,
  priceOfGrant,
} from './grants.ts'
export { updateLowBalanceThreshold } from './low-balance-threshold.ts'
export { reverseCharge } from './reverse-charge.ts'
export { ledgerRoutes } from './routes.ts'
export { lockFreeWorkspaces, lockWorkspaces, openLine, readLines, writeUnits } from './store.ts'
export { addEvent, applyToLine, type EntryRow, type LineRow, post, type WorkspaceUnit } from './unit.ts'
export { type Difference, runChecks, verifyLedger } from './verify.ts'
