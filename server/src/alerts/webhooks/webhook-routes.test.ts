import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, type TestBody, testApp } from '../../../test/app.ts'
import { openReceiver, type Receiver } from '../../../test/webhook-receiver.ts'
import { addMember } from '../../access/index.ts'
import { virtualClock } from '../../platform/clock.ts'
import { createOutbound } from '../../platform/outbound.ts'
import { uuidFrom } from '../../public-ids.ts'
import { raiseAlert } from '../index.ts'

type CreatedWebhook = TestBody & { readonly secret: string }

const addresses: Readonly<Record<string, string>> = {
  'example.com': '93.184.215.14',
  'inside.example.com': '10.0.0.1',
}

let receiver: Receiver
let t: TestApp
let own: KeyedWorkspace

beforeAll(async () => {
  receiver = await openReceiver()
  const outbound = createOutbound({
    allow: [receiver.host],
    async resolve(host) {
      const address = addresses[host]
      if (address === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })
      return [{ address, family: 4 }]
    },
  })
  // Receivers verify messages by the real clock.
  t = await testApp({ clock: virtualClock(Date.now()), outbound })
})
afterAll(async () => {
  await t.close()
  await receiver.close()
})
beforeEach(async () => {
  receiver.answer = 204
  receiver.messages.length = 0
  t.clock.advance(1)
  own = await t.addWorkspace({ planId: 'growth' })
})

async function raise(key = 'first'): Promise<string | undefined> {
  const alert = {
    kind: 'balance_zero',
    key,
    title: 'Out',
    detail: 'Buy.',
    link: '/',
  } as const
  await t.app.ledger.changeWorkspace(own.uuid, ({ tx, unit, nowMs }) => raiseAlert(tx, unit, alert, nowMs))
  const { rows } = await t.database.query<{ id: string }>(
    'select id from alerts where workspace_id = $1 and key = $2',
    [own.uuid, key],
  )
  return rows[0]?.id
}

const create = (body: object = {}) =>
  t.request<CreatedWebhook>('POST', '/v1/webhooks', { key: own.key, body: { url: receiver.url, ...body } })

const readWebhook = async (id: string) =>
  (await t.request('GET', `/v1/webhooks/${id}`, { key: own.key })).body

const change = (id: string, body: object) => t.request('PATCH', `/v1/webhooks/${id}`, { key: own.key, body })

const listDeliveries = async (query = '', key = own.key) =>
  (await t.request('GET', `/v1/deliveries${query}`, { key })).body.data

const resend = (id: string | undefined, key = own.key) =>
  t.request('POST', `/v1/deliveries/${id}/resend`, { key })

describe('webhooks', () => {
  test('201, 200, 204: are created, listed in pages, changed and removed', async () => {
    const { body: first } = await create()
    t.clock.advance(1)
    const { status, body: second } = await create({ kinds: ['balance_low'], enabled: false })
    expect(status).toBe(201)
    expect(second).toMatchObject({
      id: expect.stringMatching(/^wh_[0-9a-f]{32}$/),
      url: receiver.url,
      kinds: ['balance_low'],
      enabled: false,
      disabledReason: null,
      lastDeliveryAt: null,
      lastStatus: null,
    })
    const who = { key: own.key }
    const page = await t.request('GET', '/v1/webhooks?limit=1', who)
    expect(page.body.data.map(({ id }) => id)).toEqual([second.id])
    const rest = await t.request('GET', `/v1/webhooks?limit=1&cursor=${page.body.nextCursor}`, who)
    expect(rest.body).toMatchObject({ data: [{ id: first.id }], nextCursor: null })
    expect((await change(first.id, { kinds: ['budget_reached'] })).body).toMatchObject({
      kinds: ['budget_reached'],
    })
    expect((await change(first.id, { kinds: null })).body).toMatchObject({ kinds: null, enabled: true })
    expect((await change(first.id, {})).body).toMatchObject({ kinds: null, url: receiver.url })
    expect((await t.request('DELETE', `/v1/webhooks/${first.id}`, who)).status).toBe(204)
    expect((await t.request('DELETE', `/v1/webhooks/${first.id}`, who)).status).toBe(404)
    expect((await t.request('GET', '/v1/webhooks', who)).body.data).toHaveLength(1)
  })

  test('204: removing one ends its pending deliveries, and its log stays', async () => {
    receiver.answer = 500
    const { body: made } = await create()
    await raise()
    await t.app.runDue()
    await t.request('DELETE', `/v1/webhooks/${made.id}`, { key: own.key })
    expect(await listDeliveries(`?webhookId=${made.id}`)).toMatchObject([
      { status: 'failed', error: 'The webhook was removed.', target: receiver.url, nextTryAt: null },
    ])
  })

  test.each([
    ['no URL', { url: undefined }, '/url'],
    ['an unknown kind', { kinds: ['balance_full'] }, '/kinds/0'],
    ['no kind at all', { kinds: [] }, '/kinds'],
    ['an unknown field', { secret: 'mine' }, '/secret'],
  ])('400: %s', async (_what, body, pointer) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
  })

  test.each([
    ['nothing', 'It must be a web address'],
    ['http://example.com/hook', 'It must begin with https://.'],
    ['https://user:secret@example.com/hook', 'It must hold no user name and no password.'],
    ['https://127.0.0.1:8443/hook', '127.0.0.1 may not be asked'],
    ['https://169.254.169.254/latest/meta-data', '169.254.169.254 may not be asked'],
    ['https://[::ffff:10.0.0.1]/', 'may not be asked'],
    ['https://inside.example.com/hook', 'inside.example.com may not be asked'],
  ])('400: an address inside the operator’s network: %s', async (url, sentence) => {
    const errors = [{ pointer: '/url', detail: expect.stringContaining(sentence) }]
    expect(await create({ url })).toMatchObject({ status: 400, body: { code: 'invalid_request', errors } })
    const good = (await create({ url: 'https://example.com/hook' })).body
    expect(await change(good.id, { url })).toMatchObject({ status: 400, body: { errors } })
    expect(await readWebhook(good.id)).toMatchObject({ url: 'https://example.com/hook' })
  })

  test('201: a name that cannot be looked up now', async () => {
    expect((await create({ url: 'https://later.example.com' })).body.url).toBe('https://later.example.com/')
  })

  test('403: without the plan none is created, and existing ones get nothing', async () => {
    const { body: made } = await create()
    await t.database.query(
      `update subscriptions set terms = jsonb_set(terms || '{"name": "Starter"}', '{features,alertWebhooks}', 'false')
       where workspace_id = $1`,
      [own.uuid],
    )
    const refusal = {
      status: 403,
      body: {
        code: 'plan_required',
        detail: 'The Starter plan has no alerts by webhook. Change to a plan that has them.',
      },
    }
    expect(await create()).toMatchObject(refusal)
    expect(await t.request('POST', `/v1/webhooks/${made.id}/test`, { key: own.key })).toMatchObject(refusal)
    expect(await change(made.id, { kinds: null })).toMatchObject(refusal)
    await raise()
    await t.app.runDue()
    expect(receiver.messages).toEqual([])
    expect(await readWebhook(made.id)).toMatchObject({ enabled: true })
    expect((await change(made.id, { enabled: false })).status).toBe(200)
    expect(await change(made.id, { enabled: true })).toMatchObject(refusal)
  })

  test('409: more than a workspace may have, even if they are created at once', async () => {
    const made = await Promise.all(Array.from({ length: 22 }, () => create()))
    expect(made.filter(({ status }) => status === 201)).toHaveLength(20)
    expect(made.filter(({ body }) => body.code === 'webhook_limit_reached')).toHaveLength(2)
  })
})

describe('the secret', () => {
  test('is shown once, and is not readable in the database', async () => {
    const repeated = {
      key: own.key,
      idempotencyKey: `make ${own.id}`.replace(' ', '-'),
      body: { url: receiver.url },
    }
    const { body: made } = await t.request<CreatedWebhook>('POST', '/v1/webhooks', repeated)
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect((await t.request<CreatedWebhook>('POST', '/v1/webhooks', repeated)).body).toEqual(made)
    expect(JSON.stringify(await readWebhook(made.id))).not.toContain('whsec_')
    const { rows } = await t.database.query<{ everything: string }>(
      `select (select string_agg(h::text, '') from webhooks h) || (select string_agg(i::text, '') from idempotency_keys i)
         as everything`,
    )
    expect(rows[0]?.everything).toContain(receiver.host)
    expect(rows[0]?.everything).not.toContain(made.secret.slice('whsec_'.length))
  })

  test('is rotated, and signs for another day beside the new one', async () => {
    const { body: made } = await create()
    const path = `/v1/webhooks/${made.id}/rotate-secret`
    const { status, body: rotated } = await t.request<CreatedWebhook>('POST', path, { key: own.key })
    expect(status).toBe(200)
    expect(rotated).toMatchObject({
      id: made.id,
      previousSecretUntil: new Date(t.clock.now() + DAY_MS).toISOString(),
    })
    expect(rotated.secret).not.toBe(made.secret)
    await raise()
    await t.app.runDue()
    for (const secret of [made.secret, rotated.secret]) {
      const [message] = receiver.messages
      const headers = message?.headers as Record<string, string>
      expect(new Verifier(secret).verify(message?.body ?? '', headers)).toMatchObject({
        type: 'balance.zero',
      })
    }
  })
})

describe('a test message', () => {
  test('201: is sent once, even to a webhook that is switched off', async () => {
    const { body: made } = await create({ enabled: false })
    receiver.answer = 500
    expect(await t.request('POST', `/v1/webhooks/${made.id}/test`, { key: own.key })).toMatchObject({
      status: 201,
      body: { status: 'pending', kind: 'webhook_test', alertId: null, target: receiver.url },
    })
    await t.app.runDue()
    t.clock.advance(MINUTE_MS)
    await t.app.runDue()
    expect(receiver.messages).toHaveLength(1)
    const headers = receiver.messages[0]?.headers as Record<string, string>
    expect(new Verifier(made.secret).verify(receiver.messages[0]?.body ?? '', headers)).toMatchObject({
      type: 'webhook.test',
      data: { workspaceId: own.id, webhookId: made.id },
    })
    expect(await listDeliveries(`?webhookId=${made.id}`)).toMatchObject([
      { status: 'failed', responseStatus: 500, tries: 1 },
    ])
    expect(await readWebhook(made.id)).toMatchObject({ lastStatus: 'failed', lastResponseStatus: 500 })
  })
})

describe('deliveries', () => {
  test('200: are listed newest first, by alert, webhook, channel and status', async () => {
    const { body: made } = await create()
    const alertId = await raise('one')
    t.clock.advance(1)
    receiver.answer = 500
    await t.app.runDue()
    receiver.answer = 200
    await raise('two')
    await t.app.runDue()
    expect(await listDeliveries()).toMatchObject([
      { status: 'delivered', tries: 1, responseStatus: 200, error: null, nextTryAt: null },
      { status: 'pending', responseStatus: 500, alertTitle: 'Out', kind: 'balance_zero', channel: 'webhook' },
    ])
    const id = `alert_${alertId?.replaceAll('-', '')}`
    expect(await listDeliveries(`?alertId=${id}&webhookId=${made.id}&channel=webhook`)).toHaveLength(1)
    expect(await listDeliveries('?status=delivered')).toHaveLength(1)
    expect(await listDeliveries('?channel=mail')).toEqual([])
    const page = await t.request('GET', '/v1/deliveries?limit=1', { key: own.key })
    expect(await listDeliveries(`?cursor=${page.body.nextCursor}`)).toMatchObject([{ status: 'pending' }])
  })

  test('200: are resent with all their tries, under one id', async () => {
    const { body: made } = await create()
    await raise()
    await t.app.runDue()
    const [delivery] = await listDeliveries()
    receiver.answer = 503
    expect(await resend(delivery?.id)).toMatchObject({ status: 200, body: { status: 'pending', tries: 0 } })
    await t.app.runDue()
    expect(await listDeliveries()).toMatchObject([
      { status: 'pending', tries: 1, error: 'It answered with 503.' },
    ])
    receiver.answer = 200
    await resend(delivery?.id)
    await t.app.runDue()
    expect(await listDeliveries()).toMatchObject([{ status: 'delivered', tries: 1, error: null }])
    const ids = receiver.messages.map(({ headers }) => headers['webhook-id'])
    expect([ids.length, new Set(ids).size]).toEqual([3, 1])

    await change(made.id, { enabled: false })
    expect(await resend(delivery?.id)).toMatchObject({ status: 409, body: { code: 'webhook_disabled' } })
    await t.request('DELETE', `/v1/webhooks/${made.id}`, { key: own.key })
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
    const answer = await t.request('GET', `/v1/deliveries${query}`, { key: own.key })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
  })
})

describe('permissions', () => {
  const changes = (id: string) =>
    [
      ['PATCH', `/v1/webhooks/${id}`, { enabled: false }],
      ['DELETE', `/v1/webhooks/${id}`, undefined],
      ['POST', `/v1/webhooks/${id}/test`, undefined],
      ['POST', `/v1/webhooks/${id}/rotate-secret`, undefined],
    ] as const

  test('404: another workspace’s webhooks and deliveries', async () => {
    const { body: made } = await create()
    await raise()
    await t.app.runDue()
    const [delivery] = await listDeliveries()
    const other = await t.addWorkspace({ planId: 'growth' })
    expect(await listDeliveries(`?webhookId=${made.id}`, other.key)).toEqual([])
    for (const [method, path, body] of [
      ['GET', `/v1/webhooks/${made.id}`, undefined],
      ['GET', '/v1/webhooks/call_1', undefined],
      ...changes(made.id),
    ] as const) {
      const answer = await t.request(method, path, { key: other.key, ...(body && { body }) })
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'webhook_not_found'])
    }
    expect(await resend(delivery?.id, other.key)).toMatchObject({
      status: 404,
      body: { code: 'delivery_not_found' },
    })
    expect(await readWebhook(made.id)).toMatchObject({ enabled: true })
  })

  test('403: a member reads webhooks and changes nothing', async () => {
    const { body: made } = await create()
    await raise()
    await t.app.runDue()
    const person = await t.signUp()
    const member = {
      workspaceId: own.uuid,
      userId: uuidFrom('user', person.userId) ?? '',
      role: 'member',
    } as const
    await t.database.transaction((tx) => addMember(tx, member, t.clock.now()))
    const who = { cookie: person.cookie, workspace: own.id }
    expect((await t.request('GET', `/v1/webhooks/${made.id}`, who)).status).toBe(200)
    expect((await t.request('GET', '/v1/webhooks', who)).body.data).toHaveLength(1)
    const log = (await t.request('GET', '/v1/deliveries', who)).body.data
    expect(log).toHaveLength(1)
    for (const [method, path, body] of [
      ['POST', '/v1/webhooks', { url: receiver.url }],
      ['POST', `/v1/deliveries/${log[0]?.id}/resend`, undefined],
      ...changes(made.id),
    ] as const) {
      const answer = await t.request(method, path, { ...who, ...(body && { body }) })
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'forbidden'])
    }
  })

  test('200: the operator must name the workspace', async () => {
    await create()
    const who = { key: t.operatorKey, workspace: own.id }
    expect((await t.request('GET', '/v1/webhooks', who)).body.data).toHaveLength(1)
    expect((await t.request('GET', '/v1/webhooks', { key: t.operatorKey })).status).toBe(400)
  })
})
