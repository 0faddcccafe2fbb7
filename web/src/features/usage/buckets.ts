import type { UsageRange } from '../../api/types.ts'
import { windowInWords } from '../../design/format/date-window.ts'
import { instant, localDate } from '../../design/format/instant.ts'
import type { Dates } from './usage-search.ts'

/** One bar of the chart and row of its table: a day, or a week or month of a long window. */
export type Bucket = Dates & {
  usedMs: number
  calls: number
  /** Today is in it: it will grow. */
  partial: boolean
}

export type ChartUnit = UsageRange['chart']['unit']

/** The bars of a window, the oldest first. */
export function bucketsOf({ chart, asOf, window }: UsageRange): Bucket[] {
  const today = localDate(Date.parse(asOf), window.timeZone)
  return chart.buckets.map(({ from, to, total, calls }) => ({
    from,
    to,
    usedMs: total.milliseconds,
    calls,
    partial: from <= today && to >= today,
  }))
}

const noon = (date: string) => `${date}T12:00:00Z`

/** `26 Oct`, under a bar. */
export function tickOf(date: string, unit: ChartUnit): string {
  return instant(noon(date), unit === 'month' ? 'monthShort' : 'day', 'UTC')
}

/** `Mon, 26 Oct 2026`; a week or month by its first and last day. */
export function bucketInWords({ from, to }: Dates): string {
  return from === to ? instant(noon(from), 'weekday', 'UTC') : windowInWords({ from, to })
}

/** What the last bar misses. */
export function partialInWords(unit: ChartUnit): string {
  return unit === 'day' ? 'today, so far' : `this ${unit}, so far`
}
