import type { Call } from '../../api/types.ts'

/** The other side of a call: the caller of an inbound one, the called of an outbound one. */
export function otherParty(call: Pick<Call, 'direction' | 'from' | 'to'>): string | null {
  return call.direction === 'outbound' ? call.to : call.from
}

/** A number that a passer-by cannot read off the screen: `+4915 ••• 4567`. */
export function masked(number: string): string {
  if (number.length < 8) return `${number.slice(0, 1)}•••${number.slice(-2)}`
  const shown = number.length < 11 ? 3 : 5
  return `${number.slice(0, shown)} ••• ${number.slice(number.length < 11 ? -3 : -4)}`
}
