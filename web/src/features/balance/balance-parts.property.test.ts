import { afterDraws, burnDown } from '@talktime/core/billing/burn-down'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Balance, Grant } from '../../api/types.ts'
import { type BalanceParts, partsAt, splitCredit } from './balance-parts.ts'

const amount = (milliseconds: number) => ({ milliseconds, credits: milliseconds / 60_000 })
const atDay = (day: number) => new Date(Date.UTC(2026, 10, day)).toISOString()
const RESET_DAY = 31

const anyGrant = fc.record({
  kind: fc.constantFrom('monthly', 'top_up', 'promotional', 'adjustment'),
  remainingMs: fc.integer({ min: 0, max: 5_000 }),
  grantedDay: fc.integer({ min: 1, max: 22 }),
  expiresDay: fc.option(fc.integer({ min: 23, max: 60 })),
})

/** Monthly credits expire at the reset, top-up credits never; the operator's grants as they say. */
function makeGrants(drawn: readonly (typeof anyGrant extends fc.Arbitrary<infer Value> ? Value : never)[]) {
  return drawn.map(({ kind, remainingMs, grantedDay, expiresDay }, index): Grant => {
    const ownExpiry = expiresDay === null ? null : atDay(expiresDay)
    return {
      id: `grant_${index}`,
      kind,
      amount: amount(remainingMs),
      remaining: amount(remainingMs),
      grantedAt: atDay(grantedDay),
      expiresAt: { monthly: atDay(RESET_DAY), top_up: null, promotional: ownExpiry, adjustment: ownExpiry }[
        kind
      ],
      reason: null,
    }
  })
}

function burn(grants: readonly Grant[], usedMs: number): BalanceParts {
  const burnable = grants.map((grant) => ({
    id: grant.id ?? '',
    kind: grant.kind,
    remainingMs: grant.remaining.milliseconds,
    grantedAtMs: Date.parse(grant.grantedAt),
    expiresAtMs: grant.expiresAt === null ? null : Date.parse(grant.expiresAt),
  }))
  const { draws, unpaidMs } = burnDown(burnable, usedMs)
  const left = afterDraws(burnable, draws)
  const sum = (...kinds: Grant['kind'][]) =>
    left.filter(({ kind }) => kinds.includes(kind)).reduce((total, { remainingMs }) => total + remainingMs, 0)
  return {
    monthlyMs: sum('monthly'),
    promotionalMs: sum('promotional', 'adjustment'),
    topUpMs: sum('top_up'),
    overdraftMs: unpaidMs,
  }
}

it('shows the parts that the server will, whatever live calls use after the balance was read', () => {
  const usedMs = fc.integer({ min: 0, max: 12_000 })
  fc.assert(
    fc.property(fc.array(anyGrant, { maxLength: 6 }), usedMs, usedMs, (drawn, beforeMs, sinceMs) => {
      const grants = makeGrants(drawn)
      const totalMs = grants.reduce((total, grant) => total + grant.remaining.milliseconds, 0)
      const read = burn(grants, beforeMs)
      const balance: Balance = {
        asOf: atDay(22),
        balance: amount(totalMs - beforeMs),
        monthly: { remaining: amount(read.monthlyMs), granted: amount(60_000), resetsAt: atDay(RESET_DAY) },
        topUp: { remaining: amount(read.topUpMs) },
        promotional: { remaining: amount(read.promotionalMs) },
        overdraft: amount(read.overdraftMs),
        liveCalls: 1,
        runsOutAt: null,
        status: 'ok',
        lowBelow: amount(0),
        outSince: null,
      }
      expect(partsAt(splitCredit(balance, grants), totalMs - beforeMs - sinceMs)).toEqual(
        burn(grants, beforeMs + sinceMs),
      )
    }),
    { numRuns: 300 },
  )
})
