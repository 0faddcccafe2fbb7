import { RENEWAL_RETRIES_AFTER_MS } from '@talktime/core/billing/renewal'
import { raiseAlert } from '../alerts/index.ts'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Plan, Subscription } from '../plans/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { formatInstant, formatMoney } from '../platform/text-format.ts'

/**
 * Raises the alert that a renewal failed for the first time: when it is charged again, and what happens if it fails.
 *
 * @param failure `why` is a sentence, `fallback` the name of the plan that begins if nothing is paid
 */
export async function raiseRenewalFailedAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  { terms, timeZone }: Subscription,
  failure: { readonly why: string; readonly sinceMs: number; readonly fallback: string },
  nowMs: number,
): Promise<void> {
  const price = formatMoney(terms.priceMinor ?? 0, terms.currency)
  const retries = RENEWAL_RETRIES_AFTER_MS.map((afterMs) =>
    formatInstant(failure.sinceMs + afterMs, timeZone),
  )
  const times = new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(retries)
  await raise(tx, unit, nowMs, {
    kind: 'renewal_failed',
    key: String(failure.sinceMs),
    title: `The payment for the ${terms.name} plan failed`,
    detail: `${price} could not be charged. ${failure.why} The charge will be retried on ${times}. If the last attempt fails too, the ${terms.name} plan ends and the ${failure.fallback} plan begins. Add or change the card to pay now.`,
  })
}

/** Raises the alert that a plan has ended because it was not paid. */
export async function raisePlanEndedAlert(
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
    detail: `It could not be paid, so the ${fallback.name} plan has begun. The rest of the unpaid monthly credits has expired. Purchased credits are still there. Choose a plan to continue as before.`,
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
