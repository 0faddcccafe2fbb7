import type { ReportSource } from '@talktime/core/calls/call'
import type { Principal } from '../access/index.ts'

/** A workspace in which somebody reports calls. */
export type Reporter = { readonly workspaceId: string; readonly by: ReportSource }

/** Finds whose word a report is. The operator's outranks that of a workspace's key. */
export function readReportSource(principal: Principal): ReportSource {
  return principal.kind === 'operator' ? 'operator' : 'workspace'
}
