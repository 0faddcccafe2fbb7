import type { UsageRange } from '../../api/types.ts'
import { windowInWords } from '../../design/format/date-window.ts'
import { instant, localDate } from '../../design/format/instant.ts'
import type { Dates } from './usage-search.ts'

/** One bar of the chart, and one row of its table: a day, week or month. */
export type Bucket = Dates & {
  usedMs: number
  calls: number
  /** Whether it includes today, so that it can still grow. */
  partial: boolean
}

export type ChartUnit = UsageRange['chart']['unit']

/** Lists the buckets of a window, oldest first. */
export function listBuckets({ chart, asOf, window }: UsageRange): Bucket[] {
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

/** The label under a bar: `Oct 26`. */
export function formatTick(date: string, unit: ChartUnit): string {
  return instant(noon(date), unit === 'month' ? 'monthShort' : 'day', 'UTC')
}

/** Names a bucket: `Mon, Oct 26, 2026`, or the first and last day of a week or month. */
export function bucketInWords({ from, to }: Dates): string {
  return from === to ? instant(noon(from), 'weekday', 'UTC') : windowInWords({ from, to })
}

/** Says that a bucket is not complete yet. */
export function describePartial(unit: ChartUnit): string {
  return unit === 'day' ? 'today, so far' : `this ${unit}, so far`
}
