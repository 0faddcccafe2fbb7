import { describe, expect, it } from 'vitest'
import type { Balance, Grant } from '../../api/types.ts'
import { partsAt, partsInBurnOrder, splitCredit } from './balance-parts.ts'

const amount = (milliseconds: number) => ({ milliseconds, credits: milliseconds / 60_000 })
const balance: Balance = {
  asOf: '2026-11-22T10:00:00.000Z',
  balance: amount(10_000),
  monthly: { remaining: amount(6_000), granted: amount(60_000), resetsAt: '2026-12-01T00:00:00.000Z' },
  topUp: { remaining: amount(3_000) },
  promotional: { remaining: amount(1_000) },
  overdraft: amount(0),
  liveCalls: 1,
  runsOutAt: null,
  status: 'ok',
  lowBelow: amount(300_000),
  outSince: null,
}

const grant = (
  kind: Grant['kind'],
  remainingMs: number,
  dates: { grantedAt?: string; expiresAt?: string | null } = {},
): Grant => ({
  id: `${kind} ${dates.grantedAt ?? ''} ${dates.expiresAt ?? ''}`,
  kind,
  amount: amount(remainingMs),
  remaining: amount(remainingMs),
  grantedAt: '2026-11-01T00:00:00.000Z',
  expiresAt: null,
  reason: null,
  ...dates,
})

describe('the parts of a balance whose grants are not known', () => {
  it.each([
    // balance now, monthly, promotional, top-up, overdraft
    [10_000, 6_000, 1_000, 3_000, 0],
    [9_500, 5_500, 1_000, 3_000, 0],
    [3_500, 0, 500, 3_000, 0],
    [1_000, 0, 0, 1_000, 0],
    [0, 0, 0, 0, 0],
    [-700, 0, 0, 0, 700],
  ])('add up to a balance of %i ms', (balanceMs, monthlyMs, promotionalMs, topUpMs, overdraftMs) => {
    const parts = partsAt(splitCredit(balance, []), balanceMs)
    expect(parts).toEqual({ monthlyMs, promotionalMs, topUpMs, overdraftMs })
    expect(monthlyMs + promotionalMs + topUpMs - overdraftMs).toBe(balanceMs)
  })

  it('do not change when credit arrives: the server says of which kind it is', () => {
    expect(partsAt(splitCredit(balance, []), 12_000)).toMatchObject({ monthlyMs: 6_000, topUpMs: 3_000 })
  })
})

describe('the parts of a balance whose grants are known', () => {
  it('burn a promotion that expires before the cycle ends first', () => {
    const split = splitCredit(balance, [
      grant('promotional', 1_000, { expiresAt: '2026-11-25T00:00:00.000Z' }),
    ])
    expect(partsInBurnOrder(split)).toEqual(['promotional', 'monthly', 'topUp'])
    expect(partsAt(split, 9_500)).toMatchObject({ monthlyMs: 6_000, promotionalMs: 500, topUpMs: 3_000 })
    expect(partsAt(split, 8_500)).toMatchObject({ monthlyMs: 5_500, promotionalMs: 0, topUpMs: 3_000 })
  })

  it('burn a promotion that expires after the cycle between monthly and top-up credits', () => {
    const split = splitCredit(balance, [
      grant('promotional', 1_000, { expiresAt: '2026-12-24T00:00:00.000Z' }),
    ])
    expect(partsInBurnOrder(split)).toEqual(['monthly', 'promotional', 'topUp'])
    expect(partsAt(split, 3_500)).toMatchObject({ monthlyMs: 0, promotionalMs: 500, topUpMs: 3_000 })
  })

  it('burn one promotion before the monthly credits and another after them', () => {
    const split = splitCredit(balance, [
      grant('promotional', 400, { expiresAt: '2026-11-25T00:00:00.000Z' }),
      grant('adjustment', 600, { expiresAt: '2026-12-24T00:00:00.000Z' }),
    ])
    expect(partsAt(split, 9_600)).toMatchObject({ monthlyMs: 6_000, promotionalMs: 600 })
    expect(partsAt(split, 3_600)).toMatchObject({ monthlyMs: 0, promotionalMs: 600 })
    expect(partsAt(split, 3_300)).toMatchObject({ monthlyMs: 0, promotionalMs: 300, topUpMs: 3_000 })
  })

  it('burn what never expires from the oldest on', () => {
    const split = splitCredit(balance, [
      grant('promotional', 1_000, { grantedAt: '2026-11-10T00:00:00.000Z' }),
      grant('top_up', 3_000, { grantedAt: '2026-11-05T00:00:00.000Z' }),
    ])
    expect(partsInBurnOrder(split)).toEqual(['monthly', 'topUp', 'promotional'])
    expect(partsAt(split, 2_000)).toMatchObject({ monthlyMs: 0, topUpMs: 1_000, promotionalMs: 1_000 })
  })

  it('follow the balance where the grants were read earlier', () => {
    const split = splitCredit(balance, [
      grant('promotional', 5_000, { expiresAt: '2026-11-25T00:00:00.000Z' }),
    ])
    expect(partsAt(split, 10_000)).toMatchObject({ monthlyMs: 6_000, promotionalMs: 1_000, topUpMs: 3_000 })
  })
})
