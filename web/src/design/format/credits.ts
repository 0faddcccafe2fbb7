import { locale } from './locale.ts'

/** One credit is one minute of conversation. */
const creditMs = 60_000

const twoDecimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const upToTwoDecimals = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
const whole = new Intl.NumberFormat(locale)
const decimalSign = twoDecimals.formatToParts(0.5).find((part) => part.type === 'decimal')?.value ?? '.'

const withoutMinusZero = (value: number) => (value === 0 ? 0 : value)

/** Credits with two decimals, for columns and numbers that tick: `1.54`. */
export function creditsFixed(milliseconds: number): string {
  return twoDecimals.format(withoutMinusZero(Math.round((milliseconds / creditMs) * 100) / 100))
}

/** Credits with at most two decimals, for sentences: `1.5`, `30`. */
export function creditsBrief(milliseconds: number): string {
  return upToTwoDecimals.format(withoutMinusZero(Math.round((milliseconds / creditMs) * 100) / 100))
}

/** `1 credit`, `1.5 credits`. */
export function creditsInWords(milliseconds: number): string {
  const text = creditsBrief(milliseconds)
  return `${text} ${text === '1' ? 'credit' : 'credits'}`
}

/**
 * Credits exact to the millisecond. A number that has no end gets six decimals, cut, and an ellipsis:
 * 92,500 ms is `1.541666…`, 90,000 ms is `1.5`.
 */
export function creditsExact(milliseconds: number): string {
  const sign = milliseconds < 0 ? '−' : ''
  const rest = Math.abs(milliseconds)
  const wholeCredits = Math.floor(rest / creditMs)
  const left = rest % creditMs
  if (left === 0) return sign + whole.format(wholeCredits)
  // Six decimals as an integer, so that no floating point is in it.
  const millionths = Math.floor((left * 1_000_000) / creditMs)
  const ends = (left * 1_000_000) % creditMs === 0
  const digits = String(millionths).padStart(6, '0')
  const shown = ends ? digits.replace(/0+$/, '') : `${digits}…`
  return `${sign}${whole.format(wholeCredits)}${decimalSign}${shown}`
}
