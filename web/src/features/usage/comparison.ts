import type { UsageRange } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { countDays, windowInWords } from '../../design/format/date-window.ts'
import { dateInWords, localDate } from '../../design/format/instant.ts'
import { locale } from '../../design/format/locale.ts'

const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })

export type Comparison = { direction: 'more' | 'less' | 'same'; change: string; than: string }

/**
 * Compares a window with the same number of days right before it; null when the window has no beginning.
 *
 * @param createdOn the local date on which the workspace was created; windows that reach further back are not compared
 */
export function compareWithPrevious(
  { window, total, previous, asOf }: UsageRange,
  createdOn: string,
): Comparison | null {
  if (previous === null) return null
  const days = countDays(window)
  const before = `the previous ${days === 1 ? 'day' : `${days} days`}, ${windowInWords(previous)}`
  const beforeMs = previous.total.milliseconds
  const none = (why: string) => ({ direction: 'same', change: 'No comparison', than: `: ${why}` }) as const
  if (previous.from < createdOn) return none(`the workspace was created on ${dateInWords(createdOn)}`)
  if (beforeMs === 0) return none(`no credits were used in ${before}`)

  const today = localDate(Date.parse(asOf), window.timeZone)
  const caveat = window.from <= today && window.to >= today ? ' Today is not over yet.' : ''
  const than = `${before}: ${creditsInWords(beforeMs)}.${caveat}`
  const changeMs = total.milliseconds - beforeMs
  if (changeMs === 0) return { direction: 'same', change: 'Same', than: ` as ${than}` }
  const change = percents.format(Math.abs(changeMs) / beforeMs)
  return changeMs > 0
    ? { direction: 'more', change: `${change} more`, than: ` than ${than}` }
    : { direction: 'less', change: `${change} less`, than: ` than ${than}` }
}
