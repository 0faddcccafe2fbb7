import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import Stripe from 'stripe'
import type { Clock } from '../../platform/clock.ts'
import { publicId } from '../../public-ids.ts'
import type { ChargeOutcome, ChargeRequest, Gateway, NotFound } from '../gateway.ts'
import { callStripe } from './call-stripe.ts'
import { addCard, findSavedCard, removeCard, type SetupRef, type StripeCard } from './cards.ts'
import { isRefusal, isStripeFailure, redactForLog } from './client.ts'
import { createCustomer } from './customer.ts'
import { createDecline, readDecline, readRefusal } from './declines.ts'
import { findConfirmationUrl, type WaitingCharge } from './find-confirmation-url.ts'
import { toStripeAmount, toStripeCurrency } from './money.ts'
import { createDeclined, isUntried, PURCHASE_KEY, readOutcome, WORKSPACE_KEY } from './outcome.ts'
import { buildReturnPath } from './pages.ts'

export type StripeGateway = Gateway & {
  readonly name: 'stripe'
  /** Finds the bank's page on which a charge can be confirmed now; `undefined` if there is nothing to confirm. */
  findConfirmationUrl(charge: WaitingCharge): Promise<string | undefined>
  /** Finds the card that a customer typed in on Stripe's page; `undefined` if there is none that can be charged. */
  findSavedCard(setup: SetupRef): Promise<StripeCard | undefined>
}

export type StripeGatewayDeps = {
  readonly client: Stripe
  readonly clock: Clock
  /** Called with requests that Stripe refused or did not answer. What became of them is looked up later. */
  readonly onError: (error: unknown) => void
  /** How long a bank may take to answer a charge, in milliseconds. */
  readonly chargeMsMax?: number
}

const CHARGE_MS_MAX = 18 * SECOND_MS

/** After this long, Stripe has charged or has given up halfway. It allows for clocks that differ a little. */
const UNTRIED_MS_MAX = 10 * MINUTE_MS

const UNKNOWN = { outcome: 'unknown' } as const

const { StripeCardError } = Stripe.errors

/**
 * Charges through Stripe. A purchase has one PaymentIntent, which succeeds at most once. The purchase's id is its
 * idempotency key, so repeats and races create no second one while Stripe keeps the key, which is a day at least. Its
 * metadata name the purchase, so later it is found before anything is charged again. Stripe's lists are read for that,
 * because its search lags behind.
 */
export function createStripeGateway(deps: StripeGatewayDeps): StripeGateway {
  const { client } = deps
  return {
    name: 'stripe',
    createCustomer: (workspace) => createCustomer(client, workspace),
    addMethod: (customerRef, request) => addCard(client, customerRef, request),
    removeMethod: (_customerRef, methodRef) => removeCard(client, methodRef),
    findSavedCard: (setup) => findSavedCard(client, setup),
    charge: (request) => orUnknown(deps, () => charge(deps, request)),
    lookUp: (request) => orUnknown(deps, () => lookUp(deps, request)),
    cancel: (request) => orUnknown(deps, () => cancel(deps, request)),
    findConfirmationUrl: (waiting) => callStripe(() => findConfirmationUrl(client, waiting)),
  }
}

async function charge(deps: StripeGatewayDeps, request: ChargeRequest): Promise<ChargeOutcome> {
  const { client, chargeMsMax = CHARGE_MS_MAX } = deps
  try {
    const payment = await client.paymentIntents.create(createChargeParams(request), {
      idempotencyKey: request.purchaseId,
      timeout: chargeMsMax,
      maxNetworkRetries: 0,
    })
    return readOutcome(await refreshReplayed(deps, payment, payment.lastResponse.headers), request)
  } catch (error) {
    return readFailure(deps, error, request)
  }
}

async function lookUp(deps: StripeGatewayDeps, request: ChargeRequest): Promise<ChargeOutcome | NotFound> {
  const payment = await findPayment(deps, request)
  if (payment === undefined) return { outcome: 'not_found' }
  const isStuck = isUntried(payment) && payment.created * 1000 < deps.clock.now() - UNTRIED_MS_MAX
  return isStuck ? cancelPayment(deps, payment, request, 'processing_error') : readOutcome(payment, request)
}

async function cancel(deps: StripeGatewayDeps, request: ChargeRequest): Promise<ChargeOutcome | NotFound> {
  const payment = await findPayment(deps, request)
  if (payment === undefined) return { outcome: 'not_found' }
  const outcome = readOutcome(payment, request)
  return outcome.outcome === 'requires_action' ? cancelPayment(deps, payment, request, 'canceled') : outcome
}

async function findPayment(
  { client }: StripeGatewayDeps,
  { chargeRef, purchaseId, customerRef }: ChargeRequest,
): Promise<Stripe.PaymentIntent | undefined> {
  if (chargeRef !== null) return client.paymentIntents.retrieve(chargeRef)
  const name = publicId('purchase', purchaseId)
  for await (const payment of client.paymentIntents.list({ customer: customerRef, limit: 100 })) {
    if (payment.metadata[PURCHASE_KEY] === name) return payment
  }
  return undefined
}

/** Retrieves a payment again if Stripe replayed its first answer, which may be out of date. */
async function refreshReplayed(
  { client }: StripeGatewayDeps,
  payment: Stripe.PaymentIntent,
  headers: Readonly<Record<string, string>> | undefined,
): Promise<Stripe.PaymentIntent> {
  return headers?.['idempotent-replayed'] === 'true' ? client.paymentIntents.retrieve(payment.id) : payment
}

async function readFailure(
  deps: StripeGatewayDeps,
  error: unknown,
  request: ChargeRequest,
): Promise<ChargeOutcome> {
  if (error instanceof StripeCardError) {
    const { payment_intent: payment } = error
    if (payment === undefined) return createDeclined(readDecline(error), null)
    return readOutcome(await refreshReplayed(deps, payment, error.headers), request)
  }
  if (!isStripeFailure(error)) throw error
  deps.onError(redactForLog(error))
  return isRefusal(error) ? createDeclined(readRefusal(error), error.payment_intent?.id ?? null) : UNKNOWN
}

/** Cancels a charge for good. If the charge ended first, returns what became of it. */
async function cancelPayment(
  { client }: StripeGatewayDeps,
  payment: Stripe.PaymentIntent,
  request: ChargeRequest,
  reason: 'canceled' | 'processing_error',
): Promise<ChargeOutcome> {
  try {
    await client.paymentIntents.cancel(payment.id)
    return createDeclined(createDecline(reason), payment.id)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return readOutcome(await client.paymentIntents.retrieve(payment.id), request)
  }
}

/** Returns what `ask` finds out, or `unknown` if Stripe fails. */
async function orUnknown<Answer>(
  { onError }: StripeGatewayDeps,
  ask: () => Promise<Answer>,
): Promise<Answer | typeof UNKNOWN> {
  try {
    return await ask()
  } catch (error) {
    if (!isStripeFailure(error)) throw error
    onError(redactForLog(error))
    return UNKNOWN
  }
}

function createChargeParams(request: ChargeRequest): Stripe.PaymentIntentCreateParams {
  const { amountMinor, currency, customerRef, methodRef, description, purchaseId, workspaceId } = request
  return {
    amount: toStripeAmount(amountMinor, currency),
    currency: toStripeCurrency(currency),
    customer: customerRef,
    payment_method: methodRef,
    allowed_payment_method_types: ['card'],
    description,
    metadata: {
      [PURCHASE_KEY]: publicId('purchase', purchaseId),
      [WORKSPACE_KEY]: publicId('workspace', workspaceId),
    },
    confirm: true,
    ...(request.offSession
      ? { off_session: true }
      : { return_url: new URL(buildReturnPath(purchaseId), request.returnUrl).href }),
  }
}
