import type { Dates } from './usage-search.ts'

/**
 * Where the calls of a window are downloaded. A link cannot name the workspace in a header, and it names the dates:
 * a preset may mean others when it is followed.
 */
export function exportHref(workspaceId: string, dates: Dates, agentId: string | undefined): string {
  const query = new URLSearchParams({ ...dates, ...(agentId !== undefined && { agentId }), workspaceId })
  return `/v1/usage/export.csv?${query}`
}
