import type { Dates } from './usage-search.ts'

/**
 * The address of the CSV export of a window. It names the workspace, because a link sends no header, and the dates,
 * because a preset can mean other dates by the time the link is followed.
 */
export function buildExportHref(workspaceId: string, dates: Dates, agentId: string | undefined): string {
  const query = new URLSearchParams({ ...dates, ...(agentId !== undefined && { agentId }), workspaceId })
  return `/v1/usage/export.csv?${query}`
}
