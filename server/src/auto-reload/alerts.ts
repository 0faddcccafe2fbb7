import type { AutoReloadDecision } from '@talktime/core/auto-reload/auto-reload'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { raiseAlert } from '../alerts/index.ts'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Purchase } from '../payments/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { formatMoney } from '../platform/text-format.ts'
import type { Facts } from './load-situation.ts'
import { creditsText, stateSentence } from './messages.ts'

type Said = { readonly kind: 'reload_declined' | 'reload_failed' | 'reload_capped' | 'reload_done' } & {
  readonly key: string
  readonly title: string
  readonly detail: string
}

/**
 * Raises the alerts that a decision gives reason for. It may say them at each decision: which decline, or which month's
 * cap, they tell of is in their keys, so that each is raised once.
 */
export async function raiseReloadAlerts(
  tx: Tx,
  unit: WorkspaceUnit,
  facts: Facts,
  decision: AutoReloadDecision,
  nowMs: number,
): Promise<void> {
  for (const said of [declined(facts, decision), failed(facts, decision), capped(facts, decision)]) {
    if (said !== undefined) await raise(tx, unit, said, nowMs)
  }
}

/** Tells of a purchase that was paid, if auto-reload made it. The credits are on the unit already. */
export async function raiseReloadDone(
  tx: Tx,
  unit: WorkspaceUnit,
  { id, origin, description, amountMinor, currency }: Purchase,
  nowMs: number,
): Promise<void> {
  if (origin !== 'auto_reload') return
  const balance = creditsText(balanceAt(unit.line, nowMs))
  const said: Said = {
    kind: 'reload_done',
    key: id,
    title: `Auto-reload bought ${description}`,
    detail: `It paid ${formatMoney(amountMinor, currency)}. The balance is ${balance} now.`,
  }
  await raise(tx, unit, said, nowMs)
}

async function raise(tx: Tx, unit: WorkspaceUnit, said: Said, nowMs: number): Promise<void> {
  await raiseAlert(tx, unit, { ...said, link: '/billing' }, nowMs)
}

/** The first decline since all was well; those after it are no news until nothing more is tried. */
function declined(facts: Facts, decision: AutoReloadDecision): Said | undefined {
  const { firstDecline } = facts
  const goesOn = decision.action !== 'stop' || decision.reason === 'monthly_cap_reached'
  if (firstDecline === undefined || !goesOn) return undefined
  const said =
    decision.reason === 'retry_later' ? stateSentence(facts, decision) : (firstDecline.failureMessage ?? '')
  return {
    kind: 'reload_declined',
    key: firstDecline.purchaseId,
    title: 'Auto-reload: the card was declined',
    detail: `${notBought(facts)} ${said} Change the card, or buy credits yourself, so that calls go on.`,
  }
}

function failed(facts: Facts, decision: AutoReloadDecision): Said | undefined {
  const { lastDecline } = facts
  const stopped = decision.reason === 'card_declined' || decision.reason === 'confirmation_required'
  if (lastDecline === undefined || !stopped) return undefined
  return {
    kind: 'reload_failed',
    key: lastDecline.purchaseId,
    title:
      lastDecline.status === 'requires_action'
        ? 'Auto-reload: your bank wants a confirmation'
        : 'Auto-reload has stopped',
    detail: `${notBought(facts)} ${stateSentence(facts, decision)}`,
  }
}

/** Once a month, and once more where another cap is reached in it. */
function capped(facts: Facts, decision: AutoReloadDecision): Said | undefined {
  if (decision.reason !== 'monthly_cap_reached') return undefined
  const { monthEndsAtMs, settings } = facts.situation
  return {
    kind: 'reload_capped',
    key: `${monthEndsAtMs} ${settings.monthlyCapMinor}`,
    title: 'Auto-reload has reached its monthly cap',
    detail: `${stateSentence(facts, decision)} Raise the cap, or buy credits yourself, so that calls go on.`,
  }
}

function notBought({ reload }: Facts): string {
  return `Auto-reload could not buy ${reload.description} for ${formatMoney(reload.amountMinor, reload.currency)}.`
}
