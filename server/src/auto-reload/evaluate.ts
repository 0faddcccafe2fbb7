import {
  type AutoReloadDecision,
  type AutoReloadReason,
  decideAutoReload,
} from '@talktime/core/auto-reload/auto-reload'
import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import type { Payments, PurchaseRef } from '../payments/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import { raiseReloadAlerts } from './alerts.ts'
import { insertAttempt, type NewAttempt } from './attempt-store.ts'
import { type Facts, loadFacts } from './load-situation.ts'
import { stateSentence } from './messages.ts'
import { findSettings, type Settings, saveDecision } from './settings-store.ts'
import { watchFor } from './watch-for.ts'

/** What is to be done outside of the transaction in which it was decided. */
export type Turn =
  | { readonly next: 'nothing' }
  /** Written down already; `charge` charges it. */
  | { readonly next: 'charge'; readonly purchase: PurchaseRef }
  /** A purchase that waits for a confirmation nobody needs any more. */
  | { readonly next: 'give_up'; readonly purchase: PurchaseRef }

const nothing: Turn = { next: 'nothing' }

/** What is not told by those who change it is looked at again so much later. */
const LOOK_AGAIN_MS = 60_000

/**
 * Decides anew, under the workspace's lock and with its boundaries caught up, and writes down what was decided: the
 * purchase to be made with its attempt, or the attempt that was not made and why, once for each change of reason.
 * The unit is written by the caller.
 *
 * @param giveUp whether an outdated purchase is given up first; not where that has just failed
 */
export async function takeTurn(
  payments: Payments,
  tx: Tx,
  unit: WorkspaceUnit,
  nowMs: number,
  { giveUp }: { readonly giveUp: boolean },
): Promise<Turn> {
  const settings = await findSettings(tx, unit.line.workspaceId)
  if (settings === undefined) return nothing
  const facts = await loadFacts(payments, tx, unit.line, settings, nowMs)
  const { outdated } = facts
  if (outdated !== undefined && giveUp) return { next: 'give_up', purchase: outdated }
  if (!settings.enabled) return nothing
  const decision = decideAutoReload(facts.situation, nowMs)
  const attempt = await attemptOf(payments, tx, unit, settings, facts, decision, nowMs)
  if (attempt !== undefined) addEvent(unit, 'auto_reload', await insertAttempt(tx, attempt))
  else if (settings.decidedReason !== decision.reason) addEvent(unit, 'auto_reload')
  await keepDecision(tx, unit, settings, facts, decision, attempt, nowMs)
  await raiseReloadAlerts(tx, unit, facts, decision, nowMs)
  return attempt?.purchaseId == null
    ? nothing
    : { next: 'charge', purchase: { workspaceId: attempt.workspaceId, id: attempt.purchaseId } }
}

async function attemptOf(
  payments: Payments,
  tx: Tx,
  unit: WorkspaceUnit,
  settings: Settings,
  facts: Facts,
  decision: AutoReloadDecision,
  nowMs: number,
): Promise<NewAttempt | undefined> {
  const { workspaceId } = settings
  const { reason } = decision
  const { balanceMs } = facts.situation
  const about = { workspaceId, seq: settings.attemptSeq + 1, atMs: nowMs, reason, balanceMs }
  if (decision.action === 'buy') {
    const { method, reload } = facts
    invariant(method, 'Auto-reload only buys where there is a card')
    const order = { ...reload, purpose: 'top_up', origin: 'auto_reload', method } as const
    const purchase = await payments.createPurchase(tx, unit, order, nowMs)
    return { ...about, purchaseId: purchase.id, detail: null }
  }
  const wasBelow = unit.line.reloadBelowMs === null
  const knownAlready = wasBelow && settings.decidedReason === reason
  if (!isBelow(facts) || knownAlready || !isWithheld(reason)) return undefined
  return { ...about, purchaseId: null, detail: stateSentence(facts, decision) }
}

/** Whether the reason keeps a purchase from being made that the customer might expect. */
function isWithheld(reason: AutoReloadReason): boolean {
  return reason !== 'switched_off' && reason !== 'above_threshold' && reason !== 'purchase_in_flight'
}

function isBelow({ situation }: Facts): boolean {
  return situation.balanceMs < situation.settings.thresholdMs
}

/** Writes what was decided where it is not what was decided last. */
async function keepDecision(
  tx: Tx,
  unit: WorkspaceUnit,
  settings: Settings,
  facts: Facts,
  decision: AutoReloadDecision,
  attempt: NewAttempt | undefined,
  nowMs: number,
): Promise<void> {
  const { workspaceId } = settings
  // Where the balance was last seen; crossing the threshold, in either direction, is what has to be heard of.
  const belowMs = isBelow(facts) ? null : settings.thresholdMs
  watchFor(unit, belowMs)
  const untold = facts.outdated !== undefined || decision.reason === 'workspace_suspended'
  const decided = {
    attemptSeq: attempt?.seq ?? settings.attemptSeq,
    decidedReason: decision.reason,
    lookAtMs: untold ? nowMs + LOOK_AGAIN_MS : decision.untilMs,
  }
  const same =
    settings.attemptSeq === decided.attemptSeq &&
    settings.decidedReason === decided.decidedReason &&
    settings.lookAtMs === decided.lookAtMs
  if (!same) await saveDecision(tx, workspaceId, decided)
}
