import { createContext, useContext } from 'react'
import type { Role, Session, SessionWorkspace } from '../../api/types.ts'

/** The person who is signed in and the workspace they are looking at, with their role in it. */
export type Membership = { session: Session; workspace: SessionWorkspace }

/** Finds the chosen workspace among the session's, or else the first one; null where the session has none. */
export function findMembership(session: Session, chosenId: string | null): Membership | null {
  const chosen = session.workspaces.find((workspace) => workspace.id === chosenId)
  const workspace = chosen ?? session.workspaces[0]
  return workspace ? { session, workspace } : null
}

export const MembershipContext = createContext<Membership | null>(null)

/** Reads the membership. Throws outside the shell, where nobody is signed in. */
export function useMembership(): Membership {
  const membership = useContext(MembershipContext)
  if (membership === null) throw new Error('useMembership only works inside the shell')
  return membership
}

/** Owners and admins may change things and spend money. Members have read access. */
export function mayManage(role: Role): boolean {
  return role === 'owner' || role === 'admin'
}
