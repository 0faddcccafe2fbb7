import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { Webhook as Verifier } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import {
  type CreatedWebhook,
  createWebhook,
  listDeliveries,
  raise,
  readWebhook,
  useWebhookCustomer,
} from '../../../test/webhook-customer.ts'

const customer = useWebhookCustomer()

describe('the secret', () => {
  test('is shown once, and is not readable in the database', async () => {
    const repeated = {
      key: customer.own.key,
      idempotencyKey: `make ${customer.own.id}`.replace(' ', '-'),
      body: { url: customer.receiver.url },
    }
    const { body: made } = await customer.t.request<CreatedWebhook>('POST', '/v1/webhooks', repeated)
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect((await customer.t.request<CreatedWebhook>('POST', '/v1/webhooks', repeated)).body).toEqual(made)
    expect(JSON.stringify(await readWebhook(made.id))).not.toContain('whsec_')
    const { rows } = await customer.t.database.query<{ everything: string }>(
      `select (select string_agg(h::text, '') from webhooks h) || (select string_agg(i::text, '') from idempotency_keys i)
         as everything`,
    )
    expect(rows[0]?.everything).toContain(customer.receiver.host)
    expect(rows[0]?.everything).not.toContain(made.secret.slice('whsec_'.length))
  })

  test('is rotated, and signs for another day beside the new one', async () => {
    const { body: made } = await createWebhook()
    const path = `/v1/webhooks/${made.id}/rotate-secret`
    const { status, body: rotated } = await customer.t.request<CreatedWebhook>('POST', path, {
      key: customer.own.key,
    })
    expect(status).toBe(200)
    expect(rotated).toMatchObject({
      id: made.id,
      previousSecretUntil: new Date(customer.t.clock.now() + DAY_MS).toISOString(),
    })
    expect(rotated.secret).not.toBe(made.secret)
    await raise()
    await customer.t.app.runDue()
    for (const secret of [made.secret, rotated.secret]) {
      const [message] = customer.receiver.messages
      const headers = message?.headers as Record<string, string>
      expect(new Verifier(secret).verify(message?.body ?? '', headers)).toMatchObject({
        type: 'balance.zero',
      })
    }
  })
})

describe('a test message', () => {
  test('201: is sent once, even to a webhook that is switched off', async () => {
    const { body: made } = await createWebhook({ enabled: false })
    customer.receiver.answer = 500
    expect(
      await customer.t.request('POST', `/v1/webhooks/${made.id}/test`, { key: customer.own.key }),
    ).toMatchObject({
      status: 201,
      body: { status: 'pending', kind: 'webhook_test', alertId: null, target: customer.receiver.url },
    })
    await customer.t.app.runDue()
    customer.t.clock.advance(MINUTE_MS)
    await customer.t.app.runDue()
    expect(customer.receiver.messages).toHaveLength(1)
    const headers = customer.receiver.messages[0]?.headers as Record<string, string>
    expect(
      new Verifier(made.secret).verify(customer.receiver.messages[0]?.body ?? '', headers),
    ).toMatchObject({
      type: 'webhook.test',
      data: { workspaceId: customer.own.id, webhookId: made.id },
    })
    expect(await listDeliveries(`?webhookId=${made.id}`)).toMatchObject([
      { status: 'failed', responseStatus: 500, tries: 1 },
    ])
    expect(await readWebhook(made.id)).toMatchObject({ lastStatus: 'failed', lastResponseStatus: 500 })
  })
})
