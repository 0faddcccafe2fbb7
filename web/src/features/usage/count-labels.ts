import { locale } from '../../design/format/locale.ts'

const whole = new Intl.NumberFormat(locale)

/** Counts calls: `1 call`, `1,803 calls`. */
export function callsInWords(calls: number): string {
  return calls === 1 ? '1 call' : `${whole.format(calls)} calls`
}

/** Writes a count with separators: `1,803`. */
export function formatCount(count: number): string {
  return whole.format(count)
}
