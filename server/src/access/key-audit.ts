import { instantOrNull } from '../platform/http/instant.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { KeyRow, RevokedKey } from './key-store.ts'

/** Who made or revoked a key, whose key it is, and when. */
type KeyAction = Pick<AuditEntry, 'actor' | 'origin' | 'workspaceId' | 'atMs'>

/** Describes a new key for the audit log, without the key itself. */
export function describeCreatedKey(row: KeyRow, { actor, origin, workspaceId, atMs }: KeyAction): AuditEntry {
  return {
    actor,
    origin,
    workspaceId,
    atMs,
    action: 'key.created',
    target: { kind: 'key', id: row.id, name: row.name },
    after: { name: row.name, scopes: row.scopes, expiresAt: instantOrNull(row.expiresAtMs) },
  }
}

export function describeRevokedKey(
  { id, name }: RevokedKey,
  { actor, origin, workspaceId, atMs }: KeyAction,
): AuditEntry {
  return { actor, origin, workspaceId, atMs, action: 'key.revoked', target: { kind: 'key', id, name } }
}
