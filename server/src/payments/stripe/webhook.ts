import Stripe from 'stripe'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { Payments } from '../payments.ts'
import type { SetupRef, StripeCard } from './cards.ts'
import { findStripePurchase } from './find-purchase.ts'
import { purchaseKey } from './outcome.ts'

export type StripeWebhookDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly payments: Pick<Payments, 'charge' | 'saveMethod'>
  readonly savedCard: (setup: SetupRef) => Promise<StripeCard | undefined>
  /** whsec_…. */
  readonly webhookSecret: string
}

export type StripeWebhook = {
  /**
   * Takes what Stripe sent: an event, which may have come before, come late, or come before our own answer did.
   * Nothing that it says is believed but that something happened to a charge or a card of that name; what happened is
   * asked of Stripe.
   *
   * @throws Problem invalid_request where it is not signed by Stripe
   */
  take(body: Buffer, signature: string): Promise<void>
  /** Keeps the card of a page that the customer comes back from. Again and again if need be. */
  keepCard(setup: SetupRef): Promise<void>
}

export function createStripeWebhook(deps: StripeWebhookDeps): StripeWebhook {
  const { database, clock, payments } = deps

  async function react(event: Stripe.Event): Promise<void> {
    switch (event.type) {
      case 'payment_intent.succeeded':
      case 'payment_intent.payment_failed':
      case 'payment_intent.requires_action':
      case 'payment_intent.processing':
      case 'payment_intent.canceled':
        return charge(event.data.object)
      case 'setup_intent.succeeded':
        return keepCard({ setupIntentId: event.data.object.id })
      case 'checkout.session.completed':
        if (event.data.object.mode === 'setup') await keepCard({ sessionId: event.data.object.id })
        return
      default:
    }
  }

  /** What else is charged through the same account at Stripe is no business of ours. */
  async function charge({ metadata }: Stripe.PaymentIntent): Promise<void> {
    const id = uuidFrom('purchase', metadata[purchaseKey] ?? '')
    const purchase = id === undefined ? undefined : await findStripePurchase(database, id)
    if (purchase !== undefined) await payments.charge(purchase)
  }

  async function keepCard(setup: SetupRef): Promise<void> {
    const card = await deps.savedCard(setup)
    if (card === undefined) return
    const { rows } = await database.query<{ workspaceId: string }>(
      `select workspace_id as "workspaceId" from payment_customers where gateway = 'stripe' and ref = $1`,
      [card.customerRef],
    )
    const workspaceId = rows[0]?.workspaceId
    if (workspaceId !== undefined) await payments.saveMethod(workspaceId, card.method)
  }

  async function wasTaken(event: Stripe.Event): Promise<boolean> {
    const { rowCount } = await database.query(
      `select from gateway_events where gateway = 'stripe' and event_id = $1`,
      [event.id],
    )
    return rowCount === 1
  }

  return {
    keepCard,
    async take(body, signature) {
      const event = verified(body, signature, deps.webhookSecret, clock.now())
      if (await wasTaken(event)) return
      await react(event)
      // Only now: an event that was not dealt with is sent again.
      await database.query(
        `insert into gateway_events (gateway, event_id, received_at_ms) values ('stripe', $1, $2)
         on conflict do nothing`,
        [event.id, clock.now()],
      )
    },
  }
}

/** How old a signature may be, in seconds: what is older may be somebody's who overheard it. */
const toleranceSeconds = 300

function verified(body: Buffer, signature: string, secret: string, nowMs: number): Stripe.Event {
  try {
    return Stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds, undefined, nowMs)
  } catch (error) {
    throw new Problem(
      platformProblems.invalid_request,
      'The header Stripe-Signature does not fit this body.',
      {
        internal: error instanceof Error ? error.message : error,
      },
    )
  }
}
