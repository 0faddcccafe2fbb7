import {
  type DateWindow,
  daysBefore,
  daysIn,
  isDate,
  presetWindow,
  type WindowPreset,
  windowPresets,
} from '../../design/format/date-window.ts'

/** The presets of the dropdown, in its order; whole local days, today included. */
export const usagePresets = [
  'last_30_days',
  'last_3_months',
  'last_6_months',
  'last_12_months',
  'all',
] as const satisfies readonly WindowPreset[]

export type UsagePreset = (typeof usagePresets)[number]

/** The first and last local date, both included. */
export type Dates = Required<DateWindow>

/** What the page's address says: a preset or dates, and perhaps one agent. Without any, the last 30 days of all. */
export type UsageSearch = { window?: UsagePreset; from?: string; to?: string; agent?: string }

/** No window begins before this day. */
const firstDate = '2000-01-01'

/** Reads the address; whatever it says that is not valid is left out. */
export function readUsageSearch(search: Record<string, unknown>): UsageSearch {
  const { from, to } = search
  const window = usagePresets.find((preset) => preset === search.window)
  return {
    ...(isDate(from) && isDate(to) && from <= to && from >= firstDate ? { from, to } : window && { window }),
    ...(typeof search.agent === 'string' && search.agent !== '' && { agent: search.agent }),
  }
}

/** The preset that an address shows; null: dates of its own. */
export function presetOf(search: UsageSearch): UsagePreset | null {
  return search.from === undefined ? (search.window ?? 'last_30_days') : null
}

/** What the dropdown says of a window. */
export function windowName(search: UsageSearch): string {
  const preset = presetOf(search)
  return preset === null ? 'Custom' : windowPresets[preset]
}

/** The address of another window, of the same agent. */
export function withWindow({ agent }: UsageSearch, window: Pick<UsageSearch, 'window' | 'from' | 'to'>) {
  return { ...window, ...(agent !== undefined && { agent }) }
}

export type UsageQuery = { preset?: UsagePreset; from?: string; to?: string; agentId?: string }

/** What to ask the server for. */
export function usageQueryOf(search: UsageSearch): UsageQuery {
  const preset = presetOf(search)
  const { from, to, agent } = search
  return {
    ...(preset === null ? { ...(from && { from }), ...(to && { to }) } : { preset }),
    ...(agent !== undefined && { agentId: agent }),
  }
}

/** The window of the same length right before; null where none is. */
export function earlier(dates: Dates): Dates | null {
  const days = daysIn(dates)
  const before = { from: daysBefore(dates.from, days), to: daysBefore(dates.to, days) }
  return before.from < firstDate ? null : before
}

/** The window of the same length right after, or the one that ends with today; null for one that does already. */
export function later(dates: Dates, today: string): Dates | null {
  if (dates.to >= today) return null
  const days = daysIn(dates)
  const to = daysBefore(dates.to, -days)
  return to > today
    ? { from: daysBefore(today, days - 1), to: today }
    : { from: daysBefore(dates.from, -days), to }
}

/** Dates as the address has them: by their preset where they are one's. */
export function searchOfDates(dates: Dates, today: string): Pick<UsageSearch, 'window' | 'from' | 'to'> {
  const window = usagePresets.find((preset) => {
    const { from, to } = presetWindow(preset, today)
    return from === dates.from && to === dates.to
  })
  return window === undefined ? dates : { window }
}
