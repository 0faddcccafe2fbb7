import { creditsFromMs } from '@talktime/core/billing/credits'
import type { Actor, RequestOrigin } from '../access/index.ts'
import type { Change, Ledger } from '../ledger/index.ts'
import { listPackages, type Package, planProblems, requireSubscription } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import { createOnce } from '../platform/idempotency/once.ts'
import { Problem } from '../platform/problem.ts'
import { requireDefaultMethod, requireMethod } from './payment-method-store.ts'
import type { Payments } from './payments.ts'
import type { Purchase } from './purchase.ts'
import { findDoubleClick, findPurchaseByKey } from './purchase-store.ts'

export type OrderDeps = {
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
  readonly payments: Payments
}

export type TopUpOrder = {
  readonly workspaceId: string
  readonly packageId: string
  readonly quantity: number
  /** The card's UUID; `undefined` is the default card. */
  readonly paymentMethodId: string | undefined
  readonly actor: Actor
  readonly requestOrigin?: RequestOrigin
  readonly idempotency: IdempotencyRef | undefined
}

/** `isRepeat`: the purchase was created by an earlier request. */
export type OrderedTopUp = { readonly purchase: Purchase; readonly isRepeat: boolean }

/**
 * Creates the purchase of a top-up, or finds the purchase that this order repeats. With an idempotency key, that is the
 * purchase with the key, whatever became of it. Without a key, it is an identical order of the same actor whose outcome
 * is open: a double click. Charge the purchase afterwards, outside any transaction.
 *
 * @throws Problem `plan_required`, `package_not_found`, `payment_method_required`, `payment_method_not_found`,
 *   `idempotency_mismatch`
 */
export function orderTopUp(deps: OrderDeps, order: TopUpOrder): Promise<OrderedTopUp> {
  const { workspaceId, idempotency } = order
  const once = createOnce<OrderedTopUp>(idempotency, {
    async show(tx) {
      const purchase = idempotency && (await findPurchaseByKey(tx, workspaceId, idempotency))
      return purchase && { purchase, isRepeat: true }
    },
    // A repeat gets the purchase in its current state; the record only reserves the key.
    answerOf: () => ({ status: 201, body: '' }),
  })
  return deps.ledger.changeWorkspace(workspaceId, (change) => createTopUp(deps.payments, change, order), {
    once,
  })
}

async function createTopUp(payments: Payments, change: Change, order: TopUpOrder): Promise<OrderedTopUp> {
  const { tx, unit, nowMs } = change
  const { workspaceId, idempotency, actor, requestOrigin, quantity } = order
  const before = idempotency ? undefined : await findDoubleClick(tx, order)
  if (before !== undefined) return { purchase: before, isRepeat: true }
  await requirePaidPlan(tx, workspaceId)
  const pack = await requirePackage(tx, order.packageId)
  const scope = { workspaceId, gateway: payments.gateway }
  const method = await (order.paymentMethodId === undefined
    ? requireDefaultMethod(tx, scope)
    : requireMethod(tx, scope, order.paymentMethodId))
  const topUp = {
    ...pricePackages(pack, quantity),
    purpose: 'top_up',
    origin: 'manual',
    method,
    actor,
    requestOrigin,
  } as const
  const purchase = await payments.createPurchase(tx, unit, { ...topUp, idempotency }, nowMs)
  return { purchase, isRepeat: false }
}

/** Computes what `quantity` packages contain and cost, as the fields of an order. */
export function pricePackages(pack: Package, quantity: number) {
  const credits = creditsFromMs(pack.creditsMs).toLocaleString('en')
  return {
    packageId: pack.id,
    quantity,
    creditsMs: pack.creditsMs * quantity,
    amountMinor: pack.priceMinor * quantity,
    currency: pack.currency,
    description: quantity === 1 ? `${credits} credits` : `${quantity} × ${credits} credits`,
  }
}

async function requirePaidPlan(db: Queryable, workspaceId: string): Promise<void> {
  const { terms } = await requireSubscription(db, workspaceId)
  if (terms.paid) return
  throw new Problem(
    planProblems.plan_required,
    `Paid plan required: the ${terms.name} plan cannot buy credits. Change to a paid plan first.`,
  )
}

/**
 * Finds a package in the catalog.
 *
 * @throws Problem `package_not_found`, which lists the packages
 */
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
