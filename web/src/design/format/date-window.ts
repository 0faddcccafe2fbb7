import { assertNever } from '@talktime/core/exhaustive'
import { DAY_MS } from '@talktime/core/time/durations'
import { dateInWords } from './instant.ts'

/** Windows of whole local days in the workspace's time zone. All but `all` end with today. */
export const windowPresets = {
  all: 'All',
  today: 'Today',
  last_7_days: 'Last 7 Days',
  last_30_days: 'Last 30 Days',
  last_3_months: 'Last 3 Months',
  last_6_months: 'Last 6 Months',
  last_12_months: 'Last 12 Months',
} as const

export type WindowPreset = keyof typeof windowPresets

/** Local dates, `YYYY-MM-DD`, both included. A missing date leaves the window open at that end. */
export type DateWindow = { from?: string; to?: string }

export function isWindowPreset(value: unknown): value is WindowPreset {
  return typeof value === 'string' && Object.hasOwn(windowPresets, value)
}

/** Whether a value is a date of the calendar, `YYYY-MM-DD`. */
export function isDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const atMs = Date.parse(`${value}T00:00:00Z`)
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(value)
}

/** Resolves a preset to dates. */
export function resolvePreset(preset: WindowPreset, today: string): DateWindow {
  switch (preset) {
    case 'all':
      return {}
    case 'today':
      return { from: today, to: today }
    case 'last_7_days':
      return { from: daysBefore(today, 6), to: today }
    case 'last_30_days':
      return { from: daysBefore(today, 29), to: today }
    case 'last_3_months':
      return { from: monthsBefore(today, 3), to: today }
    case 'last_6_months':
      return { from: monthsBefore(today, 6), to: today }
    case 'last_12_months':
      return { from: monthsBefore(today, 12), to: today }
    default:
      return assertNever(preset)
  }
}

/** The date `days` days before another, or after it if `days` is negative. */
export function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)
}

/** The day after this date `months` months ago. In a shorter month, the 31st counts as its last day. */
function monthsBefore(date: string, months: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const lastDay = new Date(Date.UTC(year, month - months, 0)).getUTCDate()
  const start = Date.UTC(year, month - 1 - months, Math.min(day, lastDay))
  return new Date(start + DAY_MS).toISOString().slice(0, 10)
}

/** Counts the days of a window, both ends included. */
export function countDays({ from, to }: Required<DateWindow>): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS + 1
}

/** Writes out a window: `Oct 24, 2026 – Nov 22, 2026`. */
export function windowInWords({ from, to }: DateWindow): string {
  if (from === undefined && to === undefined) return 'All dates'
  if (from === to && from !== undefined) return dateInWords(from)
  if (from === undefined) return `Until ${dateInWords(to ?? '')}`
  if (to === undefined) return `From ${dateInWords(from)}`
  return `${dateInWords(from)} – ${dateInWords(to)}`
}
