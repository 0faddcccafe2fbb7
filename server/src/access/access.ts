import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { createAccessCaches, dropCached, setCaching } from './access-caches.ts'
import { type AccessChange, listenForChanges } from './access-changes.ts'
import { type Accounts, openAccounts } from './accounts.ts'
import { type Authenticate, createAuthenticate } from './authenticate.ts'
import { boundLookups } from './bound-lookups.ts'
import { createLastUsedRecorder } from './last-used.ts'
import type { Scope } from './principal.ts'
import { createScopes, type ScopeOptions } from './scope.ts'
import { findWorkspaceState } from './workspace-store.ts'

/** Who sends a request, and in which workspace it may act. */
export type Access = {
  readonly accounts: Accounts
  /** Identifies the sender of a request by its key or cookie. Throws `unauthenticated`. */
  readonly authenticate: Authenticate
  /**
   * The workspace in which a request acts, and its role there. Throws `workspace_not_found` for a workspace that does
   * not exist or that the sender has no access to, and `workspace_suspended` for a change in a suspended workspace by
   * anyone but the operator.
   */
  scopeOf(request: FastifyRequest, options?: ScopeOptions): Promise<Scope>
  /** Drops what a change made wrong from this process's caches. Call it after the transaction that announced it. */
  dropCached(change: AccessChange): void
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
  const lastUsed = createLastUsedRecorder(database, log)
  const caches = createAccessCaches(clock)
  const listener = await listenForChanges({
    database,
    log,
    onChange: (change) => dropCached(caches, change),
    onState: (isListening) => setCaching(caches, isListening),
  })
  return {
    accounts,
    authenticate: boundLookups(
      createAuthenticate({ database: database.urgent, clock, accounts, caches, lastUsed }),
    ),
    scopeOf: createScopes({
      cache: caches.workspaces,
      load: (workspaceId) => findWorkspaceState(database.urgent, workspaceId),
    }),
    dropCached: (change) => dropCached(caches, change),
    async close() {
      await listener.close()
      await lastUsed.settled()
    },
  }
}
