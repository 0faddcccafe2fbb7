import type { Direction } from '../../api/types.ts'
import { isDate, isWindowPreset, resolvePreset, type WindowPreset } from '../../design/format/date-window.ts'
import type { CallFilter } from './call-queries.ts'
import { directionLabels, statusLabels } from './labels.ts'

/** The filters of the call history. They are part of the address, so that links keep them. */
export type HistorySearch = {
  window?: WindowPreset
  from?: string
  to?: string
  agent?: string
  direction?: Direction
  /** Statuses, separated by commas. */
  status?: string
}

/** Reads the filters from the address. Invalid values are dropped. */
export function readHistorySearch(search: Record<string, unknown>): HistorySearch {
  const read: HistorySearch = {}
  if (isDate(search.from)) read.from = search.from
  if (isDate(search.to)) read.to = search.to
  if (read.from === undefined && read.to === undefined && isWindowPreset(search.window))
    read.window = search.window
  if (typeof search.agent === 'string') read.agent = search.agent
  if (isDirection(search.direction)) read.direction = search.direction
  const statuses = typeof search.status === 'string' ? search.status.split(',') : []
  const known = statuses.filter((status) => Object.hasOwn(statusLabels, status))
  if (known.length > 0) read.status = known.join(',')
  return read
}

function isDirection(value: unknown): value is Direction {
  return typeof value === 'string' && Object.hasOwn(directionLabels, value)
}

/** Translates the filters for the API. `today` is the local date in the workspace's time zone. */
export function buildCallFilter(search: HistorySearch, today: string): CallFilter {
  const window = search.window === undefined ? search : resolvePreset(search.window, today)
  return {
    ...(search.status === undefined ? {} : { status: search.status }),
    ...(search.agent === undefined ? {} : { agentId: search.agent }),
    ...(search.direction === undefined ? {} : { direction: search.direction }),
    ...(window.from === undefined ? {} : { from: window.from }),
    ...(window.to === undefined ? {} : { to: window.to }),
  }
}

/** Whether any filter is set. */
export function isFiltered(search: HistorySearch): boolean {
  return Object.entries(search).some(
    ([name, value]) => value !== undefined && !(name === 'window' && value === 'all'),
  )
}
