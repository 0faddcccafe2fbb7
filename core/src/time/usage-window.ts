import { assertNever } from '../exhaustive.ts'

/** A window of whole local days, given by local dates such as 2026-11-22. Both ends are included. */
export type DateRange = { readonly from: string; readonly to: string }

export const WINDOW_PRESETS = [
  'last_30_days',
  'last_3_months',
  'last_6_months',
  'last_12_months',
  'all',
] as const

export type WindowPreset = (typeof WINDOW_PRESETS)[number]

const MONTHS_BACK = { last_3_months: 3, last_6_months: 6, last_12_months: 12 }

/**
 * Resolves a preset to its dates. Every preset ends today. The last 30 days are today and the 29 days before it. The
 * last N months start on the day after today's date N months ago; in a month without that date, its last day counts.
 *
 * @param firstDay the date of the first transaction, where `all` starts; null: there is no transaction yet
 */
export function resolveWindowPreset(preset: WindowPreset, today: string, firstDay: string | null): DateRange {
  const day = Temporal.PlainDate.from(today)
  switch (preset) {
    case 'last_30_days':
      return { from: day.subtract({ days: 29 }).toString(), to: today }
    case 'last_3_months':
    case 'last_6_months':
    case 'last_12_months': {
      const sameDate = day.subtract({ months: MONTHS_BACK[preset] }, { overflow: 'constrain' })
      return { from: sameDate.add({ days: 1 }).toString(), to: today }
    }
    case 'all':
      return { from: firstDay === null || firstDay > today ? today : firstDay, to: today }
    default:
      return assertNever(preset)
  }
}

/**
 * Counts the dates of a window.
 *
 * @throws RangeError when an end is not a date
 */
export function countDates({ from, to }: DateRange): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days + 1
}

/** Computes the window right before this one, with as many dates. */
export function computePreviousWindow(window: DateRange): DateRange {
  const from = Temporal.PlainDate.from(window.from)
  return {
    from: from.subtract({ days: countDates(window) }).toString(),
    to: from.subtract({ days: 1 }).toString(),
  }
}

/** Returns the calendar month of a date, from its first to its last date. */
export function monthOf(date: string): DateRange {
  const day = Temporal.PlainDate.from(date)
  return { from: day.with({ day: 1 }).toString(), to: day.with({ day: day.daysInMonth }).toString() }
}

/** What one point of a chart stands for. */
export type ChartUnit = 'day' | 'week' | 'month'

/** The most points in a chart. */
const CHART_BUCKETS_MAX = 370

/** Chooses the unit of a window's chart: days if they fit, otherwise weeks, otherwise months. */
export function chooseChartUnit(window: DateRange): ChartUnit {
  const dates = countDates(window)
  if (dates <= CHART_BUCKETS_MAX) return 'day'
  return dates <= (CHART_BUCKETS_MAX - 1) * 7 ? 'week' : 'month'
}

/** Finds the first date of the day, week (from Monday) or month that holds a date. */
export function findBucketStart(date: string, unit: ChartUnit): string {
  if (unit === 'day') return date
  const day = Temporal.PlainDate.from(date)
  return (unit === 'week' ? day.subtract({ days: day.dayOfWeek - 1 }) : day.with({ day: 1 })).toString()
}

/** Whether a text is a date of the calendar in the form 2026-11-22, without a time. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    return Temporal.PlainDate.from(text).toString() === text
  } catch {
    return false
  }
}
