import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { createSealedBox, type Secrets } from '../../platform/sealed-box.ts'
import {
  countAttempt,
  forgiveAttempt,
  LIMIT_POLICIES,
  type LimitKind,
  type LimitPolicy,
} from './limit-policy.ts'
import { type LimitRow, lockLimits, writeLimits } from './limit-store.ts'
import { networkOf } from './network.ts'

/** What an attempt is counted for: a kind of limit, and whom or what it counts, such as a network. */
export type Counted = { readonly kind: LimitKind; readonly name: string }

/** An attempt that was counted. */
export type Attempt = {
  /** It was rightful: it is taken back from what others share, and what counts this person or browser starts over. */
  succeeded(): Promise<void>
}

/** Limits attempts to guess passwords and tokens, to create accounts and to have mails sent. All servers count together. */
export type AccessLimits = {
  /** Counts an attempt. Throws `too_many_requests`, and nothing is counted, if one of the counts does not allow it. */
  attempt(reply: FastifyReply, counted: readonly Counted[]): Promise<Attempt>
  /** Counts an attempt if it is allowed. */
  isAllowed(counted: Counted): Promise<boolean>
  /** Names the network of a request, for counting. */
  networkOf(request: FastifyRequest): string
}

export type LimitPolicies = Partial<Record<LimitKind, LimitPolicy>>

/** Kinds that count one person or browser. Success shows that the attempts before it were that person's. */
const STARTS_OVER: readonly LimitKind[] = ['accountFromNetwork', 'device', 'person']

export function createAccessLimits(deps: {
  readonly database: Database
  readonly clock: Clock
  readonly secrets: Secrets
  readonly policies?: LimitPolicies | undefined
}): AccessLimits {
  const { database, clock } = deps
  const policies: Record<LimitKind, LimitPolicy> = { ...LIMIT_POLICIES, ...deps.policies }
  const box = createSealedBox({ secret: deps.secrets.secret }, 'sign-in limits')
  const keyOf = ({ kind, name }: Counted) => box.hash([kind, name])

  /** Counts in one transaction. Returns the latest instant at which a count allows attempts again. */
  function count(counted: readonly Counted[]): Promise<number | undefined> {
    const nowMs = clock.now()
    return database.transaction(async (tx) => {
      const rows = await lockLimits(tx, counted.map(keyOf), nowMs)
      const outcomes = matchRows(counted, rows, keyOf).map(([{ kind }, row]) => ({
        key: row.key,
        ...countAttempt(policies[kind], row, nowMs),
      }))
      const refusals = outcomes.flatMap((outcome) => ('retryAtMs' in outcome ? [outcome.retryAtMs] : []))
      if (refusals.length > 0) return Math.max(...refusals)
      const next = outcomes.flatMap((outcome) =>
        'state' in outcome ? [{ key: outcome.key, ...outcome.state }] : [],
      )
      await writeLimits(tx, next)
      return undefined
    })
  }

  function forgive(counted: readonly Counted[]): Promise<void> {
    const nowMs = clock.now()
    return database.transaction(async (tx) => {
      const rows = await lockLimits(tx, counted.map(keyOf), nowMs)
      const next = matchRows(counted, rows, keyOf).map(([{ kind }, row]) => ({
        ...(STARTS_OVER.includes(kind)
          ? { debtMs: 0, atMs: nowMs, nextAtMs: 0 }
          : forgiveAttempt(policies[kind], row, nowMs)),
        key: row.key,
      }))
      await writeLimits(tx, next)
    })
  }

  return {
    networkOf: (request) => networkOf(request.ip),
    async attempt(reply, counted) {
      const retryAtMs = await count(counted)
      if (retryAtMs !== undefined) throw tooMany(reply, retryAtMs - clock.now())
      return { succeeded: () => forgive(counted) }
    },
    isAllowed: async (counted) => (await count([counted])) === undefined,
  }
}

function matchRows(
  counted: readonly Counted[],
  rows: readonly LimitRow[],
  keyOf: (one: Counted) => Buffer,
): [Counted, LimitRow][] {
  const byKey = new Map(rows.map((row) => [row.key.toString('hex'), row]))
  return counted.flatMap((one) => {
    const row = byKey.get(keyOf(one).toString('hex'))
    return row === undefined ? [] : [[one, row]]
  })
}

/** The problem of an attempt that comes too soon. Sets Retry-After. */
export function tooMany(reply: FastifyReply, waitMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  reply.header('retry-after', String(seconds))
  const time =
    seconds === 1 ? 'a second' : seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
  return new Problem(platformProblems.too_many_requests, `Too many attempts. Try again in ${time}.`)
}
