import { balanceAt, findCrossing } from '@talktime/core/billing/balance-line'
import type { Actor } from '../../access/index.ts'
import { findSettings, saveAutoReload, type WantedChoice } from '../../auto-reload/index.ts'
import type { LineRow } from '../../ledger/index.ts'
import { isFinal, listPurchases, orderTopUp, type Purchase, type TestCard } from '../../payments/index.ts'
import { requireSubscription } from '../../plans/index.ts'
import { invariant } from '../../platform/problem.ts'
import { changePlan, retryRenewal } from '../../subscriptions/index.ts'
import { findEarliest } from './earliest.ts'
import type { YearWorld } from './year-world.ts'

/**
 * The payments of the demo's customer during the year: those made on the billing page, and those that the server makes
 * automatically. All of them use the sandbox bank. Purchases by hand and upgrades throw if the card is declined.
 */
export type YearPayments = {
  /** Adds a card of the sandbox bank and removes the one it replaces. */
  replaceCard(testCard: TestCard): Promise<void>
  /** Upgrades the plan and pays for it at once. */
  upgrade(planId: string): Promise<void>
  buy(packageId: string, quantity: number): Promise<void>
  setAutoReload(choice: WantedChoice): Promise<void>
  /** The time of the next automatic charge, if no call is answered or ends before. Null if none is due by then. */
  findDueAtMs(line: LineRow): number | null
  /** Makes an automatic charge that is due. Returns whether there was one. */
  chargeDue(line: LineRow, nowMs: number): Promise<boolean>
  /** Charges the renewal of a cycle that has just started, if there is one. */
  chargeRenewal(): Promise<void>
  /** Whether auto-reload is switched on. */
  readonly hasAutoReload: boolean
}

/** What the server waits for by the clock. */
type Waits = {
  renewalTryMs: number | null
  reload: { readonly thresholdMs: number; readonly lookAtMs: number | null } | undefined
}

export function createYearPayments(world: YearWorld, workspaceId: string, buyer: Actor): YearPayments {
  const { tx, payments, subscriptions } = world
  const waits: Waits = { renewalTryMs: null, reload: undefined }
  const readWaits = async () => Object.assign(waits, await loadWaits(world, workspaceId))
  const evaluate = async () => {
    await world.autoReload.evaluate(workspaceId)
    await readWaits()
  }

  return {
    async replaceCard(testCard) {
      await replaceCard(world, workspaceId, testCard)
      await evaluate()
    },
    async upgrade(planId) {
      const { change, purchase } = await changePlan(subscriptions, { workspaceId, planId, actor: buyer })
      invariant(change === 'upgrade' && purchase !== null, `The ${planId} plan is an upgrade`)
      requirePaid(purchase)
      await evaluate()
    },
    async buy(packageId, quantity) {
      const order = { workspaceId, packageId, quantity, paymentMethodId: undefined, actor: buyer }
      const { purchase } = await orderTopUp(world, { ...order, idempotency: undefined })
      requirePaid(await payments.charge(purchase))
    },
    async setAutoReload(choice) {
      await saveAutoReload(subscriptions, workspaceId, choice, { actor: buyer })
      await evaluate()
    },
    findDueAtMs(line) {
      const { reloadBelowMs } = line
      const crossingMs = reloadBelowMs === null ? null : findCrossing(line, reloadBelowMs - 1)
      return findEarliest([waits.renewalTryMs, waits.reload?.lookAtMs, crossingMs])
    },
    async chargeDue(line, nowMs) {
      if (waits.renewalTryMs !== null && waits.renewalTryMs <= nowMs) {
        await retryRenewal(subscriptions, workspaceId)
        await readWaits()
        return true
      }
      if (waits.reload === undefined || !isReloadDue(line, waits.reload, nowMs)) return false
      await evaluate()
      return true
    },
    async chargeRenewal() {
      const [newest] = await listPurchases(tx, workspaceId, { limit: 1, beforeId: null })
      if (newest?.purpose === 'renewal' && !isFinal(newest)) await payments.charge(newest)
      await readWaits()
    },
    get hasAutoReload() {
      return waits.reload !== undefined
    },
  }
}

async function loadWaits({ tx }: YearWorld, workspaceId: string): Promise<Waits> {
  const renewalTryMs = (await requireSubscription(tx, workspaceId)).nextRenewalTryMs
  const settings = await findSettings(tx, workspaceId)
  return { renewalTryMs, reload: settings?.enabled ? settings : undefined }
}

async function replaceCard(
  { tx, payments }: YearWorld,
  workspaceId: string,
  testCard: TestCard,
): Promise<void> {
  const before = await payments.findDefaultMethod(tx, workspaceId)
  const answer = await payments.requestMethod(workspaceId, { testCard })
  invariant(answer.kind === 'saved', 'The sandbox bank issues cards at once')
  await payments.saveMethod(workspaceId, answer.method)
  if (before !== undefined) await payments.removeMethod(workspaceId, before.id, { actor: 'system' })
}

/** Whether the balance has crossed the threshold since the last evaluation, or the time of the next one has come. */
function isReloadDue(
  line: LineRow,
  { thresholdMs, lookAtMs }: NonNullable<Waits['reload']>,
  nowMs: number,
): boolean {
  const wasAbove = line.reloadBelowMs !== null
  const isAbove = balanceAt(line, nowMs) >= thresholdMs
  return wasAbove !== isAbove || (lookAtMs !== null && lookAtMs <= nowMs)
}

function requirePaid({ status, description }: Purchase): void {
  invariant(status === 'succeeded', `The card of the demo’s customer pays for “${description}”`)
}
