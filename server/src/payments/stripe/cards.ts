import type Stripe from 'stripe'
import { invalid } from '../../platform/problem.ts'
import type { MethodAnswer, MethodRequest, SavedMethod } from '../gateway.ts'
import { callStripe } from './call-stripe.ts'
import { isRefusal } from './client.ts'
import { BILLING_PATH, CARD_RETURN_PATH } from './pages.ts'

/** A card that a customer typed in, and the customer it belongs to. */
export type StripeCard = { readonly customerRef: string; readonly method: SavedMethod }

/** Refers to a new card: by Stripe's page on which it was typed in, or by what that page set up. */
export type SetupRef = { readonly sessionId: string } | { readonly setupIntentId: string }

/** Creates a page of Stripe's on which the customer types in a card, so that its number never reaches this server. */
export async function addCard(
  client: Stripe,
  customerRef: string,
  { testCard, returnUrl }: MethodRequest,
): Promise<MethodAnswer> {
  if (testCard !== undefined) {
    throw invalid(
      '/testCard',
      '"testCard" works in the sandbox only. Cards are typed in on Stripe’s page: send {} and open "setupUrl".',
    )
  }
  const { url } = await callStripe(() =>
    client.checkout.sessions.create({
      mode: 'setup',
      customer: customerRef,
      allowed_payment_method_types: ['card'],
      // Stripe replaces the braces with the session's id, so they must not be URL-encoded.
      success_url: `${new URL(CARD_RETURN_PATH, returnUrl).href}?session={CHECKOUT_SESSION_ID}`,
      cancel_url: new URL(BILLING_PATH, returnUrl).href,
    }),
  )
  if (url === null) throw new Error('Stripe created a page for a card without an address')
  return { kind: 'set_up', setupUrl: url }
}

/** Finds the card that was typed in. `undefined`: none yet, none that can be charged, or one of another account. */
export async function findSavedCard(client: Stripe, setup: SetupRef): Promise<StripeCard | undefined> {
  return callStripe(async () => {
    const setupIntentId =
      'sessionId' in setup ? await findSetupIntentId(client, setup.sessionId) : setup.setupIntentId
    if (setupIntentId === undefined) return undefined
    const setupIntent = await findOrUndefined(() =>
      client.setupIntents.retrieve(setupIntentId, { expand: ['payment_method'] }),
    )
    if (setupIntent?.status !== 'succeeded') return undefined
    return readCard(setupIntent.payment_method)
  })
}

async function findSetupIntentId(client: Stripe, sessionId: string): Promise<string | undefined> {
  const session = await findOrUndefined(() => client.checkout.sessions.retrieve(sessionId))
  const setup = session?.setup_intent ?? undefined
  return typeof setup === 'object' ? setup.id : setup
}

function readCard(method: string | Stripe.PaymentMethod | null): StripeCard | undefined {
  // Stripe sets a faulty card up and detaches it at once.
  if (method === null || typeof method === 'string' || method.customer === null) return undefined
  const { id, card, customer } = method
  if (card === undefined) return undefined
  return {
    customerRef: typeof customer === 'string' ? customer : customer.id,
    method: {
      methodRef: id,
      brand: card.brand,
      lastFour: card.last4,
      expMonth: card.exp_month,
      expYear: card.exp_year,
    },
  }
}

/** Detaches a card. A card that was detached before is not an error. */
export async function removeCard(client: Stripe, methodRef: string): Promise<void> {
  await callStripe(async () => {
    try {
      await client.paymentMethods.detach(methodRef)
    } catch (error) {
      if (!isRefusal(error)) throw error
      const method = await findOrUndefined(() => client.paymentMethods.retrieve(methodRef))
      if (method !== undefined && method.customer !== null) throw error
    }
  })
}

/** Returns what `retrieve` finds, or `undefined` if Stripe has nothing of that id. */
async function findOrUndefined<T>(retrieve: () => Promise<T>): Promise<T | undefined> {
  try {
    return await retrieve()
  } catch (error) {
    if (isRefusal(error) && error.code === 'resource_missing') return undefined
    throw error
  }
}
