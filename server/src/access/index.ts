export { type Access, openAccess } from './access.ts'
export type { AccessChange } from './access-changes.ts'
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
export { createKey, listKeys, revokeKey } from './key-store.ts'
export { addMember, listMembers } from './member-store.ts'
export type { Actor, MemberRole, Principal, RequestOrigin, Role, Scope } from './principal.ts'
export { accessProblems } from './problems.ts'
export { type AccessLimits, createAccessLimits, type LimitsMax } from './rate-limits.ts'
export { readAuditLog } from './read-audit-log.ts'
export { registerAccessRoutes } from './register-access-routes.ts'
export { originOf, requireOperator, requireRole, type ScopeOptions } from './scope.ts'
export {
  insertWorkspace,
  listWorkspaces,
  readTimeZone,
  requireWorkspace,
  updateWorkspace,
  type WorkspaceChange,
  type WorkspaceRow,
} from './workspace-store.ts'
