import { balanceAt, findCrossing } from '@talktime/core/billing/balance-line'
import type { Actor } from '../../access/index.ts'
import { findSettings, saveAutoReload, type WantedChoice } from '../../auto-reload/index.ts'
import type { LineRow } from '../../ledger/index.ts'
import { isFinal, listPurchases, orderTopUp, type Purchase, type TestCard } from '../../payments/index.ts'
import { requireSubscription } from '../../plans/index.ts'
import { invariant } from '../../platform/problem.ts'
import { changePlan, retryRenewal } from '../../subscriptions/index.ts'
import type { YearWorld } from './year-world.ts'

/** How the demo's customer pays during the year: what the billing page does, and what the server does by itself. */
export type YearPurse = {
  /** Adds a card of the sandbox bank's, which takes the place of the one before. */
  useCard(testCard: TestCard): Promise<void>
  /** Upgrades, paid at once. */
  upgrade(planId: string): Promise<void>
  buy(packageId: string, quantity: number): Promise<void>
  setAutoReload(choice: WantedChoice): Promise<void>
  /** When the server charges something by itself at the latest; null: not until something happens. */
  dueAtMs(line: LineRow): number | null
  /** Charges what is due. Returns whether anything was. */
  chargeDue(line: LineRow, nowMs: number): Promise<boolean>
  /** Charges the renewal of a cycle that has just begun. */
  chargeRenewal(): Promise<void>
  /** Whether credits are bought without anybody doing anything. */
  readonly reloads: boolean
}

export function createYearPurse(world: YearWorld, workspaceId: string, actor: Actor): YearPurse {
  const { tx, payments, subscriptions, autoReload } = world
  let renewalTryMs: number | null = null
  let reload: { readonly thresholdMs: number; readonly lookAtMs: number | null } | undefined

  /** Reads what the server waits for by the clock. */
  async function readWaits(): Promise<void> {
    renewalTryMs = (await requireSubscription(tx, workspaceId)).nextRenewalTryMs
    const settings = await findSettings(tx, workspaceId)
    reload = settings?.enabled ? settings : undefined
  }

  async function evaluate(): Promise<void> {
    await autoReload.evaluate(workspaceId)
    await readWaits()
  }

  return {
    async useCard(testCard) {
      const before = await payments.findDefaultMethod(tx, workspaceId)
      const answer = await payments.requestMethod(workspaceId, { testCard })
      invariant(answer.kind === 'saved', 'The sandbox bank hands its cards out at once')
      await payments.saveMethod(workspaceId, answer.method)
      if (before !== undefined) await payments.removeMethod(workspaceId, before.id)
      await evaluate()
    },
    async upgrade(planId) {
      const { change, purchase } = await changePlan(subscriptions, { workspaceId, planId, actor })
      invariant(change === 'upgrade' && purchase !== null, `The ${planId} plan is an upgrade`)
      requirePaid(purchase)
      await evaluate()
    },
    async buy(packageId, quantity) {
      const { purchase } = await orderTopUp(world, {
        workspaceId,
        packageId,
        quantity,
        paymentMethodId: undefined,
        actor,
        idempotency: undefined,
      })
      requirePaid(await payments.charge(purchase))
    },
    async setAutoReload(choice) {
      await saveAutoReload(subscriptions, workspaceId, choice, actor)
      await evaluate()
    },
    dueAtMs(line) {
      const { reloadBelowMs } = line
      const times = [
        renewalTryMs,
        reload?.lookAtMs ?? null,
        reloadBelowMs === null ? null : findCrossing(line, reloadBelowMs - 1),
      ].filter((atMs) => atMs !== null)
      return times.length === 0 ? null : Math.min(...times)
    },
    async chargeDue(line, nowMs) {
      if (renewalTryMs !== null && renewalTryMs <= nowMs) {
        await retryRenewal(subscriptions, workspaceId)
        await readWaits()
        return true
      }
      if (reload === undefined) return false
      const { thresholdMs, lookAtMs } = reload
      const wasAbove = line.reloadBelowMs !== null
      const isAbove = balanceAt(line, nowMs) >= thresholdMs
      if (wasAbove === isAbove && (lookAtMs === null || lookAtMs > nowMs)) return false
      await evaluate()
      return true
    },
    async chargeRenewal() {
      const [newest] = await listPurchases(tx, workspaceId, { limit: 1, beforeId: null })
      if (newest?.purpose === 'renewal' && !isFinal(newest)) await payments.charge(newest)
      await readWaits()
    },
    get reloads() {
      return reload !== undefined
    },
  }
}

function requirePaid({ status, description }: Purchase): void {
  invariant(status === 'succeeded', `The card of the demo’s customer pays for “${description}”`)
}
