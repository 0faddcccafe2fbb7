/** Amounts of money and instants inside sentences that the server writes. */

/** "$24.00" from 2400 minor units. */
export function moneyText(minor: number, currency: string): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

/** "22 Nov 2026, 11:00 (Europe/Berlin)" */
export function instantText(atMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone })
  return `${format.format(atMs)} (${timeZone})`
}
