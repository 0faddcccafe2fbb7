import { accessProblems } from '../access/index.ts'
import { lockWorkspaces, type WorkspaceUnit, writeUnits } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { customerRefOf } from './customer-store.ts'
import type { PaymentsDeps } from './deps.ts'
import type { MethodAnswer, SavedMethod, TestCard } from './gateway.ts'
import {
  insertMethod,
  markForgotten,
  methodsToForget,
  type PaymentMethod,
  removeMethod,
  requireMethod,
  setDefaultMethod,
} from './payment-method-store.ts'
import { type PurchaseRef, selectPurchases } from './purchase-store.ts'

/** What is done with a workspace's cards. */
export type PaymentMethods = {
  /** Asks the gateway for a card, or for the page on which the customer adds one. Outside of any transaction. */
  requestMethod(
    workspaceId: string,
    request: { readonly testCard: TestCard | undefined },
  ): Promise<MethodAnswer>
  /** Keeps a card of the gateway's, which becomes the default; one that is there already stays as it is. */
  keepMethod(tx: Tx, workspaceId: string, method: SavedMethod): Promise<PaymentMethod>
  /** Throws `payment_method_not_found`. */
  makeDefault(tx: Tx, workspaceId: string, methodId: string): Promise<PaymentMethod>
  /** Tells who waits for it that the cards changed; after the transaction that changed them. */
  announceMethods(workspaceId: string): void
  /** Keeps a card that the gateway told of by itself, and announces it. Again and again if need be. */
  saveMethod(workspaceId: string, method: SavedMethod): Promise<PaymentMethod>
  /**
   * Payments on the card that wait for the customer are given up. Was it the default, the newest of the others takes
   * its place. Throws `payment_method_not_found`.
   */
  removeMethod(workspaceId: string, methodId: string): Promise<void>
  /** Makes the gateway forget cards that were removed while it could not be reached; at most `limit`. */
  forgetRemoved(limit?: number): Promise<void>
}

/** @param deps `cancel` gives up a purchase that waits for the customer */
export function createPaymentMethods(
  deps: PaymentsDeps & { readonly cancel: (ref: PurchaseRef) => Promise<unknown> },
): PaymentMethods {
  const { database, clock, gateway, origin } = deps

  /** Changes the cards under the workspace's lock. */
  async function change<T>(
    tx: Tx,
    workspaceId: string,
    work: (unit: WorkspaceUnit, nowMs: number) => Promise<T>,
  ): Promise<T> {
    const nowMs = clock.now()
    const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
    if (unit === undefined)
      throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
    const result = await work(unit, nowMs)
    if (unit.changed.size > 0) await deps.methodsChanged?.(tx, unit, nowMs)
    await writeUnits(tx, [unit], nowMs)
    return result
  }

  function keepMethod(tx: Tx, workspaceId: string, method: SavedMethod): Promise<PaymentMethod> {
    return change(tx, workspaceId, (unit, nowMs) => insertMethod(tx, unit, gateway.name, method, nowMs))
  }

  function announceMethods(workspaceId: string): void {
    deps.onCommitted([workspaceId])
    deps.onMethodsChanged?.(workspaceId)
  }

  async function giveUpWaiting(method: PaymentMethod): Promise<void> {
    const waiting = await selectPurchases(
      database,
      `p.workspace_id = $1 and p.payment_method_id = $2 and p.status = 'requires_action'`,
      [method.workspaceId, method.id],
    )
    for (const purchase of waiting) await deps.cancel(purchase)
  }

  async function forget(method: PaymentMethod): Promise<void> {
    const customerRef = await customerRefOf(deps, method.workspaceId)
    await gateway.removeMethod(customerRef, method.methodRef)
    await markForgotten(database, method, clock.now())
  }

  return {
    keepMethod,
    announceMethods,
    async requestMethod(workspaceId, { testCard }) {
      const customerRef = await customerRefOf(deps, workspaceId)
      return gateway.addMethod(customerRef, { testCard, returnUrl: `${origin}/billing` })
    },
    makeDefault(tx, workspaceId, methodId) {
      return change(tx, workspaceId, async (unit) => {
        const method = await requireMethod(tx, { workspaceId, gateway: gateway.name }, methodId)
        if (method.isDefault) return method
        await setDefaultMethod(tx, unit, method)
        return { ...method, isDefault: true }
      })
    },
    async saveMethod(workspaceId, method) {
      const saved = await database.transaction((tx) => keepMethod(tx, workspaceId, method))
      announceMethods(workspaceId)
      return saved
    },
    async removeMethod(workspaceId, methodId) {
      const removed = await database.transaction((tx) =>
        change(tx, workspaceId, async (unit, nowMs) => {
          const method = await requireMethod(tx, { workspaceId, gateway: gateway.name }, methodId)
          await removeMethod(tx, unit, method, nowMs)
          return method
        }),
      )
      await giveUpWaiting(removed).catch(deps.onError)
      await forget(removed).catch(deps.onError)
      announceMethods(workspaceId)
    },
    async forgetRemoved(limit = 20) {
      for (const method of await methodsToForget(database, gateway.name, limit)) {
        await forget(method).catch(deps.onError)
      }
    },
  }
}
