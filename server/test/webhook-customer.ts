import { afterAll, beforeAll, beforeEach } from 'vitest'
import { raiseAlert } from '../src/alerts/index.ts'
import { virtualClock } from '../src/platform/clock.ts'
import { createOutbound } from '../src/platform/outbound.ts'
import { type KeyedWorkspace, type TestApp, type TestBody, testApp } from './app.ts'
import { openReceiver, type Receiver } from './webhook-receiver.ts'

export type CreatedWebhook = TestBody & { readonly secret: string }

/** What tests of the routes for webhooks share. Each test gets a new workspace, and an empty receiver that accepts. */
export type WebhookCustomer = {
  t: TestApp
  receiver: Receiver
  own: KeyedWorkspace
}

const addresses: Readonly<Record<string, string>> = {
  'example.com': '93.184.215.14',
  'inside.example.com': '10.0.0.1',
}

const outboundTo = ({ host }: Receiver) =>
  createOutbound({
    allow: [host],
    async resolve(name) {
      const address = addresses[name]
      if (address === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })
      return [{ address, family: 4 }]
    },
  })

const customer = {} as WebhookCustomer

/** Registers the hooks that open and close an app, in the test file that calls it. */
export function useWebhookCustomer(): WebhookCustomer {
  beforeAll(async () => {
    customer.receiver = await openReceiver()
    // Receivers verify messages by the real clock.
    const clock = virtualClock(Date.now())
    customer.t = await testApp({ clock, outbound: outboundTo(customer.receiver) })
  })
  afterAll(async () => {
    await customer.t.close()
    await customer.receiver.close()
  })
  beforeEach(async () => {
    customer.receiver.answer = 204
    customer.receiver.messages.length = 0
    customer.t.clock.advance(1)
    customer.own = await customer.t.addWorkspace({ planId: 'growth' })
  })
  return customer
}

/** Raises an alert in the test's workspace. Returns its UUID. */
export async function raise(key = 'first'): Promise<string | undefined> {
  const { t, own } = customer
  const alert = { kind: 'balance_zero', key, title: 'Out', detail: 'Buy.', link: '/' } as const
  await t.app.ledger.changeWorkspace(own.uuid, ({ tx, unit, nowMs }) => raiseAlert(tx, unit, alert, nowMs))
  const { rows } = await t.database.query<{ id: string }>(
    'select id from alerts where workspace_id = $1 and key = $2',
    [own.uuid, key],
  )
  return rows[0]?.id
}

export function createWebhook(fields: object = {}) {
  const { t, own, receiver } = customer
  const body = { url: receiver.url, ...fields }
  return t.request<CreatedWebhook>('POST', '/v1/webhooks', { key: own.key, body })
}

export async function readWebhook(id: string): Promise<TestBody> {
  const { t, own } = customer
  return (await t.request('GET', `/v1/webhooks/${id}`, { key: own.key })).body
}

export function changeWebhook(id: string, body: object) {
  const { t, own } = customer
  return t.request('PATCH', `/v1/webhooks/${id}`, { key: own.key, body })
}

export async function listDeliveries(query = '', key = customer.own.key): Promise<TestBody['data']> {
  return (await customer.t.request('GET', `/v1/deliveries${query}`, { key })).body.data
}

export function resend(deliveryId: string | undefined, key = customer.own.key) {
  return customer.t.request('POST', `/v1/deliveries/${deliveryId}/resend`, { key })
}
