import type { Balance } from '../../api/types.ts'
import type { LineEvent } from './message.ts'

/** The balance with a newer line; its parts stay until they are fetched again. An older line changes nothing. */
export function withLine(balance: Balance, line: LineEvent): Balance {
  if (Date.parse(line.asOf) < Date.parse(balance.asOf)) return balance
  return { ...balance, asOf: line.asOf, balance: line.balance, liveCalls: line.liveCalls }
}
