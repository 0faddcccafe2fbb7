import type { Balance } from '../../api/types.ts'

/** What the balance is made of, in milliseconds of talk time. They add up to it; overdraft counts against it. */
export type BalanceParts = { monthlyMs: number; promotionalMs: number; topUpMs: number; overdraftMs: number }

/**
 * The parts when the balance is `balanceMs`. The server told them some moments ago; what was spent since comes off
 * in the burn order, as far as it can be known here: what expires with the cycle first, what never expires last.
 */
export function partsAt(balance: Balance, balanceMs: number): BalanceParts {
  const told = {
    monthlyMs: balance.monthly.remaining.milliseconds,
    promotionalMs: balance.promotional.remaining.milliseconds,
    topUpMs: balance.topUp.remaining.milliseconds,
    overdraftMs: balance.overdraft.milliseconds,
  }
  let spentMs = told.monthlyMs + told.promotionalMs + told.topUpMs - told.overdraftMs - balanceMs
  // Credit that came in the meantime: only the server knows of which kind.
  if (spentMs <= 0) return told
  const take = (partMs: number) => {
    const takenMs = Math.min(partMs, spentMs)
    spentMs -= takenMs
    return partMs - takenMs
  }
  const monthlyMs = take(told.monthlyMs)
  const promotionalMs = take(told.promotionalMs)
  const topUpMs = take(told.topUpMs)
  return { monthlyMs, promotionalMs, topUpMs, overdraftMs: told.overdraftMs + spentMs }
}
