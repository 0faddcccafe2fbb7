import { createHash } from 'node:crypto'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import { type Accounts, type Browser, openAccounts } from './accounts.ts'
import { type AccessChange, listenForChanges } from './changes.ts'
import { findKey, hashOfKey, looksLikeKey } from './keys.ts'
import { createLastUsed } from './last-used.ts'
import { membershipsOf } from './members.ts'
import type { Principal, Scope } from './principal.ts'
import { createPrincipalCache } from './principal-cache.ts'
import { createScopes, type ScopeOptions, type WorkspaceState } from './scope.ts'

/** Who a request comes from and where it may act. */
export type Access = {
  readonly accounts: Accounts
  /** Who sends the request, by its key or its cookie. Throws `unauthenticated`. */
  authenticate(request: FastifyRequest): Principal | Promise<Principal>
  /**
   * The workspace a request acts in, and as what. What is foreign or unknown is `workspace_not_found`; changing
   * something in a suspended workspace is `workspace_suspended`, unless the operator does it.
   */
  scopeOf(request: FastifyRequest, options?: ScopeOptions): Promise<Scope>
  /** Forgets what a change made untrue, in this process at once. Call it after the transaction that announced it. */
  forget(change: AccessChange): void
  close(): Promise<void>
}

export async function openAccess(options: {
  database: Database
  clock: Clock
  log: FastifyBaseLogger
  secret: string
  publicUrl: string | undefined
}): Promise<Access> {
  const { database, clock, log } = options
  const accounts = await openAccounts(options)
  const lastUsed = createLastUsed(database, log)
  const keys = createPrincipalCache<Principal>(clock)
  const sessions = createPrincipalCache<Principal>(clock)
  const workspaces = createPrincipalCache<WorkspaceState>(clock)

  function forget(change: AccessChange): void {
    const { kind, name } = change
    if (kind === 'key') keys.drop((cached) => cached === name)
    if (kind === 'session') sessions.drop((cached) => cached === name)
    if (kind === 'user') {
      sessions.drop((_, principal) => principal.kind === 'user' && principal.userId === name)
    }
    if (kind === 'workspace') {
      keys.drop((_, principal) => isIn(principal, name))
      sessions.drop((_, principal) => isIn(principal, name))
      workspaces.drop((cached) => cached === name)
    }
  }

  const listener = await listenForChanges({
    connection: database.connection,
    log,
    onChange: forget,
    onState(heard) {
      for (const cache of [keys, sessions, workspaces]) cache.listen(heard)
    },
  })

  async function loadKey(hash: Buffer): Promise<Principal | undefined> {
    const row = await findKey(database, hash)
    if (row === undefined) return undefined
    const { id: keyId, workspaceId, suspended } = row
    return workspaceId === null ? { kind: 'operator', keyId } : { kind: 'key', keyId, workspaceId, suspended }
  }

  async function loadSession(browser: Browser): Promise<Principal | undefined> {
    const session = await accounts.session(browser, false)
    if (session === undefined) return undefined
    const userId = session.user.id
    return { kind: 'user', userId, memberships: await membershipsOf(database, userId) }
  }

  async function loadWorkspace(workspaceId: string): Promise<WorkspaceState | undefined> {
    const { rows } = await database.query<WorkspaceState>(
      `select status = 'suspended' as suspended from workspaces where id = $1`,
      [workspaceId],
    )
    return rows[0]
  }

  function principalOfKey(authorization: string): Principal | Promise<Principal> {
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    if (key === undefined || !looksLikeKey(key)) throw wrongKey()
    const hash = hashOfKey(key)
    const answer = keys.get(hash.toString('hex'), () => loadKey(hash))
    return answer instanceof Promise ? answer.then(usedKey) : usedKey(answer)
  }

  function usedKey(principal: Principal | undefined): Principal {
    if (principal === undefined) throw wrongKey()
    if (principal.kind !== 'user') lastUsed.note(principal.keyId, clock.now())
    return principal
  }

  return {
    accounts,
    forget,
    scopeOf: createScopes({ cache: workspaces, load: loadWorkspace }),
    authenticate(request) {
      const { authorization } = request.headers
      if (authorization !== undefined) return principalOfKey(authorization)
      const name = sessionName(request, accounts)
      if (name === undefined) throw nobody()
      const answer = sessions.get(name, () => loadSession(browserOf(request)))
      return answer instanceof Promise ? answer.then(signedIn) : signedIn(answer)
    },
    async close() {
      await listener.close()
      await lastUsed.settled()
    },
  }
}

/** Under what a request's session is remembered; undefined where it has no cookie. */
export function sessionName(request: FastifyRequest, accounts: Accounts): string | undefined {
  const cookie = request.cookies[accounts.cookieName]
  return cookie === undefined ? undefined : createHash('sha256').update(cookie).digest('hex')
}

export function browserOf(request: FastifyRequest): Browser {
  return { userAgent: request.headers['user-agent'], cookie: request.headers.cookie }
}

function signedIn(principal: Principal | undefined): Principal {
  if (principal === undefined) throw nobody()
  return principal
}

function isIn(principal: Principal, workspaceId: string): boolean {
  if (principal.kind === 'key') return principal.workspaceId === workspaceId
  if (principal.kind === 'operator') return false
  return principal.memberships.some((membership) => membership.workspaceId === workspaceId)
}

function wrongKey(): Problem {
  return new Problem(
    platformProblems.unauthenticated,
    'This API key is not valid, or was revoked. Send it as "Authorization: Bearer tt_…".',
  )
}

function nobody(): Problem {
  return new Problem(
    platformProblems.unauthenticated,
    'Send an API key as "Authorization: Bearer tt_…", or sign in.',
  )
}
