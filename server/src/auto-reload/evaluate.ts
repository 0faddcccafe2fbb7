import {
  type AutoReloadDecision,
  type AutoReloadReason,
  decideAutoReload,
} from '@talktime/core/auto-reload/auto-reload'
import { MINUTE_MS } from '@talktime/core/time/durations'
import { addEvent, type Change } from '../ledger/index.ts'
import type { Payments, PurchaseRef } from '../payments/index.ts'
import { invariant } from '../platform/problem.ts'
import { raiseReloadAlerts } from './alerts.ts'
import { insertAttempt, type NewAttempt } from './attempt-store.ts'
import { loadSituation, type ReloadSituation } from './load-situation.ts'
import { describeState } from './messages.ts'
import { findSettings, type Settings, saveDecision } from './settings-store.ts'
import { watchThreshold } from './watch-threshold.ts'

/** What to do after the transaction in which it was decided. */
export type NextStep =
  | { readonly kind: 'nothing' }
  /** Charge a purchase that is written down. */
  | { readonly kind: 'charge'; readonly purchase: PurchaseRef }
  /** Cancel a purchase that waits for a confirmation nobody needs any more. */
  | { readonly kind: 'cancel'; readonly purchase: PurchaseRef }

const NOTHING: NextStep = { kind: 'nothing' }

/** How long until changes are looked for again that no event reports. */
const LOOK_AGAIN_MS = MINUTE_MS

/**
 * Decides what auto-reload does now and writes it down: the purchase with its attempt, or, once for each change of
 * reason, the attempt that was not made and why.
 *
 * @param cancelOutdated whether to cancel an outdated purchase first; false if that has just been tried in vain
 */
export async function evaluateAutoReload(
  payments: Payments,
  change: Change,
  { cancelOutdated }: { readonly cancelOutdated: boolean },
): Promise<NextStep> {
  const { tx, unit, nowMs } = change
  const settings = await findSettings(tx, unit.line.workspaceId)
  if (settings === undefined) return NOTHING
  const situation = await loadSituation(payments, tx, unit.line, settings, nowMs)
  const { outdated } = situation
  if (outdated !== undefined && cancelOutdated) return { kind: 'cancel', purchase: outdated }
  if (!settings.enabled) return NOTHING
  const decision = decideAutoReload(situation.decisionInput, nowMs)
  const attempt = await createAttempt(payments, change, settings, situation, decision)
  if (attempt !== undefined) addEvent(unit, 'auto_reload', await insertAttempt(tx, attempt))
  else if (settings.decidedReason !== decision.reason) addEvent(unit, 'auto_reload')
  await recordDecision(change, settings, situation, decision, attempt)
  await raiseReloadAlerts(tx, unit, situation, decision, nowMs)
  return attempt?.purchaseId == null
    ? NOTHING
    : { kind: 'charge', purchase: { workspaceId: attempt.workspaceId, id: attempt.purchaseId } }
}

/** Creates the attempt that a decision leads to, with its purchase; `undefined` if there is none to list. */
async function createAttempt(
  payments: Payments,
  { tx, unit, nowMs }: Change,
  settings: Settings,
  situation: ReloadSituation,
  decision: AutoReloadDecision,
): Promise<NewAttempt | undefined> {
  const { workspaceId } = settings
  const { reason } = decision
  const { balanceMs } = situation.decisionInput
  const attempt = { workspaceId, seq: settings.attemptSeq + 1, atMs: nowMs, reason, balanceMs }
  if (decision.action === 'buy') {
    const { method, reload } = situation
    invariant(method, 'Auto-reload buys only if there is a card')
    const order = { ...reload, purpose: 'top_up', origin: 'auto_reload', method } as const
    const purchase = await payments.createPurchase(tx, unit, order, nowMs)
    return { ...attempt, purchaseId: purchase.id, detail: null }
  }
  const wasBelow = unit.line.reloadBelowMs === null
  const isKnown = wasBelow && settings.decidedReason === reason
  if (!isBelow(situation) || isKnown || !withholdsPurchase(reason)) return undefined
  return { ...attempt, purchaseId: null, detail: describeState(situation, decision) }
}

/** Whether a reason prevents a purchase that the customer might expect. */
function withholdsPurchase(reason: AutoReloadReason): boolean {
  return reason !== 'switched_off' && reason !== 'above_threshold' && reason !== 'purchase_in_flight'
}

function isBelow({ decisionInput }: ReloadSituation): boolean {
  return decisionInput.balanceMs < decisionInput.settings.thresholdMs
}

/** Writes a decision if it differs from the last one, and sets which crossing of the threshold is reported next. */
async function recordDecision(
  { tx, unit, nowMs }: Change,
  settings: Settings,
  situation: ReloadSituation,
  decision: AutoReloadDecision,
  attempt: NewAttempt | undefined,
): Promise<void> {
  // A balance below the threshold is not watched for falling below it. findDueWorkspaces notices when it has risen.
  watchThreshold(unit, isBelow(situation) ? null : settings.thresholdMs)
  const mustPoll = situation.outdated !== undefined || decision.reason === 'workspace_suspended'
  const decided = {
    attemptSeq: attempt?.seq ?? settings.attemptSeq,
    decidedReason: decision.reason,
    lookAtMs: mustPoll ? nowMs + LOOK_AGAIN_MS : decision.untilMs,
  }
  const isSame =
    settings.attemptSeq === decided.attemptSeq &&
    settings.decidedReason === decided.decidedReason &&
    settings.lookAtMs === decided.lookAtMs
  if (!isSame) await saveDecision(tx, settings.workspaceId, decided)
}
