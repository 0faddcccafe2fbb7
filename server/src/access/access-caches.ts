import { assertNever } from '@talktime/core/exhaustive'
import type { Clock } from '../platform/clock.ts'
import type { AccessChange } from './access-changes.ts'
import type { Principal } from './principal.ts'
import { createPrincipalCache, type PrincipalCache } from './principal-cache.ts'
import type { WorkspaceState } from './workspace-store.ts'

/** What this process caches about who may act where. */
export type AccessCaches = {
  /** Principals by the hash of their key, in hex. */
  readonly keys: PrincipalCache<Principal>
  /** Principals by their session's cache key. */
  readonly sessions: PrincipalCache<Principal>
  /** Workspaces by UUID, for operator keys. */
  readonly workspaces: PrincipalCache<WorkspaceState>
}

export function createAccessCaches(clock: Clock): AccessCaches {
  return {
    keys: createPrincipalCache<Principal>(clock),
    sessions: createPrincipalCache<Principal>(clock),
    workspaces: createPrincipalCache<WorkspaceState>(clock),
  }
}

/** Switches caching on or off. Off while changes by other processes would be missed. */
export function setCaching({ keys, sessions, workspaces }: AccessCaches, isOn: boolean): void {
  for (const cache of [keys, sessions, workspaces]) cache.setCaching(isOn)
}

/** Drops everything that a change affects. */
export function dropCached({ keys, sessions, workspaces }: AccessCaches, { kind, name }: AccessChange): void {
  switch (kind) {
    case 'key':
      keys.drop((cached) => cached === name)
      return
    case 'session':
      sessions.drop((cached) => cached === name)
      return
    case 'user':
      sessions.drop((_, principal) => principal.kind === 'user' && principal.userId === name)
      return
    case 'workspace':
      keys.drop((_, principal) => isIn(principal, name))
      sessions.drop((_, principal) => isIn(principal, name))
      workspaces.drop((cached) => cached === name)
      return
    default:
      assertNever(kind)
  }
}

function isIn(principal: Principal, workspaceId: string): boolean {
  switch (principal.kind) {
    case 'operator':
      return false
    case 'key':
      return principal.workspaceId === workspaceId
    case 'user':
      return principal.memberships.some((membership) => membership.workspaceId === workspaceId)
    default:
      return assertNever(principal)
  }
}
