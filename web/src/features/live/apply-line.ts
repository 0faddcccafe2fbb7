import type { Balance } from '../../api/types.ts'
import type { LineEvent } from './message.ts'

/** Applies a newer balance line to a balance. Its parts stay until they are fetched again. Older lines are ignored. */
export function applyLine(balance: Balance, line: LineEvent): Balance {
  if (Date.parse(line.asOf) < Date.parse(balance.asOf)) return balance
  return { ...balance, asOf: line.asOf, balance: line.balance, liveCalls: line.liveCalls }
}
