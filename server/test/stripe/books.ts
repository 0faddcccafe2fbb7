import { randomUUID } from 'node:crypto'
import { missing, StripeRefusal, wrongRequest } from './answers.ts'
import { type Form, textOf, textsOf } from './form.ts'

/** The test cards, named after what their banks do. */
export type StripeTestCard =
  | 'visa'
  | 'declined'
  | 'insufficient_funds'
  | 'stolen'
  | 'expired'
  | 'wants_confirmation'
  | 'processing'

const declineCodes: Partial<Record<StripeTestCard, { code: string; decline_code: string }>> = {
  declined: { code: 'card_declined', decline_code: 'generic_decline' },
  insufficient_funds: { code: 'card_declined', decline_code: 'insufficient_funds' },
  stolen: { code: 'card_declined', decline_code: 'stolen_card' },
  expired: { code: 'expired_card', decline_code: 'expired_card' },
}

export type Customer = {
  id: string
  object: 'customer'
  name: string | null
  email: string | null
  metadata: object
}

export type Method = {
  id: string
  object: 'payment_method'
  type: 'card'
  customer: string | null
  card: { brand: string; last4: string; exp_month: number; exp_year: number }
}

export type Payment = {
  id: string
  object: 'payment_intent'
  amount: number
  amount_received: number
  currency: string
  customer: string
  description: string | null
  metadata: Record<string, string>
  created: number
  payment_method: string | null
  status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'succeeded'
    | 'canceled'
  next_action: { type: string; redirect_to_url?: { url: string; return_url: string } } | null
  last_payment_error: Record<string, unknown> | null
}

export type Setup = {
  id: string
  object: 'setup_intent'
  customer: string
  status: 'requires_payment_method' | 'succeeded'
  payment_method: string | null
}

export type Session = {
  id: string
  object: 'checkout.session'
  mode: 'setup'
  customer: string
  setup_intent: string
  status: 'open' | 'complete'
  success_url: string
  url: string | null
}

export type StripeEvent = { id: string; object: 'event'; type: string; data: { object: unknown } }

/** The state of Stripe and the banks behind it, with their rules for PaymentIntents. */
export type Books = ReturnType<typeof openBooks>

/**
 * @param origin the address of the fake Stripe
 * @param nowMs Stripe's clock
 */
export function openBooks(origin: () => string, nowMs: () => number) {
  const customers = new Map<string, Customer>()
  const methods = new Map<string, Method>()
  const cards = new Map<string, StripeTestCard>()
  const payments = new Map<string, Payment>()
  const setups = new Map<string, Setup>()
  const sessions = new Map<string, Session>()
  const events: StripeEvent[] = []

  function addEvent(type: string, object: object): void {
    events.push({ id: newId('evt'), object: 'event', type, data: { object: structuredClone(object) } })
  }

  function requireCustomer(form: Form): Customer {
    const id = textOf(form, 'customer') ?? ''
    const customer = customers.get(id)
    if (customer === undefined) throw missing('customer', id, 'customer')
    return customer
  }

  function makeCustomer(form: Form): Customer {
    const customer: Customer = {
      id: newId('cus'),
      object: 'customer',
      name: textOf(form, 'name') ?? null,
      email: textOf(form, 'email') ?? null,
      metadata: textsOf(form, 'metadata'),
    }
    customers.set(customer.id, customer)
    return customer
  }

  /** Attaches a card to a customer. */
  function addMethod(customer: string, card: StripeTestCard): Method {
    const method: Method = {
      id: newId('pm'),
      object: 'payment_method',
      type: 'card',
      customer,
      card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
    }
    methods.set(method.id, method)
    cards.set(method.id, card)
    return method
  }

  function detach(method: Method): Method {
    if (method.customer === null) {
      throw wrongRequest(
        'The payment method you provided is not attached to a customer so detachment is impossible.',
      )
    }
    method.customer = null
    return method
  }

  function requireMethod(customer: string, id: string): Method {
    const method = methods.get(id)
    if (method === undefined) throw missing('PaymentMethod', id, 'payment_method')
    if (method.customer === customer) return method
    const message = 'The PaymentMethod does not belong to this customer, or may not be used again.'
    throw wrongRequest(message, { param: 'payment_method' })
  }

  /** Makes a payment without trying to charge it. */
  function draftPayment(form: Form): Payment {
    const customer = requireCustomer(form)
    const method = requireMethod(customer.id, textOf(form, 'payment_method') ?? '')
    const payment: Payment = {
      id: newId('pi'),
      object: 'payment_intent',
      amount: Number(textOf(form, 'amount')),
      amount_received: 0,
      currency: textOf(form, 'currency') ?? '',
      customer: customer.id,
      description: textOf(form, 'description') ?? null,
      metadata: textsOf(form, 'metadata'),
      created: Math.floor(nowMs() / 1000),
      payment_method: method.id,
      status: 'requires_confirmation',
      next_action: null,
      last_payment_error: null,
    }
    payments.set(payment.id, payment)
    return payment
  }

  function makePayment(form: Form): Payment {
    const payment = draftPayment(form)
    return tryCharge(payment, requireMethod(payment.customer, payment.payment_method ?? ''), form)
  }

  function confirmPayment(payment: Payment, form: Form): Payment {
    if (payment.status !== 'requires_payment_method') throw unexpectedState(payment, 'confirm')
    return tryCharge(payment, requireMethod(payment.customer, textOf(form, 'payment_method') ?? ''), form)
  }

  /** Tries to charge a payment once. */
  function tryCharge(payment: Payment, method: Method, form: Form): Payment {
    const card = cards.get(method.id) ?? 'visa'
    payment.last_payment_error = null
    payment.payment_method = method.id
    const decline = declineCodes[card]
    if (decline !== undefined) throw fail(payment, method, decline)
    if (card === 'wants_confirmation') {
      const code = 'authentication_required'
      if (textOf(form, 'off_session') === 'true') throw fail(payment, method, { code, decline_code: code })
      return askCustomer(payment, textOf(form, 'return_url'))
    }
    return card === 'processing' ? process(payment) : succeed(payment)
  }

  function askCustomer(payment: Payment, returnUrl: string | undefined): Payment {
    const url = `${origin()}/bank/${payment.id}`
    payment.status = 'requires_action'
    payment.next_action =
      returnUrl === undefined
        ? { type: 'use_stripe_sdk' }
        : { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } }
    addEvent('payment_intent.requires_action', payment)
    return payment
  }

  function process(payment: Payment): Payment {
    payment.status = 'processing'
    addEvent('payment_intent.processing', payment)
    return payment
  }

  function succeed(payment: Payment): Payment {
    payment.status = 'succeeded'
    payment.amount_received = payment.amount
    payment.next_action = null
    addEvent('payment_intent.succeeded', payment)
    return payment
  }

  function fail(
    payment: Payment,
    method: Method,
    reason: { code: string; decline_code?: string },
  ): StripeRefusal {
    payment.status = 'requires_payment_method'
    payment.payment_method = null
    payment.next_action = null
    const error = { type: 'card_error', message: 'Your card was declined.', charge: newId('ch'), ...reason }
    payment.last_payment_error = { ...error, payment_method: { ...method } }
    addEvent('payment_intent.payment_failed', payment)
    return new StripeRefusal(402, { ...error, payment_intent: structuredClone(payment) }, true)
  }

  function cancelPayment(payment: Payment): Payment {
    if (payment.status === 'succeeded' || payment.status === 'processing' || payment.status === 'canceled') {
      throw unexpectedState(payment, 'cancel')
    }
    payment.status = 'canceled'
    payment.next_action = null
    addEvent('payment_intent.canceled', payment)
    return payment
  }

  /** Confirms or declines a payment on the bank's page. Returns the address to which the bank sends the browser. */
  function decideAtBank(payment: Payment, decision: 'confirm' | 'decline'): string {
    const returnUrl = payment.next_action?.redirect_to_url?.return_url ?? ''
    const method = methods.get(payment.payment_method ?? '')
    if (payment.status === 'requires_action' && method !== undefined) {
      if (decision === 'confirm') succeed(payment)
      else fail(payment, method, { code: 'payment_intent_authentication_failure' })
    }
    return `${returnUrl}?payment_intent=${payment.id}&source_type=card`
  }

  /** Lets a processing payment succeed. */
  function endProcessing(payment: Payment): void {
    if (payment.status === 'processing') succeed(payment)
  }

  function makeSession(form: Form): Session {
    const customer = requireCustomer(form)
    const setup: Setup = {
      id: newId('seti'),
      object: 'setup_intent',
      customer: customer.id,
      status: 'requires_payment_method',
      payment_method: null,
    }
    const id = newId('cs')
    const session: Session = {
      id,
      object: 'checkout.session',
      mode: 'setup',
      customer: customer.id,
      setup_intent: setup.id,
      status: 'open',
      success_url: textOf(form, 'success_url') ?? '',
      url: `${origin()}/checkout/${id}`,
    }
    setups.set(setup.id, setup)
    sessions.set(id, session)
    return session
  }

  /** Types a card into Stripe's page. Returns the address to which Stripe sends the browser. */
  function typeInCard(session: Session, card: StripeTestCard): string {
    const setup = setups.get(session.setup_intent)
    if (setup !== undefined && session.status === 'open') {
      setup.payment_method = addMethod(session.customer, card).id
      setup.status = 'succeeded'
      session.status = 'complete'
      session.url = null
      addEvent('setup_intent.succeeded', setup)
      addEvent('checkout.session.completed', session)
    }
    return session.success_url.replace('{CHECKOUT_SESSION_ID}', session.id)
  }

  return {
    customers,
    methods,
    payments,
    setups,
    sessions,
    events,
    makeCustomer,
    addMethod,
    detach,
    draftPayment,
    makePayment,
    confirmPayment,
    cancelPayment,
    decideAtBank,
    endProcessing,
    makeSession,
    typeInCard,
  }
}

function unexpectedState(payment: Payment, verb: string): StripeRefusal {
  const message = `You cannot ${verb} this PaymentIntent because it has a status of ${payment.status}.`
  return wrongRequest(message, { code: 'payment_intent_unexpected_state' })
}

function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`
}
