import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { InvariantBroken, invariant } from '../platform/problem.ts'
import { buyerOf } from './customer-store.ts'
import type { PaymentsDeps } from './deps.ts'
import { type Fulfillment, topUp } from './fulfillment.ts'
import type { ChargeOutcome } from './gateway.ts'
import {
  isFinal,
  lockPurchase,
  type Purchase,
  type PurchasePurpose,
  type PurchaseRef,
} from './purchase-store.ts'
import { nextReceiptNumber, receiptFor } from './receipt.ts'

/** What became of a purchase; one that costs nothing succeeds without a charge. */
export type Outcome = ChargeOutcome | { readonly outcome: 'succeeded'; readonly chargeRef: null }

type Succeeded = Extract<Outcome, { outcome: 'succeeded' }>
type Declined = Extract<Outcome, { outcome: 'declined' }>
type RequiresAction = Extract<Outcome, { outcome: 'requires_action' }>

/** What a customer hears where nobody was there to confirm a payment with the bank. */
const unconfirmed = {
  code: 'authentication_required',
  message: 'The bank wants this payment to be confirmed. Nothing was charged.',
}

/**
 * Records what became of purchases: once, whoever comes with it, and however often. In one transaction the purchase
 * gets its status and the customer what was paid for.
 */
export function createOutcomeRecorder(deps: PaymentsDeps): {
  recordOutcome(ref: PurchaseRef, outcome: Outcome): Promise<Purchase>
} {
  const { ledger } = deps

  function requireFulfillment(purpose: PurchasePurpose): Fulfillment {
    if (purpose === 'top_up') return topUp
    const found = deps.hooks.map(({ fulfillments }) => fulfillments?.[purpose]).find(Boolean)
    invariant(found, `No room fulfills purchases of the purpose ${purpose}`)
    return found
  }

  /** Under the workspace's lock and the row's; the purchase is not final. */
  async function apply(
    tx: Tx,
    unit: WorkspaceUnit,
    purchase: Purchase,
    outcome: Outcome,
    nowMs: number,
  ): Promise<void> {
    switch (outcome.outcome) {
      case 'succeeded':
        return succeed(tx, unit, purchase, outcome, nowMs)
      case 'declined':
        return decline(tx, unit, purchase, outcome, nowMs)
      case 'requires_action':
        return askCustomer(tx, unit, purchase, outcome, nowMs)
      case 'pending':
        await writeOpen(tx, purchase, { status: 'pending', chargeRef: outcome.chargeRef }, nowMs)
        if (purchase.status !== 'pending') addEvent(unit, 'purchase', purchase.id)
        return
      case 'unknown':
        await writeOpen(tx, purchase, {}, nowMs)
    }
  }

  async function succeed(tx: Tx, unit: WorkspaceUnit, purchase: Purchase, outcome: Succeeded, nowMs: number) {
    const { grantId } = await requireFulfillment(purchase.purpose).fulfill(tx, unit, purchase, nowMs)
    const buyer = await buyerOf(tx, purchase.workspaceId)
    const receipt = receiptFor(deps.seller, buyer, purchase.amountMinor)
    addEvent(unit, 'purchase', purchase.id)
    await tx.query(
      `update purchases set status = 'succeeded', gateway_ref = coalesce($3, gateway_ref), action_url = null,
              failure_code = null, failure_message = null, decline_class = null, grant_id = $4, settled_at_ms = $5,
              receipt = $6, receipt_number = $7, next_check_at_ms = null
       where workspace_id = $1 and id = $2`,
      [
        purchase.workspaceId,
        purchase.id,
        outcome.chargeRef,
        grantId,
        nowMs,
        receipt,
        await nextReceiptNumber(tx, nowMs),
      ],
    )
    for (const { succeeded } of deps.hooks) await succeeded?.(tx, unit, purchase, nowMs)
  }

  async function decline(tx: Tx, unit: WorkspaceUnit, purchase: Purchase, outcome: Declined, nowMs: number) {
    await tx.query(
      `update purchases set status = 'failed', gateway_ref = coalesce($3, gateway_ref), action_url = null,
              failure_code = $4, failure_message = $5, decline_class = $6, settled_at_ms = $7, next_check_at_ms = null
       where workspace_id = $1 and id = $2`,
      [
        purchase.workspaceId,
        purchase.id,
        outcome.chargeRef,
        outcome.code,
        outcome.message,
        // Whoever did not confirm a payment is not asked for another by themselves.
        purchase.declineClass ?? outcome.class,
        nowMs,
      ],
    )
    addEvent(unit, 'purchase', purchase.id)
    await reportFailure(tx, unit, purchase, nowMs)
  }

  /** Where nobody sits before the screen, a confirmation that is asked for is a decline that can be mended. */
  async function askCustomer(
    tx: Tx,
    unit: WorkspaceUnit,
    purchase: Purchase,
    outcome: RequiresAction,
    nowMs: number,
  ) {
    const { chargeRef, actionUrl } = outcome
    await writeOpen(tx, purchase, { status: 'requires_action', chargeRef, actionUrl }, nowMs)
    if (purchase.status === 'requires_action') return
    addEvent(unit, 'purchase', purchase.id)
    if (purchase.origin !== 'manual') await reportFailure(tx, unit, purchase, nowMs)
  }

  async function reportFailure(
    tx: Tx,
    unit: WorkspaceUnit,
    purchase: Purchase,
    nowMs: number,
  ): Promise<void> {
    // One that waited for the customer has failed for its purpose already.
    if (purchase.declineClass === 'action_required') return
    await requireFulfillment(purchase.purpose).failed(tx, unit, await lockPurchase(tx, purchase), nowMs)
  }

  return {
    async recordOutcome(ref, outcome) {
      const done = await ledger.changeWorkspace(ref.workspaceId, async ({ tx, unit, nowMs }) => {
        const before = await lockPurchase(tx, ref)
        if (isFinal(before)) return { purchase: before, contradicts: contradicts(before, outcome) }
        await apply(tx, unit, before, outcome, nowMs)
        return { purchase: await lockPurchase(tx, ref), contradicts: false }
      })
      if (done.contradicts) deps.onError(contradiction(done.purchase, outcome))
      return done.purchase
    },
  }
}

type OpenState = {
  readonly status?: 'pending' | 'requires_action'
  readonly chargeRef?: string
  readonly actionUrl?: string
}

/** Writes what is known of a purchase that is not over, and when the gateway is asked again. */
async function writeOpen(tx: Tx, purchase: Purchase, state: OpenState, nowMs: number): Promise<void> {
  const status = state.status ?? purchase.status
  const waitsForNobody = status === 'requires_action' && purchase.origin !== 'manual'
  await tx.query(
    `update purchases set status = $3, gateway_ref = coalesce($4, gateway_ref),
            action_url = case when $3 = 'requires_action' then coalesce($5, action_url) end,
            failure_code = coalesce($6, failure_code), failure_message = coalesce($7, failure_message),
            decline_class = coalesce($8, decline_class), next_check_at_ms = $9
     where workspace_id = $1 and id = $2`,
    [
      purchase.workspaceId,
      purchase.id,
      status,
      state.chargeRef ?? null,
      state.actionUrl ?? null,
      waitsForNobody ? unconfirmed.code : null,
      waitsForNobody ? unconfirmed.message : null,
      waitsForNobody ? 'action_required' : null,
      nowMs + checkAfterMs(status, purchase.checks),
    ],
  )
}

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** How long after the first question, the second … the gateway is asked again. */
const checksAfterMs = [
  2 * secondMs,
  5 * secondMs,
  15 * secondMs,
  minuteMs,
  5 * minuteMs,
  15 * minuteMs,
  hourMs,
  6 * hourMs,
]

/** A customer takes a while, and a gateway tells by itself when one has confirmed. */
const customerMsMin = minuteMs

function checkAfterMs(status: 'pending' | 'requires_action' | Purchase['status'], checks: number): number {
  const afterMs = checksAfterMs[Math.max(0, checks - 1)] ?? checksAfterMs.at(-1) ?? hourMs
  return status === 'requires_action' ? Math.max(customerMsMin, afterMs) : afterMs
}

/** Money that moved although the purchase ended without, or the other way round: somebody has to look. */
function contradicts(purchase: Purchase, outcome: Outcome): boolean {
  if (outcome.outcome === 'succeeded') return purchase.status === 'failed'
  return outcome.outcome === 'declined' && purchase.status === 'succeeded'
}

function contradiction(purchase: Purchase, outcome: Outcome): Error {
  return new InvariantBroken(
    `Purchase ${purchase.id} is ${purchase.status}, but ${purchase.gateway} says ${outcome.outcome}`,
  )
}
