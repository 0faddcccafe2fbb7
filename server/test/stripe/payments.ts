import { StripeRefusal, wrongRequest } from './answers.ts'
import {
  addEvent,
  type BooksState,
  createId,
  type Method,
  type Payment,
  type StripeTestCard,
} from './books-state.ts'
import { requireCustomer, requireMethod } from './customers.ts'
import { type Form, textOf, textsOf } from './form.ts'

const declineCodes: Partial<Record<StripeTestCard, { code: string; decline_code: string }>> = {
  declined: { code: 'card_declined', decline_code: 'generic_decline' },
  insufficient_funds: { code: 'card_declined', decline_code: 'insufficient_funds' },
  stolen: { code: 'card_declined', decline_code: 'stolen_card' },
  expired: { code: 'expired_card', decline_code: 'expired_card' },
}

/** Makes a payment without trying to charge it. */
export function createDraft(books: BooksState, form: Form): Payment {
  const customer = requireCustomer(books, form)
  const method = requireMethod(books, customer.id, textOf(form, 'payment_method') ?? '')
  const payment: Payment = {
    id: createId('pi'),
    object: 'payment_intent',
    amount: Number(textOf(form, 'amount')),
    amount_received: 0,
    currency: textOf(form, 'currency') ?? '',
    customer: customer.id,
    description: textOf(form, 'description') ?? null,
    metadata: textsOf(form, 'metadata'),
    created: Math.floor(books.nowMs() / 1000),
    payment_method: method.id,
    status: 'requires_confirmation',
    next_action: null,
    last_payment_error: null,
  }
  books.payments.set(payment.id, payment)
  return payment
}

export function createPayment(books: BooksState, form: Form): Payment {
  const payment = createDraft(books, form)
  return tryCharge(books, payment, requireMethod(books, payment.customer, payment.payment_method ?? ''), form)
}

export function confirmPayment(books: BooksState, payment: Payment, form: Form): Payment {
  if (payment.status !== 'requires_payment_method') throw unexpectedState(payment, 'confirm')
  return tryCharge(
    books,
    payment,
    requireMethod(books, payment.customer, textOf(form, 'payment_method') ?? ''),
    form,
  )
}

/** Tries to charge a payment once. */
function tryCharge(books: BooksState, payment: Payment, method: Method, form: Form): Payment {
  const card = books.cards.get(method.id) ?? 'visa'
  payment.last_payment_error = null
  payment.payment_method = method.id
  const decline = declineCodes[card]
  if (decline !== undefined) throw fail(books, payment, method, decline)
  if (card === 'wants_confirmation') {
    const code = 'authentication_required'
    if (textOf(form, 'off_session') === 'true')
      throw fail(books, payment, method, { code, decline_code: code })
    return askCustomer(books, payment, textOf(form, 'return_url'))
  }
  return card === 'processing' ? startProcessing(books, payment) : succeed(books, payment)
}

function askCustomer(books: BooksState, payment: Payment, returnUrl: string | undefined): Payment {
  const url = `${books.origin()}/bank/${payment.id}`
  payment.status = 'requires_action'
  payment.next_action =
    returnUrl === undefined
      ? { type: 'use_stripe_sdk' }
      : { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } }
  addEvent(books, 'payment_intent.requires_action', payment)
  return payment
}

function startProcessing(books: BooksState, payment: Payment): Payment {
  payment.status = 'processing'
  addEvent(books, 'payment_intent.processing', payment)
  return payment
}

function succeed(books: BooksState, payment: Payment): Payment {
  payment.status = 'succeeded'
  payment.amount_received = payment.amount
  payment.next_action = null
  addEvent(books, 'payment_intent.succeeded', payment)
  return payment
}

function fail(
  books: BooksState,
  payment: Payment,
  method: Method,
  reason: { code: string; decline_code?: string },
): StripeRefusal {
  payment.status = 'requires_payment_method'
  payment.payment_method = null
  payment.next_action = null
  const error = { type: 'card_error', message: 'Your card was declined.', charge: createId('ch'), ...reason }
  payment.last_payment_error = { ...error, payment_method: { ...method } }
  addEvent(books, 'payment_intent.payment_failed', payment)
  return new StripeRefusal(402, { ...error, payment_intent: structuredClone(payment) }, true)
}

export function cancelPayment(books: BooksState, payment: Payment): Payment {
  if (payment.status === 'succeeded' || payment.status === 'processing' || payment.status === 'canceled') {
    throw unexpectedState(payment, 'cancel')
  }
  payment.status = 'canceled'
  payment.next_action = null
  addEvent(books, 'payment_intent.canceled', payment)
  return payment
}

/** Confirms or declines a payment on the bank's page. Returns the address to which the bank sends the browser. */
export function decideAtBank(books: BooksState, payment: Payment, decision: 'confirm' | 'decline'): string {
  const returnUrl = payment.next_action?.redirect_to_url?.return_url ?? ''
  const method = books.methods.get(payment.payment_method ?? '')
  if (payment.status === 'requires_action' && method !== undefined) {
    if (decision === 'confirm') succeed(books, payment)
    else fail(books, payment, method, { code: 'payment_intent_authentication_failure' })
  }
  return `${returnUrl}?payment_intent=${payment.id}&source_type=card`
}

/** Lets a processing payment succeed. */
export function endProcessing(books: BooksState, payment: Payment): void {
  if (payment.status === 'processing') succeed(books, payment)
}

function unexpectedState(payment: Payment, verb: string): StripeRefusal {
  const message = `You cannot ${verb} this PaymentIntent because it has a status of ${payment.status}.`
  return wrongRequest(message, { code: 'payment_intent_unexpected_state' })
}
