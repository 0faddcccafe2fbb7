/** Formats an amount of money in minor units for a sentence: "$24.00" from 2400 and USD. */
export function formatMoney(minor: number, currency: string): string {
  return moneyFormat(currency).format(minor / 10 ** currencyDigits(currency))
}

/** The number of decimal digits of a currency: 2 for USD, 0 for JPY. */
export function currencyDigits(currency: string): number {
  return moneyFormat(currency).resolvedOptions().maximumFractionDigits ?? 2
}

function moneyFormat(currency: string): Intl.NumberFormat {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency })
}

/** Formats epoch milliseconds for a sentence: "22 Nov 2026, 11:00 (Europe/Berlin)". */
export function formatInstant(atMs: number, timeZone: string): string {
  return `${instantFormat(timeZone).format(atMs)} (${timeZone})`
}

/** Formats by time zone. Creating one takes 0.1 ms, and there are a few hundred zones at most. */
const INSTANT_FORMATS = new Map<string, Intl.DateTimeFormat>()

function instantFormat(timeZone: string): Intl.DateTimeFormat {
  const known = INSTANT_FORMATS.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone })
  INSTANT_FORMATS.set(timeZone, format)
  return format
}
