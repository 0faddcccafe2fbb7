import { RENEWAL_RETRIES_AFTER_MS } from '@talktime/core/billing/renewal'
import { raiseAlert } from '../alerts/index.ts'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Plan, Subscription } from '../plans/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { formatInstant, formatMoney } from '../platform/text-format.ts'

/**
 * Tells that a renewal has failed for the first time, when it is tried again, and what comes of it.
 *
 * @param why a sentence
 */
export async function tellRenewalFailed(
  tx: Tx,
  unit: WorkspaceUnit,
  { terms, timeZone }: Subscription,
  failure: { readonly why: string; readonly sinceMs: number; readonly fallback: string },
  nowMs: number,
): Promise<void> {
  const price = formatMoney(terms.priceMinor ?? 0, terms.currency)
  const tries = RENEWAL_RETRIES_AFTER_MS.map((afterMs) => formatInstant(failure.sinceMs + afterMs, timeZone))
  const times = new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(tries)
  await raise(tx, unit, nowMs, {
    kind: 'renewal_failed',
    key: String(failure.sinceMs),
    title: `The payment for the ${terms.name} plan failed`,
    detail: `${price} could not be charged. ${failure.why} It is tried again on ${times}. If the last try fails too, the ${terms.name} plan ends and the ${failure.fallback} plan begins. Add or change the card to pay at once.`,
  })
}

/** Tells that a plan has ended because it was not paid. */
export async function tellPlanEnded(
  tx: Tx,
  unit: WorkspaceUnit,
  { terms, pastDueSinceMs }: Subscription,
  fallback: Plan,
  nowMs: number,
): Promise<void> {
  await raise(tx, unit, nowMs, {
    kind: 'plan_ended',
    key: String(pastDueSinceMs ?? nowMs),
    title: `The ${terms.name} plan has ended`,
    detail: `It could not be paid, so the ${fallback.name} plan has begun: what was left of the unpaid monthly credits has expired. Credits that were bought are still there. Choose a plan to go on as before.`,
  })
}

async function raise(
  tx: Tx,
  unit: WorkspaceUnit,
  nowMs: number,
  alert: Omit<Parameters<typeof raiseAlert>[2], 'link'>,
): Promise<void> {
  await raiseAlert(tx, unit, { ...alert, link: '/billing' }, nowMs)
}
