/** Windows of whole local days, as local dates such as 2026-11-22; both ends are included. */
export type DateRange = { readonly from: string; readonly to: string }

export const WINDOW_PRESETS = [
  'last_30_days',
  'last_3_months',
  'last_6_months',
  'last_12_months',
  'all',
] as const

export type WindowPreset = (typeof WINDOW_PRESETS)[number]

const monthsBack = { last_3_months: 3, last_6_months: 6, last_12_months: 12 }

/**
 * The days of a preset. All of them end with today. The last 30 days are today and the 29 days before it; the last N
 * months start on the day after today's date N months ago, which is the last day of a month that has no such date.
 *
 * @param firstDay the day of the first transaction, with which `all` starts; null: there is none yet
 */
export function resolveWindowPreset(preset: WindowPreset, today: string, firstDay: string | null): DateRange {
  const day = Temporal.PlainDate.from(today)
  switch (preset) {
    case 'last_30_days':
      return { from: day.subtract({ days: 29 }).toString(), to: today }
    case 'last_3_months':
    case 'last_6_months':
    case 'last_12_months': {
      const sameDate = day.subtract({ months: monthsBack[preset] }, { overflow: 'constrain' })
      return { from: sameDate.add({ days: 1 }).toString(), to: today }
    }
    case 'all':
      return { from: firstDay === null || firstDay > today ? today : firstDay, to: today }
  }
}

/** How many dates a window has. Throws a RangeError for what is no date. */
export function countDates({ from, to }: DateRange): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days + 1
}

/** As many dates as the window has, right before it. */
export function computePreviousWindow(window: DateRange): DateRange {
  const from = Temporal.PlainDate.from(window.from)
  return {
    from: from.subtract({ days: countDates(window) }).toString(),
    to: from.subtract({ days: 1 }).toString(),
  }
}

/** The first and last date of the calendar month that holds a date. */
export function monthOf(date: string): DateRange {
  const day = Temporal.PlainDate.from(date)
  return { from: day.with({ day: 1 }).toString(), to: day.with({ day: day.daysInMonth }).toString() }
}

/** What a chart of a window shows as one. */
export type ChartUnit = 'day' | 'week' | 'month'

/** No chart has more. */
const CHART_BUCKETS_MAX = 370

/** Days as long as they fit into a chart, then weeks, then months. */
export function chooseChartUnit(window: DateRange): ChartUnit {
  const dates = countDates(window)
  if (dates <= CHART_BUCKETS_MAX) return 'day'
  return dates <= (CHART_BUCKETS_MAX - 1) * 7 ? 'week' : 'month'
}

/** The first date of the week (Monday) or month that holds a date; of a day, itself. */
export function findBucketStart(date: string, unit: ChartUnit): string {
  if (unit === 'day') return date
  const day = Temporal.PlainDate.from(date)
  return (unit === 'week' ? day.subtract({ days: day.dayOfWeek - 1 }) : day.with({ day: 1 })).toString()
}

/** A date by itself: without a time, and one that the calendar has. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    return Temporal.PlainDate.from(text).toString() === text
  } catch {
    return false
  }
}
