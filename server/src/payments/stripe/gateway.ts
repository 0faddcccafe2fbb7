import Stripe from 'stripe'
import type { Clock } from '../../platform/clock.ts'
import { publicId } from '../../public-ids.ts'
import type { ChargeOutcome, ChargeRequest, Gateway } from '../gateway.ts'
import { addCard, removeCard, type SetupRef, type StripeCard, savedCard } from './cards.ts'
import { forLog, isRefusal, isStripeFailure } from './client.ts'
import { makeCustomer } from './customer.ts'
import { declineNamed, declineOf, refusalOf } from './declines.ts'
import { stripeAmount, stripeCurrency } from './money.ts'
import { declined, isUntried, outcomeOf, purchaseKey, workspaceKey } from './outcome.ts'
import { returnPath } from './pages.ts'
import { reachable } from './unreachable.ts'

/** A charge that waits for the customer, and where their browser goes when the bank is done. */
export type WaitingCharge = {
  readonly chargeRef: string
  readonly purchaseId: string
  readonly returnUrl: string
}

export type StripeGateway = Gateway & {
  readonly name: 'stripe'
  /** The bank's page on which a charge is confirmed, as it is now; undefined: there is nothing left to confirm. */
  confirmationUrl(charge: WaitingCharge): Promise<string | undefined>
  /** The card that a customer typed in on Stripe's page; undefined: none that can be charged. */
  savedCard(setup: SetupRef): Promise<StripeCard | undefined>
}

export type StripeGatewayDeps = {
  readonly client: Stripe
  readonly clock: Clock
  /** Stripe refused a request or did not answer one. What became of it is found out later. */
  readonly onError: (error: unknown) => void
  /** How long a bank may take to answer a charge, in milliseconds. */
  readonly chargeMsMax?: number
}

const chargeMsMaxUsual = 18_000

/** By then a charge has long been made, or Stripe gave up in the middle of it. Our clocks may differ a little. */
const untriedMsMax = 10 * 60_000

const { StripeCardError } = Stripe.errors

/**
 * Charges through Stripe. A purchase has one PaymentIntent, which succeeds at most once. It is made under the
 * purchase's id as idempotency key, so that repeats and races make no second one while Stripe keeps the key (a day
 * at least); and its metadata name the purchase, so that later it is found before anything is charged again. Lists
 * are asked for that and not Stripe's search, which lags behind.
 */
export function createStripeGateway(deps: StripeGatewayDeps): StripeGateway {
  const { client, clock, onError, chargeMsMax = chargeMsMaxUsual } = deps

  async function find(intent: ChargeRequest): Promise<Stripe.PaymentIntent | undefined> {
    if (intent.chargeRef !== null) return client.paymentIntents.retrieve(intent.chargeRef)
    const name = publicId('purchase', intent.purchaseId)
    for await (const payment of client.paymentIntents.list({ customer: intent.customerRef, limit: 100 })) {
      if (payment.metadata[purchaseKey] === name) return payment
    }
    return undefined
  }

  /** A repeat is answered with what was true the first time: then it is asked how it is now. */
  async function asItIsNow(
    payment: Stripe.PaymentIntent,
    headers: Readonly<Record<string, string>> | undefined,
  ): Promise<Stripe.PaymentIntent> {
    return headers?.['idempotent-replayed'] === 'true' ? client.paymentIntents.retrieve(payment.id) : payment
  }

  async function outcomeOfFailure(error: unknown, intent: ChargeRequest): Promise<ChargeOutcome> {
    if (error instanceof StripeCardError) {
      const { payment_intent: payment } = error
      if (payment === undefined) return declined(declineOf(error), null)
      return outcomeOf(await asItIsNow(payment, error.headers), intent)
    }
    if (!isStripeFailure(error)) throw error
    onError(forLog(error))
    return isRefusal(error) ? declined(refusalOf(error), error.payment_intent?.id ?? null) : unknown
  }

  /** Ends a charge for good: it can never be made any more. Where it was faster, what became of it. */
  async function giveUp(
    payment: Stripe.PaymentIntent,
    intent: ChargeRequest,
    why: 'canceled' | 'processing_error',
  ): Promise<ChargeOutcome> {
    try {
      await client.paymentIntents.cancel(payment.id)
      return declined(declineNamed(why), payment.id)
    } catch (error) {
      if (!isRefusal(error)) throw error
      return outcomeOf(await client.paymentIntents.retrieve(payment.id), intent)
    }
  }

  async function bankPage({ chargeRef, purchaseId, returnUrl }: WaitingCharge): Promise<string | undefined> {
    const payment = await client.paymentIntents.retrieve(chargeRef)
    if (payment.metadata[purchaseKey] !== publicId('purchase', purchaseId)) return undefined
    if (payment.status === 'requires_action') return bankPageOf(payment)
    const { last_payment_error: failure } = payment
    const method = payment.payment_method ?? failure?.payment_method
    const isOpen =
      payment.status === 'requires_payment_method' && declineOf(failure).class === 'action_required'
    if (!isOpen || method === undefined) return undefined
    try {
      const params = { payment_method: idOf(method), return_url: returnUrl }
      return bankPageOf(await client.paymentIntents.confirm(payment.id, params))
    } catch (error) {
      if (!(error instanceof StripeCardError || isRefusal(error))) throw error
      // The bank declined it at once, or another click was faster.
      return bankPageOf(await client.paymentIntents.retrieve(payment.id))
    }
  }

  /** What `ask` finds out; unknown where Stripe says nothing of it. */
  async function orUnknown<Answer>(ask: () => Promise<Answer>): Promise<Answer | typeof unknown> {
    try {
      return await ask()
    } catch (error) {
      if (!isStripeFailure(error)) throw error
      onError(forLog(error))
      return unknown
    }
  }

  return {
    name: 'stripe',
    customer: (workspace) => makeCustomer(client, workspace),
    addMethod: (customerRef, request) => addCard(client, customerRef, request),
    removeMethod: (_customerRef, methodRef) => removeCard(client, methodRef),
    savedCard: (setup) => savedCard(client, setup),

    charge: (intent) =>
      orUnknown(async () => {
        try {
          const payment = await client.paymentIntents.create(chargeParams(intent), {
            idempotencyKey: intent.purchaseId,
            timeout: chargeMsMax,
            maxNetworkRetries: 0,
          })
          return outcomeOf(await asItIsNow(payment, payment.lastResponse.headers), intent)
        } catch (error) {
          return outcomeOfFailure(error, intent)
        }
      }),

    lookUp: (intent) =>
      orUnknown(async () => {
        const payment = await find(intent)
        if (payment === undefined) return { outcome: 'not_found' }
        const isStuck = isUntried(payment) && payment.created * 1000 < clock.now() - untriedMsMax
        return isStuck ? giveUp(payment, intent, 'processing_error') : outcomeOf(payment, intent)
      }),

    cancel: (intent) =>
      orUnknown(async () => {
        const payment = await find(intent)
        if (payment === undefined) return { outcome: 'not_found' }
        const outcome = outcomeOf(payment, intent)
        return outcome.outcome === 'requires_action' ? giveUp(payment, intent, 'canceled') : outcome
      }),

    confirmationUrl: (charge) => reachable(() => bankPage(charge)),
  }
}

const unknown = { outcome: 'unknown' } as const

function chargeParams(intent: ChargeRequest): Stripe.PaymentIntentCreateParams {
  const { amountMinor, currency, customerRef, methodRef, description, purchaseId, workspaceId } = intent
  return {
    amount: stripeAmount(amountMinor, currency),
    currency: stripeCurrency(currency),
    customer: customerRef,
    payment_method: methodRef,
    allowed_payment_method_types: ['card'],
    description,
    metadata: {
      [purchaseKey]: publicId('purchase', purchaseId),
      [workspaceKey]: publicId('workspace', workspaceId),
    },
    confirm: true,
    ...(intent.offSession
      ? { off_session: true }
      : { return_url: new URL(returnPath(purchaseId), intent.returnUrl).href }),
  }
}

function bankPageOf(payment: Stripe.PaymentIntent): string | undefined {
  return payment.next_action?.redirect_to_url?.url ?? undefined
}

function idOf(thing: string | { readonly id: string }): string {
  return typeof thing === 'string' ? thing : thing.id
}
