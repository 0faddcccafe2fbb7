import { createContext, useContext } from 'react'
import type { Role, Session, SessionWorkspace } from '../../api/types.ts'

/** Who sits here and in which workspace. */
export type Membership = { session: Session; workspace: SessionWorkspace }

/** The workspace that was chosen last, while the person is still in it; the first otherwise. */
export function findMembership(session: Session, chosenId: string | null): Membership | null {
  const chosen = session.workspaces.find((workspace) => workspace.id === chosenId)
  const workspace = chosen ?? session.workspaces[0]
  return workspace ? { session, workspace } : null
}

export const MembershipContext = createContext<Membership | null>(null)

export function useMembership(): Membership {
  const membership = useContext(MembershipContext)
  if (membership === null) throw new Error('useMembership is for pages inside the shell')
  return membership
}

/** Owners and admins manage; members look. */
export function mayManage(role: Role): boolean {
  return role === 'owner' || role === 'admin'
}
