import type { UsageRange } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { daysIn, windowInWords } from '../../design/format/date-window.ts'
import { dateInWords, localDate } from '../../design/format/instant.ts'
import { locale } from '../../design/format/locale.ts'

const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })

export type Comparison = { direction: 'more' | 'less' | 'same'; change: string; than: string }

/**
 * How a window compares with as many days right before it; null where nothing can be before.
 *
 * @param since the day on which the workspace began: with days before it nothing compares
 */
export function comparisonOf(
  { window, total, previous, asOf }: UsageRange,
  since: string,
): Comparison | null {
  if (previous === null) return null
  const days = daysIn(window)
  const before = `${days === 1 ? 'the day' : `the ${days} days`} before, ${windowInWords(previous)}`
  const beforeMs = previous.total.milliseconds
  const none = (why: string) => ({ direction: 'same', change: 'No comparison', than: `: ${why}` }) as const
  if (previous.from < since) return none(`the workspace began on ${dateInWords(since)}`)
  if (beforeMs === 0) return none(`nothing was spent in ${before}`)

  const today = localDate(Date.parse(asOf), window.timeZone)
  const caveat = window.from <= today && window.to >= today ? ' Today is not over yet.' : ''
  const than = `${before}: ${creditsInWords(beforeMs)}.${caveat}`
  const changeMs = total.milliseconds - beforeMs
  if (changeMs === 0) return { direction: 'same', change: 'As much', than: ` as in ${than}` }
  const change = percents.format(Math.abs(changeMs) / beforeMs)
  return changeMs > 0
    ? { direction: 'more', change: `${change} more`, than: ` than ${than}` }
    : { direction: 'less', change: `${change} less`, than: ` than ${than}` }
}
