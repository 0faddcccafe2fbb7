import type { Actor } from '../access/index.ts'
import type { Change, Ledger } from '../ledger/index.ts'
import { listPackages, type Package, planProblems, requireSubscription } from '../plans/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import type { IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import { createOnce } from '../platform/idempotency/once.ts'
import { Problem } from '../platform/problem.ts'
import { requireDefaultMethod, requireMethod } from './payment-method-store.ts'
import type { Payments } from './payments.ts'
import { findPurchaseByKey, type Purchase, selectPurchases } from './purchase-store.ts'

export type OrderDeps = {
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
  readonly payments: Payments
}

export type TopUpOrder = {
  readonly workspaceId: string
  readonly packageId: string
  readonly quantity: number
  /** The card's UUID; undefined: the default. */
  readonly paymentMethodId: string | undefined
  readonly actor: Actor
  readonly idempotency: IdempotencyRef | undefined
}

export type OrderedTopUp = { readonly purchase: Purchase; readonly repeated: boolean }

/**
 * Creates the purchase of a top-up, or finds the one that this order repeats: the purchase with the same idempotency
 * key, whatever became of it since; without a key, the same order of the same person while the outcome of the first is
 * open, which is a double click. Charge it afterwards, outside of any transaction.
 *
 * @throws Problem `plan_required`, `package_not_found`, `payment_method_required`, `payment_method_not_found`,
 *   `idempotency_mismatch`
 */
export function orderTopUp(deps: OrderDeps, order: TopUpOrder): Promise<OrderedTopUp> {
  const { workspaceId, idempotency } = order
  const once = createOnce<OrderedTopUp>(idempotency, {
    async show(tx) {
      const purchase = idempotency && (await findPurchaseByKey(tx, workspaceId, idempotency))
      return purchase && { purchase, repeated: true }
    },
    // A repeat is answered with the purchase as it is by then; the record only keeps the key from other uses.
    answerOf: () => ({ status: 201, body: '' }),
  })
  return deps.ledger.changeWorkspace(workspaceId, (change) => createTopUp(deps.payments, change, order), {
    once,
  })
}

async function createTopUp(payments: Payments, change: Change, order: TopUpOrder): Promise<OrderedTopUp> {
  const { tx, unit, nowMs } = change
  const { workspaceId, idempotency, actor, quantity } = order
  const before = idempotency ? undefined : await findDoubleClick(tx, order)
  if (before !== undefined) return { purchase: before, repeated: true }
  await requirePaidPlan(tx, workspaceId)
  const pack = await requirePackage(tx, order.packageId)
  const scope = { workspaceId, gateway: payments.gateway }
  const method = await (order.paymentMethodId === undefined
    ? requireDefaultMethod(tx, scope)
    : requireMethod(tx, scope, order.paymentMethodId))
  const topUp = { ...priceOf(pack, quantity), purpose: 'top_up', origin: 'manual', method, actor } as const
  const purchase = await payments.createPurchase(tx, unit, { ...topUp, idempotency }, nowMs)
  return { purchase, repeated: false }
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

async function findDoubleClick(tx: Tx, order: TopUpOrder): Promise<Purchase | undefined> {
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
