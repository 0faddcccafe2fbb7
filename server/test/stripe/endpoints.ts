import { missing, StripeRefusal } from './answers.ts'
import type { Books } from './books.ts'
import { type Form, listOf, textOf } from './form.ts'

type Endpoint = {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  /** The parameters that the endpoint accepts. Stripe refuses any other. */
  readonly takes: readonly string[]
  readonly answer: (id: string, form: Form) => object
}

/** Makes the part of Stripe's API that Talktime uses, in version 2026-10-28.endive. */
export function createEndpoints(books: Books, pageMax: () => number): readonly Endpoint[] {
  const { customers, methods, payments, setups, sessions } = books
  const requirePayment = (id: string) => requireFound(payments.get(id), 'payment_intent', id)

  return [
    {
      method: 'POST',
      path: /^\/v1\/customers$/,
      takes: ['name', 'email', 'metadata'],
      answer: (_, form) => books.createCustomer(form),
    },
    {
      method: 'POST',
      path: /^\/v1\/customers\/(\w+)$/,
      takes: ['name', 'email', 'metadata'],
      answer: (id, form) =>
        Object.assign(requireFound(customers.get(id), 'customer', id), {
          ...(textOf(form, 'name') !== undefined && { name: textOf(form, 'name') }),
          ...(textOf(form, 'email') !== undefined && { email: textOf(form, 'email') }),
        }),
    },
    {
      method: 'POST',
      path: /^\/v1\/payment_intents$/,
      takes: [
        'amount',
        'currency',
        'customer',
        'payment_method',
        'allowed_payment_method_types',
        'description',
        'metadata',
        'confirm',
        'off_session',
        'return_url',
      ],
      answer: (_, form) => books.createPayment(form),
    },
    {
      method: 'GET',
      path: /^\/v1\/payment_intents$/,
      takes: ['customer', 'limit', 'starting_after'],
      answer: (_, form) => listPayments(books, form, pageMax()),
    },
    { method: 'GET', path: /^\/v1\/payment_intents\/(\w+)$/, takes: [], answer: requirePayment },
    {
      method: 'POST',
      path: /^\/v1\/payment_intents\/(\w+)\/confirm$/,
      takes: ['payment_method', 'return_url', 'off_session'],
      answer: (id, form) => books.confirmPayment(requirePayment(id), form),
    },
    {
      method: 'POST',
      path: /^\/v1\/payment_intents\/(\w+)\/cancel$/,
      takes: [],
      answer: (id) => books.cancelPayment(requirePayment(id)),
    },
    {
      method: 'POST',
      path: /^\/v1\/checkout\/sessions$/,
      takes: ['mode', 'customer', 'allowed_payment_method_types', 'success_url', 'cancel_url'],
      answer: (_, form) => books.createSession(form),
    },
    {
      method: 'GET',
      path: /^\/v1\/checkout\/sessions\/(\w+)$/,
      takes: [],
      answer: (id) => requireFound(sessions.get(id), 'checkout.session', id),
    },
    {
      method: 'GET',
      path: /^\/v1\/setup_intents\/(\w+)$/,
      takes: ['expand'],
      answer: (id, form) => {
        const setup = requireFound(setups.get(id), 'setup_intent', id)
        const isExpanded = listOf(form, 'expand').includes('payment_method')
        const method = methods.get(setup.payment_method ?? '')
        return isExpanded ? { ...setup, payment_method: method ?? null } : setup
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/payment_methods\/(\w+)$/,
      takes: [],
      answer: (id) => requireFound(methods.get(id), 'PaymentMethod', id),
    },
    {
      method: 'POST',
      path: /^\/v1\/payment_methods\/(\w+)\/detach$/,
      takes: [],
      answer: (id) => books.detach(requireFound(methods.get(id), 'PaymentMethod', id)),
    },
  ]
}

/** Lists a customer's payments, newest first, one page. */
function listPayments({ customers, payments }: Books, form: Form, pageMax: number): object {
  const customer = textOf(form, 'customer')
  if (customer !== undefined && !customers.has(customer)) throw missing('customer', customer, 'customer')
  const all = [...payments.values()].filter((payment) => payment.customer === customer).reverse()
  const after = all.findIndex(({ id }) => id === textOf(form, 'starting_after'))
  const limit = Math.min(Number(textOf(form, 'limit') ?? 10), pageMax)
  const data = all.slice(after + 1, after + 1 + limit)
  const isMore = after + 1 + limit < all.length
  return { object: 'list', url: '/v1/payment_intents', has_more: isMore, data }
}

function requireFound<T>(thing: T | undefined, kind: string, id: string): T {
  if (thing === undefined) throw missing(kind, id, 'id')
  return thing
}

/** Runs the endpoint of a request. Throws StripeRefusal for an unknown path or parameter. */
export function runEndpoint(
  endpoints: readonly Endpoint[],
  method: string,
  path: string,
  form: Form,
): object {
  for (const endpoint of endpoints) {
    const match = endpoint.method === method ? endpoint.path.exec(path) : null
    if (match === null) continue
    const unknown = Object.keys(form).find((name) => !endpoint.takes.includes(name))
    if (unknown !== undefined) {
      throw new StripeRefusal(
        400,
        {
          type: 'invalid_request_error',
          code: 'parameter_unknown',
          message: `Received unknown parameter: ${unknown}`,
          param: unknown,
        },
        false,
      )
    }
    return endpoint.answer(match[1] ?? '', form)
  }
  throw new StripeRefusal(
    404,
    { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}).` },
    false,
  )
}
