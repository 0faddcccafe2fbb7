/** Amounts of money and instants inside sentences that the server writes. */

/** "$24.00" from 2400 minor units. */
export function moneyText(minor: number, currency: string): string {
  return moneyFormat(currency).format(minor / 10 ** currencyDigits(currency))
}

/** How many digits a currency has behind the point: 2 for USD, 0 for JPY. */
export function currencyDigits(currency: string): number {
  return moneyFormat(currency).resolvedOptions().maximumFractionDigits ?? 2
}

function moneyFormat(currency: string): Intl.NumberFormat {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency })
}

/** "22 Nov 2026, 11:00 (Europe/Berlin)" */
export function instantText(atMs: number, timeZone: string): string {
  return `${instantFormat(timeZone).format(atMs)} (${timeZone})`
}

/** Making one takes a tenth of a millisecond, and there are a few hundred zones at the most. */
const instantFormats = new Map<string, Intl.DateTimeFormat>()

function instantFormat(timeZone: string): Intl.DateTimeFormat {
  const known = instantFormats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone })
  instantFormats.set(timeZone, format)
  return format
}
