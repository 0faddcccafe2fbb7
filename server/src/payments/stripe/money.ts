/**
 * Currencies without decimals whose amounts Stripe counts in hundredths all the same: 5 krónur are 500.
 * https://docs.stripe.com/currencies#special-cases
 */
const countedInHundredths: ReadonlySet<string> = new Set(['ISK', 'UGX'])

/** Converts an amount in minor units of an ISO 4217 currency to Stripe's amount. */
export function toStripeAmount(amountMinor: number, currency: string): number {
  return countedInHundredths.has(currency) ? amountMinor * 100 : amountMinor
}

/** Converts an ISO 4217 code to Stripe's, which is in lower case. */
export function toStripeCurrency(currency: string): string {
  return currency.toLowerCase()
}
