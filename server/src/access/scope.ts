import type { FastifyRequest } from 'fastify'
import { Problem, platformProblems } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import type { Actor, Membership, Principal, Role, Scope } from './principal.ts'
import type { PrincipalCache } from './principal-cache.ts'
import { accessProblems } from './problems.ts'

export type ScopeOptions = {
  /** A workspace that the request names elsewhere than in its header, as `ws_…`. */
  readonly named?: string | undefined
  /**
   * For operator keys: the workspace (UUID) of what the path or the body names, an agent for instance. It throws the
   * room's own problem where that does not exist. Asked only where the request names no workspace.
   */
  readonly workspaceOf?: () => Promise<string>
  /** `allowed`: the room itself decides what a suspended workspace may still do. */
  readonly whileSuspended?: 'refused' | 'allowed'
}

export type WorkspaceState = { readonly suspended: boolean }

type Found = Scope & WorkspaceState

/** Says in which workspace a request acts, and as what. */
export function createScopes(workspaces: {
  readonly cache: PrincipalCache<WorkspaceState>
  readonly load: (workspaceId: string) => Promise<WorkspaceState | undefined>
}): (request: FastifyRequest, options?: ScopeOptions) => Promise<Scope> {
  async function scopeOfOperator(principal: Principal & { kind: 'operator' }, named: string | undefined) {
    if (named === undefined) {
      throw new Problem(
        platformProblems.invalid_request,
        'An operator key acts in any workspace: say in which by the header Talktime-Workspace, such as ws_0199….',
        {
          errors: [
            {
              pointer: '/Talktime-Workspace',
              detail: 'The header Talktime-Workspace must hold the id of a workspace.',
            },
          ],
        },
      )
    }
    const state = await workspaces.cache.get(named, () => workspaces.load(named))
    if (state === undefined) throw noSuchWorkspace()
    return found(named, 'operator', actorOf(principal), state)
  }

  return async (request, options = {}) => {
    const principal = principalOf(request)
    const named = namedWorkspace(request.headers['talktime-workspace'] ?? options.named)
    switch (principal.kind) {
      case 'operator': {
        const scope = await scopeOfOperator(principal, named ?? (await options.workspaceOf?.()))
        return checked(request, scope, options)
      }
      case 'key':
        if (named !== undefined && named !== principal.workspaceId) throw noSuchWorkspace()
        return checked(request, found(principal.workspaceId, 'key', actorOf(principal), principal), options)
      case 'user': {
        const membership = membershipIn(principal.memberships, named)
        return checked(
          request,
          found(membership.workspaceId, membership.role, actorOf(principal), membership),
          options,
        )
      }
    }
  }
}

/** Who sent the request, where its address needs no workspace. Throws `unauthenticated` where nobody is known. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal !== null) return request.principal
  throw new Problem(platformProblems.unauthenticated, 'Send an API key, or sign in.')
}

/** For addresses that are the operator's alone. */
export function requireOperator(request: FastifyRequest): Actor {
  const principal = principalOf(request)
  if (principal.kind === 'operator') return actorOf(principal)
  throw new Problem(
    platformProblems.forbidden,
    'Only the operator may do this: send an operator key (tt_op_…).',
  )
}

// What a key of the workspace may do is what an admin may, except where a person has to be there.
const ranks: Record<Role, number> = { member: 1, key: 2, admin: 2, owner: 3, operator: 4 }

/** Throws `forbidden`, saying who may, unless the scope is at least `role`. */
export function requireRole(scope: Scope, role: 'owner' | 'admin'): void {
  if (ranks[scope.role] >= ranks[role]) return
  throw new Problem(
    platformProblems.forbidden,
    `Only ${whoMay(role)} of this workspace may do this. Ask one of them.`,
  )
}

/** The same for what no API key may do, so that a leaked key cannot make others or let people in. */
export function requirePerson(scope: Scope, role: 'owner' | 'admin'): void {
  if (scope.role === 'key') {
    throw new Problem(
      platformProblems.forbidden,
      `An API key may not do this. It takes ${whoMay(role)}, signed in.`,
    )
  }
  requireRole(scope, role)
}

function whoMay(role: 'owner' | 'admin'): string {
  return role === 'owner' ? 'an owner' : 'an owner or admin'
}

/** Who did it, for records. */
export function actorOf(principal: Principal): Actor {
  return principal.kind === 'user'
    ? { kind: 'user', userId: principal.userId }
    : { kind: principal.kind, keyId: principal.keyId }
}

function found(workspaceId: string, role: Role, actor: Actor, { suspended }: WorkspaceState): Found {
  return { workspaceId, role, actor, suspended }
}

function checked(request: FastifyRequest, scope: Found, options: ScopeOptions): Scope {
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (!scope.suspended || reads || scope.role === 'operator' || options.whileSuspended === 'allowed')
    return scope
  throw new Problem(
    accessProblems.workspace_suspended,
    'The workspace is suspended: it can be looked at, not changed. Ask the operator of this service.',
  )
}

function namedWorkspace(name: string | string[] | undefined): string | undefined {
  if (name === undefined) return undefined
  const uuid = uuidFrom('workspace', String(name))
  if (uuid === undefined) throw noSuchWorkspace()
  return uuid
}

function membershipIn(memberships: readonly Membership[], named: string | undefined): Membership {
  const membership =
    named === undefined ? memberships[0] : memberships.find(({ workspaceId }) => workspaceId === named)
  if (membership !== undefined) return membership
  if (named !== undefined) throw noSuchWorkspace()
  throw new Problem(
    accessProblems.workspace_not_found,
    'You are in no workspace. Ask for an invitation to one.',
  )
}

function noSuchWorkspace(): Problem {
  return new Problem(
    accessProblems.workspace_not_found,
    'There is no such workspace for this key or session.',
  )
}
