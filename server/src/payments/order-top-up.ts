import { type Actor, accessProblems } from '../access/index.ts'
import { lockWorkspaces, writeUnits } from '../ledger/index.ts'
import { listPackages, type Package, planProblems, requireSubscription } from '../plans/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import {
  type IdempotencyRef,
  idempotencyName,
  insertIdempotencyRecords,
  loadIdempotencyRecords,
  lockIdempotencyKeys,
  requireSameRequest,
} from '../platform/idempotency/record-store.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import { requireDefaultMethod, requireMethod } from './payment-method-store.ts'
import type { Payments } from './payments.ts'
import { type Purchase, selectPurchases } from './purchase-store.ts'

export type TopUpOrder = {
  readonly workspaceId: string
  readonly packageId: string
  readonly quantity: number
  /** The card's UUID; undefined: the default. */
  readonly paymentMethodId: string | undefined
  readonly actor: Actor
  readonly idempotency: IdempotencyRef | undefined
}

/**
 * Writes down that a customer buys credits, or finds the purchase that this order is a repeat of: one with the same
 * idempotency key, whatever became of it since; without a key, the same order of the same person while that one's
 * outcome is open, which is a double click. `charge` comes next, outside.
 *
 * @throws Problem plan_required, package_not_found, payment_method_required, payment_method_not_found,
 *   idempotency_mismatch
 */
export async function orderTopUp(
  deps: { readonly database: Database; readonly clock: Clock; readonly payments: Payments },
  order: TopUpOrder,
): Promise<{ purchase: Purchase; repeated: boolean }> {
  const { database, clock, payments } = deps
  const { workspaceId, idempotency } = order
  const nowMs = clock.now()
  return database.transaction(async (tx) => {
    await lockIdempotencyKeys(tx, idempotency ? [idempotency] : [])
    const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
    if (unit === undefined)
      throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
    const before = await (idempotency ? sameKey(tx, workspaceId, idempotency) : doubleClick(tx, order))
    if (before !== undefined) return { purchase: before, repeated: true }
    await requirePaidPlan(tx, workspaceId)
    const pack = await requirePackage(tx, order.packageId)
    const scope = { workspaceId, gateway: payments.gateway }
    const method = await (order.paymentMethodId === undefined
      ? requireDefaultMethod(tx, scope)
      : requireMethod(tx, scope, order.paymentMethodId))
    const purchase = await payments.createPurchase(
      tx,
      unit,
      {
        ...priceOf(pack, order.quantity),
        purpose: 'top_up',
        origin: 'manual',
        method,
        actor: order.actor,
        idempotency: idempotency && {
          key: idempotencyName(idempotency),
          requestHash: idempotency.requestHash,
        },
      },
      nowMs,
    )
    await writeUnits(tx, [unit], nowMs)
    if (idempotency) await insertIdempotencyRecords(tx, [{ ...idempotency, ...notToBeReplayed }], nowMs)
    return { purchase, repeated: false }
  })
}

/** What a number of packages is and costs, for an order. */
export function priceOf(pack: Package, quantity: number) {
  const credits = (pack.creditsMs / 60_000).toLocaleString('en')
  return {
    packageId: pack.id,
    quantity,
    creditsMs: pack.creditsMs * quantity,
    amountMinor: pack.priceMinor * quantity,
    currency: pack.currency,
    description: quantity === 1 ? `${credits} credits` : `${quantity} × ${credits} credits`,
  }
}

/** Keeps the key from being used elsewhere. Repeats are answered with the purchase as it is, not with the first answer. */
const notToBeReplayed = { status: 201, body: '' }

async function sameKey(
  tx: Tx,
  workspaceId: string,
  idempotency: IdempotencyRef,
): Promise<Purchase | undefined> {
  const name = idempotencyName(idempotency)
  const elsewhere = (await loadIdempotencyRecords(tx, [idempotency])).get(name)
  if (elsewhere !== undefined) requireSameRequest(elsewhere, idempotency)
  const condition = 'p.workspace_id = $1 and p.idempotency_key = $2'
  const [purchase] = await selectPurchases(tx, condition, [workspaceId, name])
  if (purchase === undefined) return undefined
  if (purchase.requestHash?.equals(idempotency.requestHash)) return purchase
  throw new Problem(
    platformProblems.idempotency_mismatch,
    'This Idempotency-Key was used with another body. Use a new key for a new purchase.',
  )
}

async function doubleClick(tx: Tx, order: TopUpOrder): Promise<Purchase | undefined> {
  const [purchase] = await selectPurchases(
    tx,
    `p.workspace_id = $1 and p.origin = 'manual' and p.purpose = 'top_up' and p.status = 'pending'
     and p.package_id = $2 and p.quantity = $3 and p.actor = $4::jsonb and p.idempotency_key is null`,
    [order.workspaceId, order.packageId, order.quantity, JSON.stringify(order.actor)],
  )
  return purchase
}

async function requirePaidPlan(db: Queryable, workspaceId: string): Promise<void> {
  const { terms } = await requireSubscription(db, workspaceId)
  if (terms.paid) return
  throw new Problem(
    planProblems.plan_required,
    `Paid plan required: the ${terms.name} plan cannot buy credits. Change to a paid plan first.`,
  )
}

/** Throws `package_not_found`, naming those there are. */
export async function requirePackage(db: Queryable, packageId: string): Promise<Package> {
  const packages = await listPackages(db)
  const pack = packages.find(({ id }) => id === packageId)
  if (pack !== undefined) return pack
  const ids = packages.map(({ id }) => id).join(', ')
  throw new Problem(
    planProblems.package_not_found,
    `There is no package ${JSON.stringify(packageId)}. The packages are: ${ids}.`,
  )
}
