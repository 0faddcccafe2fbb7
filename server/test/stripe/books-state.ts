import { randomUUID } from 'node:crypto'

/** The test cards, named after what their banks do. */
export type StripeTestCard =
  | 'visa'
  | 'declined'
  | 'insufficient_funds'
  | 'stolen'
  | 'expired'
  | 'wants_confirmation'
  | 'processing'

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

/** What Stripe and the banks behind it know. */
export type BooksState = {
  readonly customers: Map<string, Customer>
  readonly methods: Map<string, Method>
  /** The test card behind each payment method. */
  readonly cards: Map<string, StripeTestCard>
  readonly payments: Map<string, Payment>
  readonly setups: Map<string, Setup>
  readonly sessions: Map<string, Session>
  readonly events: StripeEvent[]
  /** The address of the fake Stripe. */
  origin(): string
  /** Stripe's clock. */
  nowMs(): number
}

export function createBooksState(origin: () => string, nowMs: () => number): BooksState {
  return {
    customers: new Map(),
    methods: new Map(),
    cards: new Map(),
    payments: new Map(),
    setups: new Map(),
    sessions: new Map(),
    events: [],
    origin,
    nowMs,
  }
}

export function addEvent(books: BooksState, type: string, object: object): void {
  books.events.push({ id: createId('evt'), object: 'event', type, data: { object: structuredClone(object) } })
}

export function createId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`
}
