import { redirect } from '@tanstack/react-router'
import type { Session } from '../api/types.ts'
import { chooseWorkspace } from '../api/workspace-choice.ts'

/**
 * A link from a mail says which workspace it is about (`?workspace=ws_…`). That one is chosen, where the person is in it,
 * and the address goes on without it, so that changing the workspace later is not undone by it.
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
