import { missing, wrongRequest } from './answers.ts'
import { type BooksState, type Customer, createId, type Method, type StripeTestCard } from './books-state.ts'
import { type Form, textOf, textsOf } from './form.ts'

export function requireCustomer(books: BooksState, form: Form): Customer {
  const id = textOf(form, 'customer') ?? ''
  const customer = books.customers.get(id)
  if (customer === undefined) throw missing('customer', id, 'customer')
  return customer
}

export function createCustomer(books: BooksState, form: Form): Customer {
  const customer: Customer = {
    id: createId('cus'),
    object: 'customer',
    name: textOf(form, 'name') ?? null,
    email: textOf(form, 'email') ?? null,
    metadata: textsOf(form, 'metadata'),
  }
  books.customers.set(customer.id, customer)
  return customer
}

/** Attaches a card to a customer. */
export function addMethod(books: BooksState, customer: string, card: StripeTestCard): Method {
  const method: Method = {
    id: createId('pm'),
    object: 'payment_method',
    type: 'card',
    customer,
    card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
  }
  books.methods.set(method.id, method)
  books.cards.set(method.id, card)
  return method
}

export function detach(method: Method): Method {
  if (method.customer === null) {
    throw wrongRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    )
  }
  method.customer = null
  return method
}

export function requireMethod(books: BooksState, customer: string, id: string): Method {
  const method = books.methods.get(id)
  if (method === undefined) throw missing('PaymentMethod', id, 'payment_method')
  if (method.customer === customer) return method
  const message = 'The PaymentMethod does not belong to this customer, or may not be used again.'
  throw wrongRequest(message, { param: 'payment_method' })
}
