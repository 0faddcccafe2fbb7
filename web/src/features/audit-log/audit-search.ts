import { isDate, isWindowPreset, resolvePreset } from '../../design/format/date-window.ts'
import type { ChosenDates } from '../../design/ui/DatesControl.tsx'

/** The filters of the audit log. They are part of the address, so that links keep them. */
export type AuditSearch = ChosenDates & {
  /** A user's or key's id, or a kind of actor. */
  actor?: string
  /** An action, or a noun for all actions on it. */
  action?: string
}

/** The filters as the API takes them. Dates are local dates of the workspace, both included. */
export type AuditFilter = { actor?: string; action?: string; from?: string; to?: string }

/** Reads the filters from the address. Invalid values are dropped. */
export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const read: AuditSearch = {}
  if (isDate(search.from)) read.from = search.from
  if (isDate(search.to)) read.to = search.to
  if (read.from === undefined && read.to === undefined && isWindowPreset(search.window))
    read.window = search.window
  if (typeof search.actor === 'string' && /^[a-z_0-9]{1,60}$/.test(search.actor)) read.actor = search.actor
  if (typeof search.action === 'string' && /^[a-z_0-9]{1,50}(\.[a-z_0-9]{1,50})?$/.test(search.action))
    read.action = search.action
  return read
}

/** Translates the filters for the API. `today` is the local date in the workspace's time zone. */
export function buildAuditFilter(search: AuditSearch, today: string): AuditFilter {
  const { from, to } = search.window === undefined ? search : resolvePreset(search.window, today)
  return {
    ...(search.actor !== undefined && { actor: search.actor }),
    ...(search.action !== undefined && { action: search.action }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

/** Whether any filter is set. */
export function isFiltered(search: AuditSearch): boolean {
  return Object.entries(search).some(
    ([name, value]) => value !== undefined && !(name === 'window' && value === 'all'),
  )
}

/** The address of the CSV file of what is shown. It names the workspace, because a link sends no header. */
export function buildFileHref(workspaceId: string, filter: AuditFilter): string {
  return `/v1/audit-log.csv?${new URLSearchParams({ ...filter, workspaceId })}`
}
