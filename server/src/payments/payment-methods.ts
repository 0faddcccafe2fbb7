import type { AuditSource } from '../access/index.ts'
import { addAudit, type Change } from '../ledger/index.ts'
import { countCardRequest } from './card-limits.ts'
import { ensureCustomerRef } from './customer-store.ts'
import type { PaymentsDeps } from './deps.ts'
import type { MethodAnswer, SavedMethod, TestCard } from './gateway.ts'
import {
  insertMethod,
  listMethodsToDetach,
  markDetached,
  type PaymentMethod,
  removeMethod,
  requireMethod,
  setDefaultMethod,
} from './payment-method-store.ts'
import type { PurchaseRef } from './purchase.ts'
import { listPurchasesToConfirm } from './purchase-store.ts'

/** What can be done with a workspace's cards. */
export type PaymentMethods = {
  /**
   * Asks the gateway for a card, or for the page on which the customer adds one. Call it outside any transaction.
   *
   * @throws Problem `too_many_declines`, `too_many_cards`
   */
  requestMethod(
    workspaceId: string,
    request: { readonly testCard: TestCard | undefined },
  ): Promise<MethodAnswer>
  /** Adds a card of the gateway's, which becomes the default. A card that was added before stays as it is. */
  addMethod(change: Change, method: SavedMethod, by: AuditSource): Promise<PaymentMethod>
  /**
   * Makes a card the default.
   *
   * @throws Problem `payment_method_not_found`
   */
  makeDefault(change: Change, methodId: string, by: AuditSource): Promise<PaymentMethod>
  /** Adds a card that the gateway reported, in a transaction of its own. Repeats change nothing. */
  saveMethod(workspaceId: string, method: SavedMethod): Promise<PaymentMethod>
  /**
   * Removes a card and cancels the payments on it that wait for the customer. If it was the default, the newest of the
   * others becomes the default.
   *
   * @throws Problem `payment_method_not_found`
   */
  removeMethod(workspaceId: string, methodId: string, by: AuditSource): Promise<void>
  /** Detaches at most `limit` cards that were removed while the gateway could not be reached. */
  detachRemovedMethods(limit?: number): Promise<void>
}

type PaymentMethodDeps = PaymentsDeps & {
  /** Cancels a purchase that waits for the customer. */
  readonly cancel: (ref: PurchaseRef) => Promise<unknown>
}

export function createPaymentMethods(deps: PaymentMethodDeps): PaymentMethods {
  const { database, gateway, ledger, origin, onError } = deps
  return {
    addMethod: (change, method, by) => addMethod(deps, change, method, by),
    async requestMethod(workspaceId, { testCard }) {
      await ledger.changeWorkspace(workspaceId, ({ tx, nowMs }) =>
        countCardRequest(tx, workspaceId, deps.cardLimits, nowMs),
      )
      const customerRef = await ensureCustomerRef(deps, workspaceId)
      return gateway.addMethod(customerRef, { testCard, returnUrl: `${origin}/billing` })
    },
    makeDefault: (change, methodId, by) => makeDefault(deps, change, methodId, by),
    saveMethod: (workspaceId, method) =>
      ledger.changeWorkspace(workspaceId, (change) => addMethod(deps, change, method, { actor: 'system' })),
    async removeMethod(workspaceId, methodId, by) {
      const removed = await ledger.changeWorkspace(workspaceId, (change) =>
        remove(deps, change, methodId, by),
      )
      await cancelPurchasesToConfirm(deps, removed).catch(onError)
      await detach(deps, removed).catch(onError)
    },
    async detachRemovedMethods(limit = 20) {
      for (const method of await listMethodsToDetach(database, gateway.name, limit)) {
        await detach(deps, method).catch(onError)
      }
    },
  }
}

function addMethod(
  deps: PaymentsDeps,
  change: Change,
  method: SavedMethod,
  by: AuditSource,
): Promise<PaymentMethod> {
  const { tx, unit, nowMs } = change
  return changeMethods(deps, change, { by, action: 'payment_method.added' }, () =>
    insertMethod(tx, unit, deps.gateway.name, method, nowMs),
  )
}

function makeDefault(
  deps: PaymentsDeps,
  change: Change,
  methodId: string,
  by: AuditSource,
): Promise<PaymentMethod> {
  const { tx, unit } = change
  return changeMethods(deps, change, { by, action: 'payment_method.made_default' }, async () => {
    const method = await requireMethod(tx, scopeOf(deps, change), methodId)
    if (method.isDefault) return method
    await setDefaultMethod(tx, unit, method)
    return { ...method, isDefault: true }
  })
}

function remove(
  deps: PaymentsDeps,
  change: Change,
  methodId: string,
  by: AuditSource,
): Promise<PaymentMethod> {
  const { tx, unit, nowMs } = change
  return changeMethods(deps, change, { by, action: 'payment_method.removed' }, async () => {
    const method = await requireMethod(tx, scopeOf(deps, change), methodId)
    await removeMethod(tx, unit, method, nowMs)
    return method
  })
}

function scopeOf({ gateway }: PaymentsDeps, { unit }: Change) {
  return { workspaceId: unit.line.workspaceId, gateway: gateway.name }
}

type MethodAudit = {
  readonly by: AuditSource
  readonly action: 'payment_method.added' | 'payment_method.made_default' | 'payment_method.removed'
}

/**
 * Runs `work` on a card of a workspace. If it changed the card, the audit log says so and the hooks of other rooms run.
 */
async function changeMethods(
  deps: PaymentsDeps,
  change: Change,
  { by, action }: MethodAudit,
  work: () => Promise<PaymentMethod>,
): Promise<PaymentMethod> {
  const method = await work()
  if (change.unit.topics.has('payment_method')) {
    const { tx, unit, nowMs } = change
    const { brand, lastFour, expMonth, expYear } = method
    const state = { brand, lastFour, expMonth, expYear }
    addAudit(unit, by, {
      action,
      target: { kind: 'payment_method', id: method.id, name: `${brand} ${lastFour}` },
      ...(action === 'payment_method.removed' ? { before: state } : { after: state }),
    })
    for (const { onMethodsChanged } of deps.hooks) await onMethodsChanged?.(tx, unit, nowMs)
  }
  return method
}

async function cancelPurchasesToConfirm(deps: PaymentMethodDeps, method: PaymentMethod): Promise<void> {
  const { workspaceId, id } = method
  for (const purchase of await listPurchasesToConfirm(deps.database, workspaceId, id)) {
    await deps.cancel(purchase)
  }
}

async function detach(deps: PaymentsDeps, method: PaymentMethod): Promise<void> {
  const customerRef = await ensureCustomerRef(deps, method.workspaceId)
  await deps.gateway.removeMethod(customerRef, method.methodRef)
  await markDetached(deps.database, method, deps.clock.now())
}
