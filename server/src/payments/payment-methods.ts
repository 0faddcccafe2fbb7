import type { Change } from '../ledger/index.ts'
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
  keepMethod(change: Change, method: SavedMethod): Promise<PaymentMethod>
  /** Throws `payment_method_not_found`. */
  makeDefault(change: Change, methodId: string): Promise<PaymentMethod>
  /** Saves a card that the gateway reported by itself. Repeats change nothing. */
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
  const { database, clock, gateway, ledger, origin } = deps

  /** Runs `work` on the cards of a workspace that is being changed. */
  async function changeMethods<T>(change: Change, work: () => Promise<T>): Promise<T> {
    const result = await work()
    if (change.unit.topics.has('payment_method')) {
      const { tx, unit, nowMs } = change
      for (const { methodsChanged } of deps.hooks) await methodsChanged?.(tx, unit, nowMs)
    }
    return result
  }

  function keepMethod(change: Change, method: SavedMethod): Promise<PaymentMethod> {
    const { tx, unit, nowMs } = change
    return changeMethods(change, () => insertMethod(tx, unit, gateway.name, method, nowMs))
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
    async requestMethod(workspaceId, { testCard }) {
      const customerRef = await customerRefOf(deps, workspaceId)
      return gateway.addMethod(customerRef, { testCard, returnUrl: `${origin}/billing` })
    },
    makeDefault(change, methodId) {
      const { tx, unit } = change
      const { workspaceId } = unit.line
      return changeMethods(change, async () => {
        const method = await requireMethod(tx, { workspaceId, gateway: gateway.name }, methodId)
        if (method.isDefault) return method
        await setDefaultMethod(tx, unit, method)
        return { ...method, isDefault: true }
      })
    },
    saveMethod: (workspaceId, method) =>
      ledger.changeWorkspace(workspaceId, (change) => keepMethod(change, method)),
    async removeMethod(workspaceId, methodId) {
      const removed = await ledger.changeWorkspace(workspaceId, (change) =>
        changeMethods(change, async () => {
          const { tx, unit, nowMs } = change
          const method = await requireMethod(tx, { workspaceId, gateway: gateway.name }, methodId)
          await removeMethod(tx, unit, method, nowMs)
          return method
        }),
      )
      await giveUpWaiting(removed).catch(deps.onError)
      await forget(removed).catch(deps.onError)
    },
    async forgetRemoved(limit = 20) {
      for (const method of await methodsToForget(database, gateway.name, limit)) {
        await forget(method).catch(deps.onError)
      }
    },
  }
}
