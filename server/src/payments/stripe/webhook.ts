import Stripe from 'stripe'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import { findCustomerWorkspace } from '../customer-store.ts'
import type { Payments } from '../payments.ts'
import { findGatewayPurchase } from '../purchase-store.ts'
import type { SetupRef, StripeCard } from './cards.ts'
import { isProcessed, markProcessed } from './event-store.ts'
import { PURCHASE_KEY } from './outcome.ts'

export type StripeWebhookDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly payments: Pick<Payments, 'charge' | 'saveMethod'>
  readonly findSavedCard: (setup: SetupRef) => Promise<StripeCard | undefined>
  /** Begins with `whsec_`. */
  readonly webhookSecret: string
}

export type StripeWebhook = {
  /**
   * Handles an event of Stripe's. Events may come twice, late, or before Stripe's answer to the request that caused
   * them. An event is believed only in that something happened to the charge or card it names; what happened is asked
   * of Stripe.
   *
   * @throws Problem `invalid_request` if Stripe did not sign the body
   */
  handle(body: Buffer, signature: string): Promise<void>
  /** Saves the card of a page that the customer comes back from. It may be repeated any number of times. */
  saveCard(setup: SetupRef): Promise<void>
}

export function createStripeWebhook(deps: StripeWebhookDeps): StripeWebhook {
  const { database, clock, payments } = deps

  async function handleEvent(event: Stripe.Event): Promise<void> {
    switch (event.type) {
      case 'payment_intent.succeeded':
      case 'payment_intent.payment_failed':
      case 'payment_intent.requires_action':
      case 'payment_intent.processing':
      case 'payment_intent.canceled':
        return charge(event.data.object)
      case 'setup_intent.succeeded':
        return saveCard({ setupIntentId: event.data.object.id })
      case 'checkout.session.completed':
        if (event.data.object.mode === 'setup') await saveCard({ sessionId: event.data.object.id })
        return
      default:
        // Stripe has hundreds of other events.
        return
    }
  }

  /** Updates the purchase of a charge. Other charges of the account at Stripe are none of Talktime's. */
  async function charge({ metadata }: Stripe.PaymentIntent): Promise<void> {
    const id = uuidFrom('purchase', metadata[PURCHASE_KEY] ?? '')
    const purchase = id === undefined ? undefined : await findGatewayPurchase(database, 'stripe', id)
    if (purchase !== undefined) await payments.charge(purchase)
  }

  async function saveCard(setup: SetupRef): Promise<void> {
    const card = await deps.findSavedCard(setup)
    if (card === undefined) return
    const workspaceId = await findCustomerWorkspace(database, 'stripe', card.customerRef)
    if (workspaceId !== undefined) await payments.saveMethod(workspaceId, card.method)
  }

  return {
    saveCard,
    async handle(body, signature) {
      const event = verifyEvent(body, signature, deps.webhookSecret, clock.now())
      if (await isProcessed(database, event.id)) return
      await handleEvent(event)
      // Not before: Stripe sends an event again that was not handled.
      await markProcessed(database, event.id, clock.now())
    },
  }
}

/** How old a signature may be. An older one may have been recorded and replayed by somebody else. */
const SIGNATURE_AGE_SECONDS_MAX = 300

function verifyEvent(body: Buffer, signature: string, secret: string, nowMs: number): Stripe.Event {
  try {
    return Stripe.webhooks.constructEvent(
      body,
      signature,
      secret,
      SIGNATURE_AGE_SECONDS_MAX,
      undefined,
      nowMs,
    )
  } catch (error) {
    const detail = 'The header Stripe-Signature does not match this body.'
    const internal = error instanceof Error ? error.message : error
    throw new Problem(platformProblems.invalid_request, detail, { internal })
  }
}
