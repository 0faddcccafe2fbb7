/** One credit is one minute of conversation. All amounts are whole milliseconds of talk time. */
export const MS_PER_CREDIT = 60_000

/** Milliseconds as credits, for people and for the decimal half of an API amount. Not exact: 1 ms is 0.0000166… */
export function creditsFromMs(ms: number): number {
  return ms / MS_PER_CREDIT
}

/**
 * Credits as whole milliseconds, rounded to the nearest. Throws a RangeError where the amount is no finite number
 * or so large that milliseconds would no longer be exact.
 */
export function msFromCredits(credits: number): number {
  const ms = Math.round(credits * MS_PER_CREDIT)
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${credits} credits cannot be kept exactly`)
  return ms === 0 ? 0 : ms
}

/**
 * Credits for the screen: at most two decimals, grouped, in the reader's locale. Rounded towards zero, so that
 * the screen never promises credit that is not there.
 */
export function formatCredits(ms: number, locale?: string): string {
  return new Intl.NumberFormat(locale, {
    maximumFractionDigits: 2,
    roundingMode: 'trunc',
    // A debt of less than a hundredth is "0", not "-0".
    signDisplay: 'negative',
  }).format(creditsFromMs(ms))
}
