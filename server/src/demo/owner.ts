import { type Accounts, listMembers } from '../access/index.ts'
import type { Database } from '../platform/database/database.ts'
import { demoOwner } from './demo-agents.ts'

/**
 * Gives the demo's owner the password that is right for where the server listens today: what was good on this machine
 * alone is not good once others can reach it.
 *
 * @returns whether the owner is still in the workspace
 */
export async function keepOwnerPassword(
  deps: { readonly database: Database; readonly accounts: Accounts },
  workspaceId: string,
  password: string,
): Promise<boolean> {
  const members = await listMembers(deps.database, workspaceId, { after: undefined, limit: 200 })
  const owner = members.find(({ email }) => email === demoOwner.email)
  if (owner === undefined) return false
  await deps.database.transaction((tx) => deps.accounts.setPassword(tx, owner.userId, password))
  return true
}
