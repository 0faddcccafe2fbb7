import { locale } from './locale.ts'

const secondsExact = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 })
const secondsBrief = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 })
const whole = new Intl.NumberFormat(locale)

const pad = (value: number) => String(value).padStart(2, '0')

/** Writes a timer: `0:07`, `12:30`, `1:02:05`. */
export function timer(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`
}

/** Writes seconds with three decimals: `92.500 s`. */
export function secondsFixed(milliseconds: number): string {
  return `${secondsExact.format(milliseconds / 1000).replace('-', '−')} s`
}

/** Writes seconds without trailing zeros, for sentences: `92.5 s`. */
export function secondsInWords(milliseconds: number): string {
  return `${secondsBrief.format(milliseconds / 1000)} s`
}

/** Writes a rough length of time: `45 s`, `3 min 20 s`, `2 h 5 min`, `4 days`. */
export function roughly(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${whole.format(Math.floor(hours / 24))} days`
}
