import { availableParallelism } from 'node:os'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import { type Database, openDatabase } from '../platform/database/database.ts'
import type { Mailer } from '../platform/mail/mailer.ts'
import type { Secrets } from '../platform/sealed-box.ts'
import { createAccessCaches, dropCached, setCaching } from './access-caches.ts'
import { type AccessChange, listenForChanges } from './access-changes.ts'
import { createSecondFactors, type SecondFactors } from './account/second-factors.ts'
import { recordSessionsSeen } from './account/session-store.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { type Authenticate, createAuthenticate } from './authenticate.ts'
import { openBetterAuth } from './better-auth.ts'
import { boundLookups } from './bound-lookups.ts'
import { recordKeysUsed } from './key-store.ts'
import { createLastUsedRecorder } from './last-used.ts'
import { createAccessLimits, type LimitPolicies } from './limits/limits.ts'
import { createAccountMailer } from './mails/account-mailer.ts'
import { createPasswordHasher } from './passwords/password-hasher.ts'
import type { Scope } from './principal.ts'
import { createScopes, type ScopeOptions } from './scope.ts'
import { createSignInGate } from './sign-in/gate.ts'
import { createKnownDevices } from './sign-in/known-device.ts'
import { createSignUpProof } from './sign-in/sign-up-proof.ts'
import type { SignInTools } from './sign-in/tools.ts'
import { findWorkspaceState } from './workspace-store.ts'

/** Who sends a request, and in which workspace it may act. */
export type Access = {
  readonly accounts: Accounts
  readonly secondFactors: SecondFactors
  readonly signIn: SignInTools
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

export type AccessOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  readonly secrets: Secrets
  readonly publicUrl: string | undefined
  /** The name of the service, under which authenticator apps list accounts. */
  readonly serviceName: string
  /** Limits that differ from the usual ones. */
  readonly limits?: LimitPolicies | undefined
  readonly mailer: Mailer
  /** The origin of links in mails. */
  readonly origin: string
  /** Whether people confirm their email address before they sign in for the first time. */
  readonly verifiesEmail: boolean
}

/** Four, and two that a pool keeps for urgent work, of which signing in has none. */
const SIGN_IN_CONNECTIONS_MAX = 6

/** Requests about passwords that are worked on at once. A known browser always finds some room. */
const GATE_LIMITS = { all: 20, unknown: 14 }

/** One processor is left to calls. Two at once suffice for 30 sign-ins a second. */
const HASHES_AT_ONCE = Math.max(1, Math.min(2, availableParallelism() - 1))

export async function openAccess(options: AccessOptions): Promise<Access> {
  const { database, clock, log } = options
  const signIn = await openSignIn(options)
  const accounts = createAccounts(signIn.auth, signIn.passwords)
  const keysUsed = createLastUsedRecorder((uses, ms) => recordKeysUsed(database, uses, ms), log)
  const sessionsSeen = createLastUsedRecorder((uses, ms) => recordSessionsSeen(database, uses, ms), log)
  const caches = createAccessCaches(clock)
  const listener = await listenForChanges({
    database,
    log,
    onChange: (change) => dropCached(caches, change),
    onState: (isListening) => setCaching(caches, isListening),
  })
  let closing: Promise<void> | undefined
  async function closeAll(): Promise<void> {
    await listener.close()
    await keysUsed.settled()
    await sessionsSeen.settled()
    await signIn.mails.close()
    await signIn.database.close()
  }

  return {
    accounts,
    secondFactors: createSecondFactors(signIn.auth, clock),
    signIn,
    authenticate: boundLookups(
      createAuthenticate({ database: database.urgent, clock, accounts, caches, keysUsed, sessionsSeen }),
    ),
    scopeOf: createScopes({
      cache: caches.workspaces,
      load: (workspaceId) => findWorkspaceState(database.urgent, workspaceId),
    }),
    dropCached: (change) => dropCached(caches, change),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}

async function openSignIn(options: AccessOptions): Promise<SignInTools> {
  const { clock, log, mailer, origin, serviceName, verifiesEmail } = options
  const database = openDatabase(options.database.connection, {
    connectionsMax: SIGN_IN_CONNECTIONS_MAX,
    link: options.database.link,
  })
  const limits = createAccessLimits({ ...options, database, policies: options.limits })
  const devices = createKnownDevices(options)
  return {
    database,
    clock,
    auth: await openBetterAuth(options),
    passwords: createPasswordHasher({ atOnceMax: HASHES_AT_ONCE, waitingMax: GATE_LIMITS.all }),
    limits,
    gate: createSignInGate(devices, GATE_LIMITS),
    devices,
    signUpProof: createSignUpProof(options),
    mails: createAccountMailer({ mailer, limits, clock, log, sender: { origin, serviceName } }),
    verifiesEmail,
  }
}
