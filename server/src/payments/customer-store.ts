import { accessProblems, listMembers } from '../access/index.ts'
import type { Database, Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import type { Gateway } from './gateway.ts'
import type { Buyer } from './receipt.ts'

/** Returns the gateway's reference of the workspace's customer. Creates the customer if there is none yet. */
export async function ensureCustomerRef(
  deps: { readonly database: Database; readonly gateway: Gateway },
  workspaceId: string,
): Promise<string> {
  const { database, gateway } = deps
  const known = await findCustomerRef(database, workspaceId, gateway.name)
  if (known !== undefined) return known
  const ref = await gateway.createCustomer({ workspaceId, ...(await loadBuyer(database, workspaceId)) })
  await database.query(
    `insert into payment_customers (workspace_id, gateway, ref) values ($1, $2, $3) on conflict do nothing`,
    [workspaceId, gateway.name, ref],
  )
  // If two requests race, both use the reference that was stored first.
  return (await findCustomerRef(database, workspaceId, gateway.name)) ?? ref
}

async function findCustomerRef(
  db: Queryable,
  workspaceId: string,
  gateway: Gateway['name'],
): Promise<string | undefined> {
  const { rows } = await db.query<{ ref: string }>(
    'select ref from payment_customers where workspace_id = $1 and gateway = $2',
    [workspaceId, gateway],
  )
  return rows[0]?.ref
}

/** Finds the workspace of a gateway's customer. */
export async function findCustomerWorkspace(
  db: Queryable,
  gateway: Gateway['name'],
  ref: string,
): Promise<string | undefined> {
  const { rows } = await db.query<{ workspaceId: string }>(
    `select workspace_id as "workspaceId" from payment_customers where gateway = $1 and ref = $2`,
    [gateway, ref],
  )
  return rows[0]?.workspaceId
}

/**
 * Reads the workspace's name and the email address of its longest-standing owner.
 *
 * @throws Problem `workspace_not_found`
 */
export async function loadBuyer(db: Queryable, workspaceId: string): Promise<Buyer> {
  const { rows } = await db.query<{ name: string }>('select name from workspaces where id = $1', [
    workspaceId,
  ])
  const name = rows[0]?.name
  if (name === undefined) throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  const members = await listMembers(db, workspaceId, { after: undefined, limit: 200 })
  return { name, email: members.find(({ role }) => role === 'owner')?.email ?? null }
}
