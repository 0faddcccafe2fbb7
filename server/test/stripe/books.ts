import { randomUUID } from 'node:crypto'
import { missing, StripeRefusal, wrongRequest } from './answers.ts'
import { type Form, textOf, textsOf } from './form.ts'

/** The cards that customers of the tests have, by what their banks do. */
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

/** What Stripe and the banks behind it know, and their rules for PaymentIntents. */
export type Books = ReturnType<typeof openBooks>

/** @param nowMs Stripe's clock */
export function openBooks(origin: () => string, nowMs: () => number) {
  const customers = new Map<string, Customer>()
  const methods = new Map<string, Method>()
  const cards = new Map<string, StripeTestCard>()
  const payments = new Map<string, Payment>()
  const setups = new Map<string, Setup>()
  const sessions = new Map<string, Session>()
  const events: StripeEvent[] = []

  function note(type: string, object: object): void {
    events.push({ id: newId('evt'), object: 'event', type, data: { object: structuredClone(object) } })
  }

  function customerOf(form: Form): Customer {
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

  /** The customer types a card into a page of Stripe's, or it is there from before. */
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

  function methodFor(customer: string, id: string): Method {
    const method = methods.get(id)
    if (method === undefined) throw missing('PaymentMethod', id, 'payment_method')
    if (method.customer === customer) return method
    const message = 'The PaymentMethod does not belong to this customer, or may not be used again.'
    throw wrongRequest(message, { param: 'payment_method' })
  }

  /** A payment that nobody has tried to charge yet. */
  function draftPayment(form: Form): Payment {
    const customer = customerOf(form)
    const method = methodFor(customer.id, textOf(form, 'payment_method') ?? '')
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
    return attempt(payment, methodFor(payment.customer, payment.payment_method ?? ''), form)
  }

  function confirmPayment(payment: Payment, form: Form): Payment {
    if (payment.status !== 'requires_payment_method') throw unexpected(payment, 'confirm')
    return attempt(payment, methodFor(payment.customer, textOf(form, 'payment_method') ?? ''), form)
  }

  /** One attempt to charge. */
  function attempt(payment: Payment, method: Method, form: Form): Payment {
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
    note('payment_intent.requires_action', payment)
    return payment
  }

  function process(payment: Payment): Payment {
    payment.status = 'processing'
    note('payment_intent.processing', payment)
    return payment
  }

  function succeed(payment: Payment): Payment {
    payment.status = 'succeeded'
    payment.amount_received = payment.amount
    payment.next_action = null
    note('payment_intent.succeeded', payment)
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
    note('payment_intent.payment_failed', payment)
    return new StripeRefusal(402, { ...error, payment_intent: structuredClone(payment) }, true)
  }

  function cancelPayment(payment: Payment): Payment {
    if (payment.status === 'succeeded' || payment.status === 'processing' || payment.status === 'canceled') {
      throw unexpected(payment, 'cancel')
    }
    payment.status = 'canceled'
    payment.next_action = null
    note('payment_intent.canceled', payment)
    return payment
  }

  /** What a customer does on the bank's page. Returns where the bank sends the browser. */
  function decideAtBank(payment: Payment, decision: 'confirm' | 'decline'): string {
    const returnUrl = payment.next_action?.redirect_to_url?.return_url ?? ''
    const method = methods.get(payment.payment_method ?? '')
    if (payment.status === 'requires_action' && method !== undefined) {
      if (decision === 'confirm') succeed(payment)
      else fail(payment, method, { code: 'payment_intent_authentication_failure' })
    }
    return `${returnUrl}?payment_intent=${payment.id}&source_type=card`
  }

  /** The bank takes its time, and says yes in the end. */
  function endProcessing(payment: Payment): void {
    if (payment.status === 'processing') succeed(payment)
  }

  function makeSession(form: Form): Session {
    const customer = customerOf(form)
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

  /** The customer types in a card. Returns where Stripe sends the browser. */
  function typeInCard(session: Session, card: StripeTestCard): string {
    const setup = setups.get(session.setup_intent)
    if (setup !== undefined && session.status === 'open') {
      setup.payment_method = addMethod(session.customer, card).id
      setup.status = 'succeeded'
      session.status = 'complete'
      session.url = null
      note('setup_intent.succeeded', setup)
      note('checkout.session.completed', session)
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

function unexpected(payment: Payment, verb: string): StripeRefusal {
  const message = `You cannot ${verb} this PaymentIntent because it has a status of ${payment.status}.`
  return wrongRequest(message, { code: 'payment_intent_unexpected_state' })
}

function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`
}
