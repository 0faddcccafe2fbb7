export { type Access, type AccessOptions, openAccess } from './access.ts'
export type { AccessChange } from './access-changes.ts'
export { removeSecondFactor } from './account/remove-second-factor.ts'
export { resealSecondFactors } from './account/reseal-second-factors.ts'
export type { Accounts, User } from './accounts.ts'
export type {
  AuditActor,
  AuditEntry,
  AuditSource,
  AuditTargetKind,
} from './audit-entry.ts'
export type { AuditEntryResponse } from './audit-log-schemas.ts'
export { recordAudit } from './audit-log-store.ts'
export { guardRoutes } from './guard.ts'
export type { Http, RoomAssembly } from './http.ts'
export { describeCreatedKey, describeRevokedKey } from './key-audit.ts'
export { keyResponse } from './key-response.ts'
export { findKeyScope, requireKeyScope } from './key-scopes.ts'
export { createKey, findKeyOwner, type KeyRow, listKeys, revokeKey } from './key-store.ts'
export type { LimitPolicies } from './limits/limits.ts'
export { addMember, listMembers, type MemberRef } from './member-store.ts'
export { requireMetricsReader } from './metrics-reader.ts'
export type { HashedPassword } from './passwords/known-passwords.ts'
export {
  type Actor,
  KEY_SCOPES,
  type KeyScope,
  type MemberRole,
  type Principal,
  type RequestOrigin,
  type Role,
  type Scope,
} from './principal.ts'
export { accessProblems } from './problems.ts'
export { readAuditLog } from './read-audit-log.ts'
export { registerAccessRoutes } from './register-access-routes.ts'
export { Email } from './request-schemas.ts'
export {
  originOf,
  principalOf,
  requireMayRequireSecondFactor,
  requireOperator,
  requireRole,
  type ScopeOptions,
} from './scope.ts'
export { nameSender } from './sender.ts'
export {
  insertWorkspace,
  listWorkspaces,
  readTimeZone,
  requireWorkspace,
  setWorkspaceStatus,
  updateWorkspace,
  type WorkspaceChange,
  type WorkspaceRow,
} from './workspace-store.ts'
