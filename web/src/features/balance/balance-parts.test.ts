import { expect, it } from 'vitest'
import type { Balance } from '../../api/types.ts'
import { partsAt } from './balance-parts.ts'

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

it.each([
  // balance now, monthly, promotional, top-up, overdraft
  [10_000, 6_000, 1_000, 3_000, 0],
  [9_500, 5_500, 1_000, 3_000, 0],
  [3_500, 0, 500, 3_000, 0],
  [1_000, 0, 0, 1_000, 0],
  [0, 0, 0, 0, 0],
  [-700, 0, 0, 0, 700],
])(
  'the parts add up to the balance of %i ms',
  (balanceMs, monthlyMs, promotionalMs, topUpMs, overdraftMs) => {
    expect(partsAt(balance, balanceMs)).toEqual({ monthlyMs, promotionalMs, topUpMs, overdraftMs })
    expect(monthlyMs + promotionalMs + topUpMs - overdraftMs).toBe(balanceMs)
  },
)

it('leaves credit that came in the meantime to the server', () => {
  expect(partsAt(balance, 12_000)).toMatchObject({ monthlyMs: 6_000, topUpMs: 3_000 })
})
