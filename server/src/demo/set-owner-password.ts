import { type Accounts, listMembers } from '../access/index.ts'
import type { Database } from '../platform/database/database.ts'
import { DEMO_OWNER } from './demo-agents.ts'

/**
 * Sets the password of the demo's owner. Each start does this, because a password that was safe while the server was
 * reachable only from its own machine is not safe once others can reach it.
 *
 * @returns false if the owner is no longer a member of the workspace; nothing is changed then
 */
export async function setOwnerPassword(
  deps: { readonly database: Database; readonly accounts: Accounts },
  workspaceId: string,
  password: string,
): Promise<boolean> {
  const members = await listMembers(deps.database, workspaceId, { after: undefined, limit: 200 })
  const owner = members.find(({ email }) => email === DEMO_OWNER.email)
  if (owner === undefined) return false
  const hashed = await deps.accounts.hashPassword(password)
  await deps.database.transaction((tx) => deps.accounts.setPassword(tx, owner.userId, hashed))
  return true
}
