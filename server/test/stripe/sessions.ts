import {
  addEvent,
  type BooksState,
  createId,
  type Session,
  type Setup,
  type StripeTestCard,
} from './books-state.ts'
import { addMethod, requireCustomer } from './customers.ts'
import { type Form, textOf } from './form.ts'

export function createSession(books: BooksState, form: Form): Session {
  const customer = requireCustomer(books, form)
  const setup: Setup = {
    id: createId('seti'),
    object: 'setup_intent',
    customer: customer.id,
    status: 'requires_payment_method',
    payment_method: null,
  }
  const id = createId('cs')
  const session: Session = {
    id,
    object: 'checkout.session',
    mode: 'setup',
    customer: customer.id,
    setup_intent: setup.id,
    status: 'open',
    success_url: textOf(form, 'success_url') ?? '',
    url: `${books.origin()}/checkout/${id}`,
  }
  books.setups.set(setup.id, setup)
  books.sessions.set(id, session)
  return session
}

/** Types a card into Stripe's page. Returns the address to which Stripe sends the browser. */
export function typeInCard(books: BooksState, session: Session, card: StripeTestCard): string {
  const setup = books.setups.get(session.setup_intent)
  if (setup !== undefined && session.status === 'open') {
    setup.payment_method = addMethod(books, session.customer, card).id
    setup.status = 'succeeded'
    session.status = 'complete'
    session.url = null
    addEvent(books, 'setup_intent.succeeded', setup)
    addEvent(books, 'checkout.session.completed', session)
  }
  return session.success_url.replace('{CHECKOUT_SESSION_ID}', session.id)
}
