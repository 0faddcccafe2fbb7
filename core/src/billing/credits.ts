/** One credit is one minute of conversation. Every amount of credit is a whole number of milliseconds of talk time. */
export const MS_PER_CREDIT = 60_000

/** Converts milliseconds to credits for display and for the decimal half of an API amount. Not exact: 1 ms is 0.0000166… */
export function creditsFromMs(ms: number): number {
  return ms / MS_PER_CREDIT
}

/**
 * Converts credits to whole milliseconds, rounded to the nearest.
 *
 * @throws RangeError when the amount is not finite, or too large for milliseconds to be exact
 */
export function msFromCredits(credits: number): number {
  const ms = Math.round(credits * MS_PER_CREDIT)
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${credits} credits cannot be kept exactly`)
  return ms === 0 ? 0 : ms
}

type Shape = 'short' | 'fixed' | 'whole'

const shapes: Record<Shape, Intl.NumberFormatOptions> = {
  short: { maximumFractionDigits: 2 },
  fixed: { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  whole: { maximumFractionDigits: 0 },
}

/** Formats by shape and locale. The dashboard formats a ticking number on every frame, and making a format is slow. */
const formats = new Map<string, Intl.NumberFormat>()

function findFormat(shape: Shape, locale: string | undefined): Intl.NumberFormat {
  const key = `${shape} ${locale ?? ''}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat(locale, {
    ...shapes[shape],
    // The text must never promise credit that is not there.
    roundingMode: 'trunc',
    // A debt of less than a hundredth is "0", not "-0".
    signDisplay: 'negative',
  })
  formats.set(key, made)
  return made
}

/**
 * Credits with at most two decimals, for sentences: 90,000 ms is `1.5`. Rounds toward zero and groups digits as the
 * locale does; without a locale, as the environment does.
 */
export function formatCredits(ms: number, locale?: string): string {
  return findFormat('short', locale).format(creditsFromMs(ms))
}

/** Credits with exactly two decimals, for columns and ticking numbers: 90,000 ms is `1.50`. Rounds toward zero. */
export function formatCreditsFixed(ms: number, locale?: string): string {
  return findFormat('fixed', locale).format(creditsFromMs(ms))
}

/** Credits with their noun: `1 credit`, `1.5 credits`. Rounds toward zero to two decimals. The noun is English. */
export function creditsInWords(ms: number, locale?: string): string {
  const text = formatCredits(ms, locale)
  return `${text} ${text === formatCredits(MS_PER_CREDIT, locale) ? 'credit' : 'credits'}`
}

/**
 * Credits exact to the millisecond: 90,000 ms is `1.5`. Decimals that never end are cut after the sixth and get an
 * ellipsis: 92,500 ms is `1.541666…`.
 */
export function formatCreditsExact(ms: number, locale?: string): string {
  const sign = ms < 0 ? '−' : ''
  const sizeMs = Math.abs(ms)
  const whole = findFormat('whole', locale).format(Math.floor(sizeMs / MS_PER_CREDIT))
  const restMs = sizeMs % MS_PER_CREDIT
  if (restMs === 0) return sign + whole
  // Six decimals as an integer: floating point would show digits that are not there.
  const millionths = String(Math.floor((restMs * 1_000_000) / MS_PER_CREDIT)).padStart(6, '0')
  const ends = (restMs * 1_000_000) % MS_PER_CREDIT === 0
  const decimals = ends ? millionths.replace(/0+$/, '') : `${millionths}…`
  return `${sign}${whole}${readDecimalSign(locale)}${decimals}`
}

function readDecimalSign(locale: string | undefined): string {
  const parts = findFormat('fixed', locale).formatToParts(0.5)
  return parts.find((part) => part.type === 'decimal')?.value ?? '.'
}
