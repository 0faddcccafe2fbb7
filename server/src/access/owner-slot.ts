import type { Tx } from '../platform/database/database.ts'
import type { MemberRef } from './member-store.ts'

/**
 * Throws if the member may not be an owner, because the person owns too many workspaces without payment. The plans room
 * provides it; this room may not import that one.
 */
export type RequireOwnerSlot = (tx: Tx, owner: MemberRef) => Promise<void>
