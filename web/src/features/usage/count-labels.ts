import { locale } from '../../design/format/locale.ts'

const whole = new Intl.NumberFormat(locale)

/** `1 call`, `1,803 calls`. */
export function callsInWords(calls: number): string {
  return calls === 1 ? '1 call' : `${whole.format(calls)} calls`
}

/** `1,803`. */
export function countInWords(count: number): string {
  return whole.format(count)
}
