import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { Gateway, SavedMethod, TestCard } from './gateway.ts'
import { paymentProblems } from './problems.ts'

/** A saved card. */
export type PaymentMethod = {
  readonly workspaceId: string
  readonly id: string
  readonly gateway: Gateway['name']
  /** The gateway's reference of the card. */
  readonly methodRef: string
  readonly brand: string
  readonly lastFour: string
  readonly expMonth: number
  readonly expYear: number
  readonly testCard: TestCard | null
  readonly isDefault: boolean
  readonly createdAtMs: number
  readonly removedAtMs: number | null
}

/** Selects the cards of a workspace that can be charged: those of the gateway in use that were not removed. */
export type MethodScope = { readonly workspaceId: string; readonly gateway: Gateway['name'] }

const columns = `workspace_id as "workspaceId", id, gateway, ref as "methodRef", brand, last_four as "lastFour",
  exp_month as "expMonth", exp_year as "expYear", test_card as "testCard", is_default as "isDefault",
  created_at_ms as "createdAtMs", removed_at_ms as "removedAtMs"`

/** Lists the cards that can be charged, newest first. */
export async function listMethods(
  db: Queryable,
  { workspaceId, gateway }: MethodScope,
  page: { readonly limit: number; readonly beforeId: string | null },
): Promise<PaymentMethod[]> {
  const { rows } = await db.query<PaymentMethod>(
    `select ${columns} from payment_methods
     where workspace_id = $1 and gateway = $2 and removed_at_ms is null and ($3::uuid is null or id < $3)
     order by id desc limit $4`,
    [workspaceId, gateway, page.beforeId, page.limit],
  )
  return rows
}

/** Finds the card that is charged unless another is named. */
export async function findDefaultMethod(
  db: Queryable,
  { workspaceId, gateway }: MethodScope,
): Promise<PaymentMethod | undefined> {
  const { rows } = await db.query<PaymentMethod>(
    `select ${columns} from payment_methods where workspace_id = $1 and gateway = $2 and is_default`,
    [workspaceId, gateway],
  )
  return rows[0]
}

/**
 * Reads the default card.
 *
 * @throws Problem `payment_method_required` if there is none
 */
export async function requireDefaultMethod(db: Queryable, scope: MethodScope): Promise<PaymentMethod> {
  const method = await findDefaultMethod(db, scope)
  if (method !== undefined) return method
  throw new Problem(paymentProblems.payment_method_required, 'There is no card to charge. Add one first.')
}

/**
 * Reads a card that can be charged.
 *
 * @throws Problem `payment_method_not_found`
 */
export async function requireMethod(
  db: Queryable,
  { workspaceId, gateway }: MethodScope,
  id: string,
): Promise<PaymentMethod> {
  const { rows } = await db.query<PaymentMethod>(
    `select ${columns} from payment_methods
     where workspace_id = $1 and gateway = $2 and id = $3 and removed_at_ms is null`,
    [workspaceId, gateway, id],
  )
  const method = rows[0]
  if (method === undefined) {
    throw new Problem(paymentProblems.payment_method_not_found, 'There is no such card in this workspace.')
  }
  return method
}

/** Finds a card, removed or not, for the purchases that charge it. */
export async function findMethod(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<PaymentMethod | undefined> {
  const { rows } = await db.query<PaymentMethod>(
    `select ${columns} from payment_methods where workspace_id = $1 and id = $2`,
    [workspaceId, id],
  )
  return rows[0]
}

/**
 * Adds a card and makes it the default. A card that was added before stays as it is, even if it was removed since,
 * because gateways report a card more than once. The caller holds the workspace's lock.
 */
export async function insertMethod(
  tx: Tx,
  unit: WorkspaceUnit,
  gateway: Gateway['name'],
  method: SavedMethod,
  nowMs: number,
): Promise<PaymentMethod> {
  const { workspaceId } = unit.line
  const { rows: known } = await tx.query<PaymentMethod>(
    `select ${columns} from payment_methods where workspace_id = $1 and gateway = $2 and ref = $3`,
    [workspaceId, gateway, method.methodRef],
  )
  if (known[0] !== undefined) return known[0]
  await tx.query('update payment_methods set is_default = false where workspace_id = $1 and is_default', [
    workspaceId,
  ])
  const { rows } = await tx.query<PaymentMethod>(
    `insert into payment_methods (workspace_id, id, gateway, ref, brand, last_four, exp_month, exp_year, test_card,
                                  is_default, created_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, $10) returning ${columns}`,
    [
      workspaceId,
      newUuid(nowMs),
      gateway,
      method.methodRef,
      method.brand,
      method.lastFour,
      method.expMonth,
      method.expYear,
      method.testCard ?? null,
      nowMs,
    ],
  )
  const added = rows[0] as PaymentMethod
  addEvent(unit, 'payment_method', added.id)
  return added
}

/** Makes a card the default. The caller holds the workspace's lock. */
export async function setDefaultMethod(tx: Tx, unit: WorkspaceUnit, method: PaymentMethod): Promise<void> {
  const { workspaceId } = unit.line
  await tx.query('update payment_methods set is_default = false where workspace_id = $1 and is_default', [
    workspaceId,
  ])
  await tx.query('update payment_methods set is_default = true where workspace_id = $1 and id = $2', [
    workspaceId,
    method.id,
  ])
  addEvent(unit, 'payment_method', method.id)
}

/**
 * Removes a card. If it was the default, the newest of the others becomes the default. The caller holds the workspace's
 * lock.
 */
export async function removeMethod(
  tx: Tx,
  unit: WorkspaceUnit,
  method: PaymentMethod,
  nowMs: number,
): Promise<void> {
  const { workspaceId, gateway, id } = method
  await tx.query(
    `update payment_methods set removed_at_ms = $3, is_default = false where workspace_id = $1 and id = $2`,
    [workspaceId, id, nowMs],
  )
  addEvent(unit, 'payment_method', id)
  if (!method.isDefault) return
  const [newest] = await listMethods(tx, { workspaceId, gateway }, { limit: 1, beforeId: null })
  if (newest !== undefined) await setDefaultMethod(tx, unit, newest)
}

/** Lists cards that were removed here and are still attached at the gateway. */
export async function listMethodsToDetach(
  db: Queryable,
  gateway: Gateway['name'],
  limit: number,
): Promise<PaymentMethod[]> {
  const { rows } = await db.query<PaymentMethod>(
    `select ${columns} from payment_methods
     where removed_at_ms is not null and forgotten_at_ms is null and gateway = $1 order by removed_at_ms limit $2`,
    [gateway, limit],
  )
  return rows
}

/** Records that the gateway has detached a removed card. */
export async function markDetached(db: Queryable, method: PaymentMethod, nowMs: number): Promise<void> {
  await db.query('update payment_methods set forgotten_at_ms = $3 where workspace_id = $1 and id = $2', [
    method.workspaceId,
    method.id,
    nowMs,
  ])
}
