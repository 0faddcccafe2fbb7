import { describe, expect, it } from 'vitest'
import type { Balance } from '../../api/types.ts'
import { applyLine } from './apply-line.ts'

const amount = (milliseconds: number) => ({ milliseconds, credits: milliseconds / 60_000 })
const startMs = Date.parse('2026-11-22T10:00:00.000Z')
const at = (seconds: number) => new Date(startMs + seconds * 1000).toISOString()

describe('a balance after a balance line', () => {
  const balance: Balance = {
    asOf: at(10),
    balance: amount(600_000),
    monthly: { remaining: amount(600_000), granted: amount(1_800_000), resetsAt: at(1_000_000) },
    topUp: { remaining: amount(0) },
    promotional: { remaining: amount(0) },
    overdraft: amount(0),
    liveCalls: 0,
    runsOutAt: null,
    status: 'ok',
    lowBelow: amount(300_000),
    outSince: null,
  }

  it('takes a newer line and ignores an older one', () => {
    const line = { balance: amount(500_000), liveCalls: 2 }
    expect(applyLine(balance, { ...line, asOf: at(11) })).toMatchObject({ liveCalls: 2, asOf: at(11) })
    expect(applyLine(balance, { ...line, asOf: at(9) })).toBe(balance)
  })
})
