import type Stripe from 'stripe'
import { invalid } from '../../platform/problem.ts'
import type { MethodAnswer, MethodRequest, SavedMethod } from '../gateway.ts'
import { isRefusal } from './client.ts'
import { billingPath, cardReturnPath } from './pages.ts'
import { reachable } from './unreachable.ts'

/** A card that a customer typed in, and whose it is. */
export type StripeCard = { readonly customerRef: string; readonly method: SavedMethod }

/** What tells of a card: Stripe's page on which it was typed in, or what that page set up. */
export type SetupRef = { readonly sessionId: string } | { readonly setupIntentId: string }

/** A page of Stripe's on which the customer types in a card, so that its number never comes here. */
export async function addCard(
  client: Stripe,
  customerRef: string,
  { testCard, returnUrl }: MethodRequest,
): Promise<MethodAnswer> {
  if (testCard !== undefined) {
    throw invalid(
      '/testCard',
      '"testCard" is for the sandbox. PaymentMethods are typed in on Stripe’s page: send {} and open "setupUrl".',
    )
  }
  const { url } = await reachable(() =>
    client.checkout.sessions.create({
      mode: 'setup',
      customer: customerRef,
      allowed_payment_method_types: ['card'],
      // Stripe puts the session's id into the braces, which are not to be encoded.
      success_url: `${new URL(cardReturnPath, returnUrl).href}?session={CHECKOUT_SESSION_ID}`,
      cancel_url: new URL(billingPath, returnUrl).href,
    }),
  )
  if (url === null) throw new Error('Stripe made a page for a card, and did not say where it is')
  return { kind: 'set_up', setupUrl: url }
}

/** The card that was typed in; undefined: none yet, none that can be charged, or not one of this account. */
export async function savedCard(client: Stripe, setup: SetupRef): Promise<StripeCard | undefined> {
  return reachable(async () => {
    const setupIntentId = 'sessionId' in setup ? await setupOf(client, setup.sessionId) : setup.setupIntentId
    if (setupIntentId === undefined) return undefined
    const intent = await orMissing(() =>
      client.setupIntents.retrieve(setupIntentId, { expand: ['payment_method'] }),
    )
    if (intent?.status !== 'succeeded') return undefined
    return cardOf(intent.payment_method)
  })
}

async function setupOf(client: Stripe, sessionId: string): Promise<string | undefined> {
  const session = await orMissing(() => client.checkout.sessions.retrieve(sessionId))
  const setup = session?.setup_intent ?? undefined
  return typeof setup === 'object' ? setup.id : setup
}

function cardOf(method: string | Stripe.PaymentMethod | null): StripeCard | undefined {
  // Stripe sets up a card and detaches it at once where something is wrong with it.
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

/** Forgets a card; twice is no error. */
export async function removeCard(client: Stripe, methodRef: string): Promise<void> {
  await reachable(async () => {
    try {
      await client.paymentMethods.detach(methodRef)
    } catch (error) {
      if (!isRefusal(error)) throw error
      const method = await orMissing(() => client.paymentMethods.retrieve(methodRef))
      if (method !== undefined && method.customer !== null) throw error
    }
  })
}

/** Undefined where Stripe knows nothing of that name. */
async function orMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isRefusal(error) && error.code === 'resource_missing') return undefined
    throw error
  }
}
