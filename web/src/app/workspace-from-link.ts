import { redirect } from '@tanstack/react-router'
import type { Session } from '../api/types.ts'
import { chooseWorkspace } from '../api/workspace-choice.ts'

/**
 * Chooses the workspace that a link names (`?workspace=ws_…`, as links in emails do) if the person is in it, and
 * redirects to the address without it. If it stayed in the address, a reload would undo a later switch.
 */
export function followWorkspaceLink(
  session: Session,
  location: { readonly pathname: string; readonly search: Readonly<Record<string, unknown>> },
): void {
  const { workspace, ...search } = location.search
  if (workspace === undefined) return
  if (session.workspaces.some(({ id }) => id === workspace)) chooseWorkspace(String(workspace))
  throw redirect({ to: location.pathname, search, replace: true })
}
