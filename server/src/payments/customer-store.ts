import { accessProblems, listMembers } from '../access/index.ts'
import type { Database, Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import type { Gateway } from './gateway.ts'

/** Whom a receipt is made out to. */
export type Buyer = { readonly name: string; readonly email: string | null }

/** What the gateway calls the workspace; it is told of it at the first time. */
export async function customerRefOf(
  deps: { readonly database: Database; readonly gateway: Gateway },
  workspaceId: string,
): Promise<string> {
  const { database, gateway } = deps
  const known = await findCustomerRef(database, workspaceId, gateway.name)
  if (known !== undefined) return known
  const ref = await gateway.customer({ workspaceId, ...(await buyerOf(database, workspaceId)) })
  await database.query(
    `insert into payment_customers (workspace_id, gateway, ref) values ($1, $2, $3) on conflict do nothing`,
    [workspaceId, gateway.name, ref],
  )
  // Of two that asked at once, the first is right for both.
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

/** The workspace's name, and the address of the owner who has been in it for longest. */
export async function buyerOf(db: Queryable, workspaceId: string): Promise<Buyer> {
  const { rows } = await db.query<{ name: string }>('select name from workspaces where id = $1', [
    workspaceId,
  ])
  const name = rows[0]?.name
  if (name === undefined) throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  const members = await listMembers(db, workspaceId, { after: undefined, limit: 200 })
  return { name, email: members.find(({ role }) => role === 'owner')?.email ?? null }
}
