export { Amount, amountOf } from './amount.ts'
export { type Balance, readBalance, readLine } from './balance.ts'
export { isAtBoundary } from './boundaries.ts'
export { type ChainHead, findLostHeads, readChainHeads } from './chain-store.ts'
export { type Change, type ChangeWorkspace, openWorkspaceLine } from './change-workspace.ts'
export type { EntryRow } from './entry.ts'
export { grantByOperator, type OperatorGrant } from './grant-by-operator.ts'
export { type GrantRow, grantColumns, priceOfGrant, readOpenGrants } from './grant-store.ts'
export { addGrant, boundaryNoLaterThan, expireMonthly, type NewGrant, readPaidDraws } from './grants.ts'
export type { Ledger } from './ledger.ts'
export { updateLowBalanceThreshold } from './low-balance-threshold.ts'
export { openLedger } from './open-ledger.ts'
export { reverseCharge } from './reverse-charge.ts'
export {
  addAudit,
  addEvent,
  applyToLine,
  type EventTopic,
  type LineRow,
  post,
  readCommit,
  type WorkspaceCommit,
  type WorkspaceUnit,
} from './unit.ts'
export { lockFreeWorkspaces, lockWorkspaces, readLines, writeUnits } from './unit-store.ts'
export { type Difference, runChecks, verifyLedger } from './verify.ts'
