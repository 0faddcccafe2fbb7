import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import type { Queryable } from '../platform/database/database.ts'
import { instantOf } from '../platform/http/instant.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import type { AccessCaches } from './access-caches.ts'
import type { Accounts, Browser } from './accounts.ts'
import { hashKey, isKeyShaped } from './key-format.ts'
import { findKey } from './key-store.ts'
import type { LastUsedRecorder } from './last-used.ts'
import { listMemberships } from './member-store.ts'
import type { Principal } from './principal.ts'

/** Identifies the sender of a request by its key or cookie. Throws `unauthenticated`. Cached answers are synchronous. */
export type Authenticate = (request: FastifyRequest) => Principal | Promise<Principal>

export function createAuthenticate(deps: {
  readonly database: Queryable
  readonly clock: Clock
  readonly accounts: Accounts
  readonly caches: AccessCaches
  readonly keysUsed: LastUsedRecorder
  readonly sessionsSeen: LastUsedRecorder
}): Authenticate {
  const { database, clock, accounts, caches, keysUsed, sessionsSeen } = deps

  function authenticateKey(authorization: string): Principal | Promise<Principal> {
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    if (key === undefined || !isKeyShaped(key)) throw invalidKey()
    const hash = hashKey(key)
    const found = caches.keys.get(hash.toString('hex'), () => loadKey(database, hash))
    return found instanceof Promise ? found.then(acceptKey) : acceptKey(found)
  }

  function acceptKey(principal: Principal | undefined): Principal {
    if (principal === undefined) throw invalidKey()
    if (principal.kind === 'user') return principal
    const nowMs = clock.now()
    // Checked for cached keys too, so that no key outlives its expiry.
    if (principal.expiresAtMs !== null && nowMs >= principal.expiresAtMs)
      throw expiredKey(principal.expiresAtMs)
    keysUsed.record(principal.keyId, nowMs)
    return principal
  }

  function acceptSession(principal: Principal | undefined): Principal {
    if (principal === undefined) throw notSignedIn()
    if (principal.kind === 'user') sessionsSeen.record(principal.sessionId, clock.now())
    return principal
  }

  return (request) => {
    const { authorization } = request.headers
    if (authorization !== undefined) return authenticateKey(authorization)
    const cacheKey = sessionCacheKey(request, accounts)
    if (cacheKey === undefined) throw notSignedIn()
    const found = caches.sessions.get(cacheKey, () => loadSession(database, accounts, browserOf(request)))
    return found instanceof Promise ? found.then(acceptSession) : acceptSession(found)
  }
}

/** The name under which a request's session is cached, a hash of its cookie. Undefined without a cookie. */
export function sessionCacheKey(request: FastifyRequest, accounts: Accounts): string | undefined {
  const cookie = request.cookies[accounts.cookieName]
  return cookie === undefined ? undefined : createHash('sha256').update(cookie).digest('hex')
}

/** What a request says about its browser and session. */
export function browserOf(request: FastifyRequest): Browser {
  return {
    userAgent: request.headers['user-agent'],
    cookie: request.headers.cookie,
    address: request.ip,
  }
}

async function loadKey(database: Queryable, hash: Buffer): Promise<Principal | undefined> {
  const row = await findKey(database, hash)
  if (row === undefined) return undefined
  const { workspaceId, suspended, ...key } = row
  return workspaceId === null ? { kind: 'operator', ...key } : { kind: 'key', ...key, workspaceId, suspended }
}

async function loadSession(
  database: Queryable,
  accounts: Accounts,
  browser: Browser,
): Promise<Principal | undefined> {
  const session = await accounts.findSession(browser, { prolong: false })
  if (session === undefined) return undefined
  const userId = session.user.id
  const { secondFactor } = session.user
  const memberships = await listMemberships(database, userId)
  return { kind: 'user', userId, sessionId: session.sessionId, secondFactor, memberships }
}

function invalidKey(): Problem {
  return new Problem(
    platformProblems.unauthenticated,
    'This API key is invalid or revoked. Send a key as "Authorization: Bearer tt_…".',
  )
}

function expiredKey(expiresAtMs: number): Problem {
  return new Problem(
    platformProblems.unauthenticated,
    `This API key expired at ${instantOf(expiresAtMs)}. Create a new key.`,
  )
}

function notSignedIn(): Problem {
  return new Problem(
    platformProblems.unauthenticated,
    'Send an API key as "Authorization: Bearer tt_…", or sign in.',
  )
}
