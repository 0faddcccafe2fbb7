import type { AutoReloadDecision } from '@talktime/core/auto-reload/auto-reload'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { creditsInWords } from '@talktime/core/billing/credits'
import { raiseAlert } from '../alerts/index.ts'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Purchase } from '../payments/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { formatMoney } from '../platform/text-format.ts'
import type { ReloadSituation } from './load-situation.ts'
import { describeState } from './messages.ts'

type ReloadAlert = {
  readonly kind: 'reload_declined' | 'reload_failed' | 'reload_capped' | 'reload_done'
  readonly key: string
  readonly title: string
  readonly detail: string
}

/**
 * Raises the alerts that a decision gives reason for. The decline, or the month and its cap, is part of an alert's key,
 * so each alert is raised once however often the decision is repeated.
 */
export async function raiseReloadAlerts(
  tx: Tx,
  unit: WorkspaceUnit,
  situation: ReloadSituation,
  decision: AutoReloadDecision,
  nowMs: number,
): Promise<void> {
  const alerts = [
    createDeclinedAlert(situation, decision),
    createFailedAlert(situation, decision),
    createCappedAlert(situation, decision),
  ]
  for (const alert of alerts) if (alert !== undefined) await raise(tx, unit, alert, nowMs)
}

/** Raises the alert for a paid purchase if auto-reload made it. The unit already contains its credits. */
export async function raiseReloadDoneAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  { id, origin, description, amountMinor, currency }: Purchase,
  nowMs: number,
): Promise<void> {
  if (origin !== 'auto_reload') return
  const balance = creditsInWords(balanceAt(unit.line, nowMs), 'en-US')
  const alert: ReloadAlert = {
    kind: 'reload_done',
    key: id,
    title: `Auto-reload bought ${description}`,
    detail: `It paid ${formatMoney(amountMinor, currency)}. The balance is ${balance} now.`,
  }
  await raise(tx, unit, alert, nowMs)
}

async function raise(tx: Tx, unit: WorkspaceUnit, alert: ReloadAlert, nowMs: number): Promise<void> {
  await raiseAlert(tx, unit, { ...alert, link: '/billing' }, nowMs)
}

/** Alerts to the first decline after a success. Further declines are no news until auto-reload stops. */
function createDeclinedAlert(
  situation: ReloadSituation,
  decision: AutoReloadDecision,
): ReloadAlert | undefined {
  const { firstDecline } = situation
  const continues = decision.action !== 'stop' || decision.reason === 'monthly_cap_reached'
  if (firstDecline === undefined || !continues) return undefined
  const explanation =
    decision.reason === 'retry_later'
      ? describeState(situation, decision)
      : (firstDecline.failureMessage ?? '')
  return {
    kind: 'reload_declined',
    key: firstDecline.purchaseId,
    title: 'Auto-reload: the card was declined',
    detail: `${describeMissedReload(situation)} ${explanation} Change the card, or buy credits yourself, so that calls go on.`,
  }
}

function createFailedAlert(
  situation: ReloadSituation,
  decision: AutoReloadDecision,
): ReloadAlert | undefined {
  const { lastDecline } = situation
  const hasStopped = decision.reason === 'card_declined' || decision.reason === 'confirmation_required'
  if (lastDecline === undefined || !hasStopped) return undefined
  return {
    kind: 'reload_failed',
    key: lastDecline.purchaseId,
    title:
      lastDecline.status === 'requires_action'
        ? 'Auto-reload: your bank wants a confirmation'
        : 'Auto-reload has stopped',
    detail: `${describeMissedReload(situation)} ${describeState(situation, decision)}`,
  }
}

/** Alerts once a month, and again if a changed cap is reached in that month. */
function createCappedAlert(
  situation: ReloadSituation,
  decision: AutoReloadDecision,
): ReloadAlert | undefined {
  if (decision.reason !== 'monthly_cap_reached') return undefined
  const { monthEndsAtMs, settings } = situation.decisionInput
  return {
    kind: 'reload_capped',
    key: `${monthEndsAtMs} ${settings.monthlyCapMinor}`,
    title: 'Auto-reload has reached its monthly cap',
    detail: `${describeState(situation, decision)} Raise the cap, or buy credits yourself, so that calls go on.`,
  }
}

function describeMissedReload({ reload }: ReloadSituation): string {
  return `Auto-reload could not buy ${reload.description} for ${formatMoney(reload.amountMinor, reload.currency)}.`
}
