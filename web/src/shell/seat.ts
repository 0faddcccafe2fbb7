import { createContext, useContext } from 'react'
import type { Role, Session, SessionWorkspace } from '../api/types.ts'

/** Who sits here and in which workspace. */
export type Seat = { session: Session; workspace: SessionWorkspace }

/** The workspace that was chosen last, while the person is still in it; the first otherwise. */
export function seatFor(session: Session, chosenId: string | null): Seat | null {
  const chosen = session.workspaces.find((workspace) => workspace.id === chosenId)
  const workspace = chosen ?? session.workspaces[0]
  return workspace ? { session, workspace } : null
}

export const SeatContext = createContext<Seat | null>(null)

export function useSeat(): Seat {
  const seat = useContext(SeatContext)
  if (seat === null) throw new Error('useSeat is for pages inside the shell')
  return seat
}

/** Owners and admins manage; members look. */
export function mayManage(role: Role): boolean {
  return role === 'owner' || role === 'admin'
}
