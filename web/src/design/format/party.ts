import type { Call } from '../../api/types.ts'

/** The number of the other party: the caller of an inbound call, the callee of an outbound one; null when unknown. */
export function otherParty(call: Pick<Call, 'direction' | 'from' | 'to'>): string | null {
  return call.direction === 'outbound' ? call.to : call.from
}

/** Masks a number for screens that others can see: `+4915 ••• 4567`. */
export function maskNumber(number: string): string {
  if (number.length < 8) return `${number.slice(0, 1)}•••${number.slice(-2)}`
  const shown = number.length < 11 ? 3 : 5
  return `${number.slice(0, shown)} ••• ${number.slice(number.length < 11 ? -3 : -4)}`
}
