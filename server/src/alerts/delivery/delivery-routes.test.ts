import { describe, expect, test } from 'vitest'
import {
  changeWebhook,
  createWebhook,
  listDeliveries,
  raise,
  resend,
  useWebhookCustomer,
} from '../../../test/webhook-customer.ts'

const customer = useWebhookCustomer()

describe('deliveries', () => {
  test('200: are listed newest first, by alert, webhook, channel and status', async () => {
    const { body: made } = await createWebhook()
    // An alert is sent as soon as it is raised.
    customer.receiver.answer = 500
    const alertId = await raise('one')
    customer.t.clock.advance(1)
    await customer.t.app.runDue()
    customer.receiver.answer = 200
    await raise('two')
    await customer.t.app.runDue()
    expect(await listDeliveries()).toMatchObject([
      { status: 'delivered', tries: 1, responseStatus: 200, error: null, nextTryAt: null },
      { status: 'pending', responseStatus: 500, alertTitle: 'Out', kind: 'balance_zero', channel: 'webhook' },
    ])
    const id = `alert_${alertId?.replaceAll('-', '')}`
    expect(await listDeliveries(`?alertId=${id}&webhookId=${made.id}&channel=webhook`)).toHaveLength(1)
    expect(await listDeliveries('?status=delivered')).toHaveLength(1)
    expect(await listDeliveries('?channel=mail')).toEqual([])
    const page = await customer.t.request('GET', '/v1/deliveries?limit=1', { key: customer.own.key })
    expect(await listDeliveries(`?cursor=${page.body.nextCursor}`)).toMatchObject([{ status: 'pending' }])
  })

  test('200: are resent with all their tries, under one id', async () => {
    const { body: made } = await createWebhook()
    await raise()
    await customer.t.app.runDue()
    const [delivery] = await listDeliveries()
    customer.receiver.answer = 503
    expect(await resend(delivery?.id)).toMatchObject({ status: 200, body: { status: 'pending', tries: 0 } })
    await customer.t.app.runDue()
    expect(await listDeliveries()).toMatchObject([
      { status: 'pending', tries: 1, error: 'It answered with 503.' },
    ])
    customer.receiver.answer = 200
    await resend(delivery?.id)
    await customer.t.app.runDue()
    expect(await listDeliveries()).toMatchObject([{ status: 'delivered', tries: 1, error: null }])
    const ids = customer.receiver.messages.map(({ headers }) => headers['webhook-id'])
    expect([ids.length, new Set(ids).size]).toEqual([3, 1])

    await changeWebhook(made.id, { enabled: false })
    expect(await resend(delivery?.id)).toMatchObject({ status: 409, body: { code: 'webhook_disabled' } })
    await customer.t.request('DELETE', `/v1/webhooks/${made.id}`, { key: customer.own.key })
    expect((await resend(delivery?.id)).body.detail).toBe(
      'The webhook was removed. Nothing can be sent to it.',
    )
  })

  test.each([
    ['?alertId=call_1', '/alertId'],
    ['?webhookId=x', '/webhookId'],
    ['?channel=sms', '/channel'],
    ['?status=lost', '/status'],
  ])('400: %s', async (query, pointer) => {
    const answer = await customer.t.request('GET', `/v1/deliveries${query}`, { key: customer.own.key })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
  })
})
