import { assertNever } from '@talktime/core/exhaustive'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { AuditSource } from '../access/index.ts'
import { addAudit, addEvent, type Change } from '../ledger/index.ts'
import { InvariantBroken, invariant } from '../platform/problem.ts'
import { loadBuyer } from './customer-store.ts'
import type { PaymentsDeps } from './deps.ts'
import { type Fulfillment, topUpFulfillment } from './fulfillment.ts'
import type { ChargeOutcome } from './gateway.ts'
import { isFinal, type Purchase, type PurchasePurpose, type PurchaseRef } from './purchase.ts'
import { purchaseState, targetOfPurchase } from './purchase-audit.ts'
import { lockPurchase, requirePurchase } from './purchase-store.ts'
import { type PurchaseFailure, writeFailed, writeOpen, writeSucceeded } from './purchase-write-store.ts'
import { createReceipt } from './receipt.ts'
import { takeReceiptNumber } from './receipt-store.ts'

/** What became of a purchase. One that costs nothing succeeds without a charge. */
export type Outcome = ChargeOutcome | { readonly outcome: 'succeeded'; readonly chargeRef: null }

type OutcomeOf<Kind> = Extract<Outcome, { outcome: Kind }>

/** The failure of a purchase that the customer must confirm while no customer is present. */
const UNCONFIRMED: PurchaseFailure = {
  code: 'authentication_required',
  message: 'The bank wants this payment to be confirmed. Nothing was charged.',
  class: 'action_required',
}

/**
 * Records what became of a purchase and fulfills it if it is paid, in one transaction. Any number of callers may report
 * an outcome; a final status never changes. An outcome that contradicts a final status goes to `onError`.
 *
 * @param by who made it fail, by canceling it; left out: the gateway did
 */
export async function recordOutcome(
  deps: PaymentsDeps,
  ref: PurchaseRef,
  outcome: Outcome,
  by: AuditSource = { actor: 'system' },
): Promise<Purchase> {
  const isContradiction = await deps.ledger.changeWorkspace(ref.workspaceId, async (change) => {
    const purchase = await lockPurchase(change.tx, ref)
    if (isFinal(purchase)) return contradicts(purchase, outcome)
    await applyOutcome(deps, change, purchase, outcome)
    await auditOutcome(change, purchase, by)
    return false
  })
  // Read after the commit: the ledger entry, and with it the balance after the purchase, is written at its end.
  const purchase = await requirePurchase(deps.database, ref)
  if (isContradiction) deps.onError(createContradiction(purchase, outcome))
  return purchase
}

/** Records in the audit log where a purchase has got to: succeeded, failed, or waiting for the customer. */
async function auditOutcome({ tx, unit }: Change, before: Purchase, by: AuditSource): Promise<void> {
  const after = await lockPurchase(tx, before)
  if (after.status === before.status) return
  addAudit(unit, after.status === 'failed' ? by : { actor: 'system' }, {
    action: `purchase.${after.status}`,
    target: targetOfPurchase(after),
    before: purchaseState(before),
    after: purchaseState(after),
  })
}

/** Applies an outcome to a purchase that is not final. Workspace and purchase are locked. */
async function applyOutcome(
  deps: PaymentsDeps,
  change: Change,
  purchase: Purchase,
  outcome: Outcome,
): Promise<void> {
  switch (outcome.outcome) {
    case 'succeeded':
      return succeed(deps, change, purchase, outcome)
    case 'declined':
      return fail(deps, change, purchase, outcome)
    case 'requires_action':
      return waitForCustomer(deps, change, purchase, outcome)
    case 'pending':
      await recordOpen(change, purchase, { status: 'pending', chargeRef: outcome.chargeRef })
      if (purchase.status !== 'pending') addEvent(change.unit, 'purchase', purchase.id)
      return
    case 'unknown':
      return recordOpen(change, purchase, {})
    default:
      return assertNever(outcome)
  }
}

async function succeed(
  deps: PaymentsDeps,
  { tx, unit, nowMs }: Change,
  purchase: Purchase,
  { chargeRef }: OutcomeOf<'succeeded'>,
): Promise<void> {
  const { grantId } = await requireFulfillment(deps, purchase.purpose).fulfill(tx, unit, purchase, nowMs)
  const buyer = await loadBuyer(tx, purchase.workspaceId)
  const receipt = createReceipt(deps.seller, buyer, purchase.amountMinor)
  addEvent(unit, 'purchase', purchase.id)
  const receiptNumber = await takeReceiptNumber(tx, nowMs)
  await writeSucceeded(tx, purchase, { chargeRef, grantId, receipt, receiptNumber }, nowMs)
  for (const { onSucceeded } of deps.hooks) await onSucceeded?.(tx, unit, purchase, nowMs)
}

async function fail(
  deps: PaymentsDeps,
  change: Change,
  purchase: Purchase,
  { chargeRef, code, message, class: declineClass }: OutcomeOf<'declined'>,
): Promise<void> {
  const { tx, unit, nowMs } = change
  const failure = {
    chargeRef,
    code,
    message,
    // A customer who left one confirmation undone does not get another automatically: the class stays.
    class: purchase.declineClass ?? declineClass,
  }
  await writeFailed(tx, purchase, failure, nowMs)
  addEvent(unit, 'purchase', purchase.id)
  await handleFailure(deps, change, purchase)
}

/** Waits for the customer's confirmation. Without a customer present this is a failure that the customer can fix. */
async function waitForCustomer(
  deps: PaymentsDeps,
  change: Change,
  purchase: Purchase,
  { chargeRef, actionUrl }: OutcomeOf<'requires_action'>,
): Promise<void> {
  await recordOpen(change, purchase, { status: 'requires_action', chargeRef, actionUrl })
  if (purchase.status === 'requires_action') return
  addEvent(change.unit, 'purchase', purchase.id)
  if (purchase.origin !== 'manual') await handleFailure(deps, change, purchase)
}

async function handleFailure(
  deps: PaymentsDeps,
  { tx, unit, nowMs }: Change,
  purchase: Purchase,
): Promise<void> {
  // A purchase that waited for the customer was handled as a failure when it began to wait.
  if (purchase.declineClass === 'action_required') return
  const failed = await lockPurchase(tx, purchase)
  await requireFulfillment(deps, purchase.purpose).handleFailure(tx, unit, failed, nowMs)
}

function requireFulfillment(deps: PaymentsDeps, purpose: PurchasePurpose): Fulfillment {
  if (purpose === 'top_up') return topUpFulfillment
  const found = deps.hooks.map(({ fulfillments }) => fulfillments?.[purpose]).find(Boolean)
  invariant(found, `No room fulfills purchases of the purpose ${purpose}`)
  return found
}

type OpenState = {
  readonly status?: 'pending' | 'requires_action'
  readonly chargeRef?: string
  readonly actionUrl?: string
}

/** Records what is known about a purchase that is not final, and when to ask the gateway again. */
async function recordOpen(
  { tx, nowMs }: Pick<Change, 'tx' | 'nowMs'>,
  purchase: Purchase,
  state: OpenState,
): Promise<void> {
  const status = state.status ?? purchase.status
  const isUnattended = status === 'requires_action' && purchase.origin !== 'manual'
  await writeOpen(tx, purchase, {
    status,
    chargeRef: state.chargeRef ?? null,
    actionUrl: state.actionUrl ?? null,
    failure: isUnattended ? UNCONFIRMED : null,
    nextCheckAtMs: nowMs + computeCheckDelayMs(status, purchase.checks),
  })
}

/** How long to wait after the first check, the second … before the gateway is asked again. */
const CHECK_DELAYS_MS = [
  2 * SECOND_MS,
  5 * SECOND_MS,
  15 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
]

/** A customer takes a while to confirm, and a gateway reports a confirmation on its own. */
const CONFIRMATION_CHECK_MS_MIN = MINUTE_MS

function computeCheckDelayMs(status: Purchase['status'], checks: number): number {
  const delayMs = CHECK_DELAYS_MS[Math.max(0, checks - 1)] ?? CHECK_DELAYS_MS.at(-1) ?? HOUR_MS
  return status === 'requires_action' ? Math.max(CONFIRMATION_CHECK_MS_MIN, delayMs) : delayMs
}

/** Whether money moved although the purchase failed, or did not move although it succeeded. A person must look. */
function contradicts(purchase: Purchase, outcome: Outcome): boolean {
  if (outcome.outcome === 'succeeded') return purchase.status === 'failed'
  return outcome.outcome === 'declined' && purchase.status === 'succeeded'
}

function createContradiction(purchase: Purchase, outcome: Outcome): Error {
  return new InvariantBroken(
    `Purchase ${purchase.id} is ${purchase.status}, but ${purchase.gateway} says ${outcome.outcome}`,
  )
}
