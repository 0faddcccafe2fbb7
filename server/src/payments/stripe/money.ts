/**
 * Currencies without decimals that Stripe counts in hundredths all the same: 5 krónur are 500.
 * https://docs.stripe.com/currencies#special-cases
 */
const countedInHundredths: ReadonlySet<string> = new Set(['ISK', 'UGX'])

/** An amount in minor units of an ISO 4217 currency, as Stripe counts it. */
export function stripeAmount(amountMinor: number, currency: string): number {
  return countedInHundredths.has(currency) ? amountMinor * 100 : amountMinor
}

/** Stripe writes currencies in small letters. */
export function stripeCurrency(currency: string): string {
  return currency.toLowerCase()
}
