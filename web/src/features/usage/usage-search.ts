import {
  countDays,
  type DateWindow,
  daysBefore,
  isDate,
  resolvePreset,
  type WindowPreset,
  windowPresets,
} from '../../design/format/date-window.ts'

/** The presets of the dropdown, in its order. */
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

/** The address of the Usage page: a preset or dates, and optionally one agent. The default is the last 30 days. */
export type UsageSearch = { window?: UsagePreset; from?: string; to?: string; agent?: string }

/** No window starts before this day. */
const FIRST_DATE = '2000-01-01'

/** Reads the address. Invalid values are dropped. */
export function readUsageSearch(search: Record<string, unknown>): UsageSearch {
  const { from, to } = search
  const window = usagePresets.find((preset) => preset === search.window)
  return {
    ...(isDate(from) && isDate(to) && from <= to && from >= FIRST_DATE ? { from, to } : window && { window }),
    ...(typeof search.agent === 'string' && search.agent !== '' && { agent: search.agent }),
  }
}

/** The preset that an address shows; null for custom dates. */
export function readPreset(search: UsageSearch): UsagePreset | null {
  return search.from === undefined ? (search.window ?? 'last_30_days') : null
}

/** The label of the dropdown. */
export function nameWindow(search: UsageSearch): string {
  const preset = readPreset(search)
  return preset === null ? 'Custom' : windowPresets[preset]
}

/** The address of another window with the same agent. */
export function withWindow({ agent }: UsageSearch, window: Pick<UsageSearch, 'window' | 'from' | 'to'>) {
  return { ...window, ...(agent !== undefined && { agent }) }
}

export type UsageQuery = { preset?: UsagePreset; from?: string; to?: string; agentId?: string }

/** Translates the address for the API. */
export function buildUsageQuery(search: UsageSearch): UsageQuery {
  const preset = readPreset(search)
  const { from, to, agent } = search
  return {
    ...(preset === null ? { ...(from && { from }), ...(to && { to }) } : { preset }),
    ...(agent !== undefined && { agentId: agent }),
  }
}

/** The window of the same length right before; null if it would start before 2000. */
export function stepBack(dates: Dates): Dates | null {
  const days = countDays(dates)
  const before = { from: daysBefore(dates.from, days), to: daysBefore(dates.to, days) }
  return before.from < FIRST_DATE ? null : before
}

/** The window of the same length right after, or the one that ends today; null if this one ends today. */
export function stepForward(dates: Dates, today: string): Dates | null {
  if (dates.to >= today) return null
  const days = countDays(dates)
  const to = daysBefore(dates.to, -days)
  return to > today
    ? { from: daysBefore(today, days - 1), to: today }
    : { from: daysBefore(dates.from, -days), to }
}

/** Puts dates into the address, as a preset where they match one. */
export function searchDates(dates: Dates, today: string): Pick<UsageSearch, 'window' | 'from' | 'to'> {
  const window = usagePresets.find((preset) => {
    const { from, to } = resolvePreset(preset, today)
    return from === dates.from && to === dates.to
  })
  return window === undefined ? dates : { window }
}
