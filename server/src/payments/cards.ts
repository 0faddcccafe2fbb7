import { type Account, lockAccounts, writeAccounts } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { customerRefOf } from './customers.ts'
import type { SavedMethod, TestCard } from './gateway.ts'
import {
  insertMethod,
  markForgotten,
  methodsToForget,
  type PaymentMethod,
  removeMethod,
  requireMethod,
  setDefaultMethod,
} from './methods.ts'
import type { PaymentsParts } from './parts.ts'

/** What is done with a workspace's cards. */
export type Cards = {
  /** Adds a card, or answers the page of the gateway's on which the customer adds it. */
  addMethod(
    workspaceId: string,
    request: { readonly testCard: TestCard | undefined },
  ): Promise<{ readonly method: PaymentMethod } | { readonly setupUrl: string }>
  /** Keeps a card that the gateway told of; it becomes the default. Again and again if need be. */
  saveMethod(workspaceId: string, method: SavedMethod): Promise<PaymentMethod>
  /** Throws `payment_method_not_found`. */
  makeDefault(workspaceId: string, methodId: string): Promise<PaymentMethod>
  /** The newest of the others becomes the default. Throws `payment_method_not_found`. */
  removeMethod(workspaceId: string, methodId: string): Promise<void>
  /** Makes the gateway forget cards that were removed while it could not be reached; at most `limit`. */
  forgetRemoved(limit?: number): Promise<void>
}

export function createCards(parts: PaymentsParts): Cards {
  const { database, clock, gateway, origin } = parts

  /** Changes the cards under the workspace's lock. */
  async function change<T>(
    workspaceId: string,
    work: (tx: Tx, account: Account, nowMs: number) => Promise<T>,
  ): Promise<T> {
    const nowMs = clock.now()
    const done = await database.transaction(async (tx) => {
      const account = (await lockAccounts(tx, [workspaceId])).get(workspaceId)
      if (account === undefined) throw new Problem('workspace_not_found', 'There is no such workspace.')
      const result = await work(tx, account, nowMs)
      const changed = account.changed.size > 0
      if (changed) await parts.methodsChanged?.(tx, account, nowMs)
      await writeAccounts(tx, [account], nowMs)
      return { result, changed }
    })
    if (done.changed) {
      parts.onCommitted([workspaceId])
      parts.onMethodsChanged?.(workspaceId)
    }
    return done.result
  }

  async function saveMethod(workspaceId: string, saved: SavedMethod): Promise<PaymentMethod> {
    return change(workspaceId, async (tx, account, nowMs) => {
      return (await insertMethod(tx, account, gateway.name, saved, nowMs)).method
    })
  }

  async function forget(method: PaymentMethod): Promise<void> {
    const customerRef = await customerRefOf(parts, method.workspaceId)
    await gateway.removeMethod(customerRef, method.methodRef)
    await markForgotten(database, method, clock.now())
  }

  return {
    saveMethod,
    async addMethod(workspaceId, { testCard }) {
      const customerRef = await customerRefOf(parts, workspaceId)
      const request = { testCard, returnUrl: `${origin}/billing` }
      const answer = await gateway.addMethod(customerRef, request)
      if (answer.kind === 'set_up') return { setupUrl: answer.setupUrl }
      return { method: await saveMethod(workspaceId, answer.method) }
    },
    makeDefault(workspaceId, methodId) {
      return change(workspaceId, async (tx, account) => {
        const method = await requireMethod(tx, { workspaceId, gateway: gateway.name }, methodId)
        if (method.isDefault) return method
        await setDefaultMethod(tx, account, method)
        return { ...method, isDefault: true }
      })
    },
    async removeMethod(workspaceId, methodId) {
      const removed = await change(workspaceId, async (tx, account, nowMs) => {
        const method = await requireMethod(tx, { workspaceId, gateway: gateway.name }, methodId)
        await removeMethod(tx, account, method, nowMs)
        return method
      })
      await forget(removed).catch(parts.onError)
    },
    async forgetRemoved(limit = 20) {
      for (const method of await methodsToForget(database, gateway.name, limit)) {
        await forget(method).catch(parts.onError)
      }
    },
  }
}
