export { type Account, applyToLine, type EntryRow, type LineRow, noteChange, post } from './account.ts'
export { type Balance, readBalance, readLine } from './balance.ts'
export { type Boundaries, type BoundaryParts, createBoundaries } from './boundaries.ts'
export { giveBack } from './give-back.ts'
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
export { keepLowLevel } from './low-level.ts'
export { grantByOperator, type OperatorGrant } from './operator-grant.ts'
export { ledgerRoutes } from './routes.ts'
export { lockAccounts, lockFreeAccounts, openLine, readLines, writeAccounts } from './store.ts'
export { type Difference, runChecks, verifyLedger } from './verify.ts'
