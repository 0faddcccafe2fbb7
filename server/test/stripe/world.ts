import Stripe from 'stripe'
import type { App } from '../../src/app.ts'
import { uuidFrom } from '../../src/public-ids.ts'
import { type Ask, type KeyedWorkspace, type TestAnswer, type TestApp, testApp } from '../app.ts'
import { findPayments } from './bench.ts'
import type { Payment, Session, StripeEvent, StripeTestCard } from './books-state.ts'
import { type FakeStripe, startFakeStripe } from './fake-stripe.ts'

const WEBHOOK_SECRET = 'whsec_for_tests'
const PUBLIC_URL = 'https://talktime.example.com'

/** Talktime with payments through Stripe, and a fake Stripe. */
export type StripeWorld = {
  readonly test: TestApp
  readonly stripe: FakeStripe
  /** The first of two servers on one database. */
  readonly app: App
  readonly request: Ask
  readonly other: { readonly app: App; readonly request: Ask }
  /** Makes a workspace whose card was typed in on Stripe's page. */
  addWorkspaceWithCard(card: StripeTestCard): Promise<KeyedWorkspace>
  /** Asks for Stripe's page on which the customer types in a card. */
  openCardPage(workspace: KeyedWorkspace): Promise<Session>
  /** Sends an event as Stripe would; `atMs` is the time of the signature. */
  sendEvent(event: StripeEvent, options?: { via?: Ask; secret?: string; atMs?: number }): Promise<TestAnswer>
  /** Opens an address of Talktime's in a browser. Returns the address of the redirect. */
  browse(address: string): Promise<string>
  /** Decides on the bank's page. Returns the address of the redirect. */
  decideAtBank(page: string, decision: 'confirm' | 'decline'): Promise<string>
  /** Finds Stripe's payments for a purchase, `pur_…`. */
  findPayments(purchase: string): Payment[]
  close(): Promise<void>
}

export async function openStripeWorld(): Promise<StripeWorld> {
  const test = await testApp()
  const stripe = await startFakeStripe(test.clock)
  const config = {
    publicUrl: PUBLIC_URL,
    stripe: { secretKey: stripe.secretKey, webhookSecret: WEBHOOK_SECRET, apiHost: stripe.url },
  }
  const { app, request } = await test.addProcess({ config })
  const other = await test.addProcess({ config })

  async function openCardPage(workspace: KeyedWorkspace): Promise<Session> {
    await request('POST', '/v1/payment-methods', { key: workspace.key, body: {} })
    const session = [...stripe.books.sessions.values()].at(-1)
    if (session === undefined) throw new Error('Stripe made no page')
    return session
  }

  async function browse(address: string): Promise<string> {
    const { pathname, search } = new URL(address, PUBLIC_URL)
    const { status, headers, text } = await request('GET', pathname + search)
    if (status !== 303) throw new Error(`${address}: ${status} ${text}`)
    return String(headers.location)
  }

  return {
    test,
    stripe,
    app,
    request,
    other,
    openCardPage,
    browse,
    async addWorkspaceWithCard(card) {
      const workspace = await test.addWorkspace()
      await browse(stripe.books.typeInCard(await openCardPage(workspace), card))
      return workspace
    },
    sendEvent(event, { via = request, secret = WEBHOOK_SECRET, atMs = test.clock.now() } = {}) {
      // Indented, because Stripe signs the bytes and not the value.
      const payload = JSON.stringify(event, null, 2)
      const timestamp = Math.floor(atMs / 1000)
      const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
      return via('POST', '/webhooks/stripe', { body: payload, headers: { 'stripe-signature': signature } })
    },
    async decideAtBank(page, decision) {
      const answer = await fetch(`${page}?decision=${decision}`, { redirect: 'manual' })
      return answer.headers.get('location') ?? ''
    },
    findPayments: (purchase) => findPayments(stripe, uuidFrom('purchase', purchase) ?? ''),
    async close() {
      await test.close()
      await stripe.close()
    },
  }
}
