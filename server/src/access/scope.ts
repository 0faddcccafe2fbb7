import { assertNever } from '@talktime/core/exhaustive'
import type { FastifyRequest } from 'fastify'
import { Problem, platformProblems } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import type { Actor, Membership, Principal, RequestOrigin, Role, Scope } from './principal.ts'
import type { PrincipalCache } from './principal-cache.ts'
import { accessProblems } from './problems.ts'
import type { WorkspaceState } from './workspace-store.ts'

export type ScopeOptions = {
  /** The workspace as `ws_…`, for requests that name it elsewhere than in the header Talktime-Workspace. */
  readonly named?: string | undefined
  /**
   * Finds the workspace (UUID) of the resource that the path or body names, such as an agent. Called only for operator
   * keys, and only if the request names no workspace. Throws the room's own problem if the resource does not exist.
   */
  readonly workspaceOf?: () => Promise<string>
  /** `allowed`: the route itself decides what a suspended workspace may do. Default: `refused`. */
  readonly whileSuspended?: 'refused' | 'allowed'
}

type Sender = Pick<Scope, 'actor' | 'origin'>
type ScopeWithState = Scope & WorkspaceState

/** Creates the function that finds the workspace of a request and the request's role there. */
export function createScopes(workspaces: {
  readonly cache: PrincipalCache<WorkspaceState>
  readonly load: (workspaceId: string) => Promise<WorkspaceState | undefined>
}): (request: FastifyRequest, options?: ScopeOptions) => Promise<Scope> {
  async function findOperatorScope(sender: Sender, workspaceId: string | undefined): Promise<ScopeWithState> {
    if (workspaceId === undefined) throw workspaceUnnamed()
    const state = await workspaces.cache.get(workspaceId, () => workspaces.load(workspaceId))
    if (state === undefined) throw workspaceNotFound()
    return { ...sender, workspaceId, role: 'operator', suspended: state.suspended }
  }

  return async (request, options = {}) => {
    const principal = principalOf(request)
    const named = parseWorkspaceName(request.headers['talktime-workspace'] ?? options.named)
    const sender: Sender = { actor: actorOf(principal), origin: originOf(request) }
    switch (principal.kind) {
      case 'operator': {
        const scope = await findOperatorScope(sender, named ?? (await options.workspaceOf?.()))
        return requireActive(request, scope, options)
      }
      case 'key': {
        const { workspaceId, suspended } = principal
        if (named !== undefined && named !== workspaceId) throw workspaceNotFound()
        const scope: ScopeWithState = { ...sender, workspaceId, role: 'key', suspended }
        return requireActive(request, scope, options)
      }
      case 'user': {
        const membership = requireMembership(principal.memberships, named)
        const { workspaceId, role, suspended } = membership
        if (membership.requiresSecondFactor && !principal.secondFactor) throw secondFactorRequired()
        return requireActive(request, { ...sender, workspaceId, role, suspended }, options)
      }
      default:
        return assertNever(principal)
    }
  }
}

/** The sender of a request, for routes that need no workspace. Throws `unauthenticated`. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal !== null) return request.principal
  throw new Problem(platformProblems.unauthenticated, 'Send an API key, or sign in.')
}

/** Where a request came from: the address of its network connection, or the one that the operator's proxy vouches for. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return { ip: request.ip, userAgent: request.headers['user-agent'] ?? null }
}

/** Throws `forbidden` unless the request was sent with an operator key. */
export function requireOperator(request: FastifyRequest): Actor {
  const principal = principalOf(request)
  if (principal.kind === 'operator') return actorOf(principal)
  throw new Problem(
    platformProblems.forbidden,
    'Only the operator may do this. Send an operator key (tt_op_…).',
  )
}

// A workspace's key may do what an admin may, except where a person is required.
const ranks: Record<Role, number> = { member: 1, key: 2, admin: 2, owner: 3, operator: 4 }

/** Throws `forbidden` if the scope's role is below `role`. */
export function requireRole(scope: Pick<Scope, 'role'>, role: 'owner' | 'admin'): void {
  if (ranks[scope.role] >= ranks[role]) return
  throw new Problem(
    platformProblems.forbidden,
    `Only ${nameRole(role)} of this workspace may do this. Ask one of them.`,
  )
}

/**
 * Throws `forbidden` for API keys and for roles below `role`. A leaked key must not be able to create other keys or to
 * invite people.
 */
export function requirePerson(scope: Scope, role: 'owner' | 'admin'): void {
  if (scope.role === 'key') {
    throw new Problem(platformProblems.forbidden, `API keys may not do this. Sign in as ${nameRole(role)}.`)
  }
  requireRole(scope, role)
}

/**
 * Only an owner decides whether members need a second factor, and needs one to require it: otherwise the change would
 * lock its author out.
 *
 * @throws Problem forbidden, second_factor_required
 */
export function requireMayRequireSecondFactor(
  request: FastifyRequest,
  scope: Scope,
  isRequired: boolean,
): void {
  requirePerson(scope, 'owner')
  const principal = principalOf(request)
  if (!isRequired || principal.kind !== 'user' || principal.secondFactor) return
  throw new Problem(
    accessProblems.second_factor_required,
    'Turn on your own second factor first: otherwise you could no longer open this workspace.',
  )
}

function nameRole(role: 'owner' | 'admin'): string {
  return role === 'owner' ? 'an owner' : 'an owner or admin'
}

function actorOf(principal: Principal): Actor {
  return principal.kind === 'user'
    ? { kind: 'user', userId: principal.userId }
    : { kind: principal.kind, keyId: principal.keyId }
}

/** Throws `workspace_suspended` for a change in a suspended workspace. The operator may change it. */
function requireActive(request: FastifyRequest, scope: ScopeWithState, options: ScopeOptions): Scope {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (!scope.suspended || isRead || scope.role === 'operator' || options.whileSuspended === 'allowed')
    return scope
  throw new Problem(
    accessProblems.workspace_suspended,
    'The workspace is suspended. It can be read but not changed. Ask the operator of this service.',
  )
}

function parseWorkspaceName(name: string | string[] | undefined): string | undefined {
  if (name === undefined) return undefined
  const uuid = uuidFrom('workspace', String(name))
  if (uuid === undefined) throw workspaceNotFound()
  return uuid
}

function requireMembership(memberships: readonly Membership[], named: string | undefined): Membership {
  const membership =
    named === undefined ? memberships[0] : memberships.find(({ workspaceId }) => workspaceId === named)
  if (membership !== undefined) return membership
  if (named !== undefined) throw workspaceNotFound()
  throw new Problem(
    accessProblems.workspace_not_found,
    'You are not a member of any workspace. Ask for an invitation.',
  )
}

function secondFactorRequired(): Problem {
  return new Problem(
    accessProblems.second_factor_required,
    'This workspace requires a second factor of its members. Turn it on in your account first.',
  )
}

function workspaceNotFound(): Problem {
  return new Problem(
    accessProblems.workspace_not_found,
    'There is no such workspace for this key or session.',
  )
}

function workspaceUnnamed(): Problem {
  return new Problem(
    platformProblems.invalid_request,
    'An operator key acts in any workspace. Name one in the header Talktime-Workspace, such as ws_0199….',
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
