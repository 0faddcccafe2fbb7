import { describe, expect, test } from 'vitest'
import {
  changeWebhook,
  createWebhook,
  listDeliveries,
  raise,
  readWebhook,
  resend,
  useWebhookCustomer,
} from '../../../test/webhook-customer.ts'
import { addMember } from '../../access/index.ts'
import { uuidFrom } from '../../public-ids.ts'

const customer = useWebhookCustomer()

describe('webhooks', () => {
  test('201, 200, 204: are created, listed in pages, changed and removed', async () => {
    const { body: first } = await createWebhook()
    customer.t.clock.advance(1)
    const { status, body: second } = await createWebhook({ kinds: ['balance_low'], enabled: false })
    expect(status).toBe(201)
    expect(second).toMatchObject({
      id: expect.stringMatching(/^wh_[0-9a-f]{32}$/),
      url: customer.receiver.url,
      kinds: ['balance_low'],
      enabled: false,
      disabledReason: null,
      lastDeliveryAt: null,
      lastStatus: null,
    })
    const who = { key: customer.own.key }
    const page = await customer.t.request('GET', '/v1/webhooks?limit=1', who)
    expect(page.body.data.map(({ id }) => id)).toEqual([second.id])
    const rest = await customer.t.request('GET', `/v1/webhooks?limit=1&cursor=${page.body.nextCursor}`, who)
    expect(rest.body).toMatchObject({ data: [{ id: first.id }], nextCursor: null })
    expect((await changeWebhook(first.id, { kinds: ['budget_reached'] })).body).toMatchObject({
      kinds: ['budget_reached'],
    })
    expect((await changeWebhook(first.id, { kinds: null })).body).toMatchObject({
      kinds: null,
      enabled: true,
    })
    expect((await changeWebhook(first.id, {})).body).toMatchObject({
      kinds: null,
      url: customer.receiver.url,
    })
    expect((await customer.t.request('DELETE', `/v1/webhooks/${first.id}`, who)).status).toBe(204)
    expect((await customer.t.request('DELETE', `/v1/webhooks/${first.id}`, who)).status).toBe(404)
    expect((await customer.t.request('GET', '/v1/webhooks', who)).body.data).toHaveLength(1)
  })

  test('204: removing one ends its pending deliveries, and its log stays', async () => {
    customer.receiver.answer = 500
    const { body: made } = await createWebhook()
    await raise()
    await customer.t.app.runDue()
    await customer.t.request('DELETE', `/v1/webhooks/${made.id}`, { key: customer.own.key })
    expect(await listDeliveries(`?webhookId=${made.id}`)).toMatchObject([
      { status: 'failed', error: 'The webhook was removed.', target: customer.receiver.url, nextTryAt: null },
    ])
  })

  test.each([
    ['no URL', { url: undefined }, '/url'],
    ['an unknown kind', { kinds: ['balance_full'] }, '/kinds/0'],
    ['no kind at all', { kinds: [] }, '/kinds'],
    ['an unknown field', { secret: 'mine' }, '/secret'],
  ])('400: %s', async (_what, body, pointer) => {
    expect(await createWebhook(body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
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
    expect(await createWebhook({ url })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors },
    })
    const good = (await createWebhook({ url: 'https://example.com/hook' })).body
    expect(await changeWebhook(good.id, { url })).toMatchObject({ status: 400, body: { errors } })
    expect(await readWebhook(good.id)).toMatchObject({ url: 'https://example.com/hook' })
  })

  test('201: a name that cannot be looked up now', async () => {
    expect((await createWebhook({ url: 'https://later.example.com' })).body.url).toBe(
      'https://later.example.com/',
    )
  })

  test('403: without the plan none is created, and existing ones get nothing', async () => {
    const { body: made } = await createWebhook()
    await customer.t.database.query(
      `update subscriptions set terms = jsonb_set(terms || '{"name": "Starter"}', '{features,alertWebhooks}', 'false')
       where workspace_id = $1`,
      [customer.own.uuid],
    )
    const refusal = {
      status: 403,
      body: {
        code: 'plan_required',
        detail: 'The Starter plan has no alerts by webhook. Change to a plan that has them.',
      },
    }
    expect(await createWebhook()).toMatchObject(refusal)
    expect(
      await customer.t.request('POST', `/v1/webhooks/${made.id}/test`, { key: customer.own.key }),
    ).toMatchObject(refusal)
    expect(await changeWebhook(made.id, { kinds: null })).toMatchObject(refusal)
    await raise()
    await customer.t.app.runDue()
    expect(customer.receiver.messages).toEqual([])
    expect(await readWebhook(made.id)).toMatchObject({ enabled: true })
    expect((await changeWebhook(made.id, { enabled: false })).status).toBe(200)
    expect(await changeWebhook(made.id, { enabled: true })).toMatchObject(refusal)
  })

  test('409: more than a workspace may have, even if they are created at once', async () => {
    const made = await Promise.all(Array.from({ length: 22 }, () => createWebhook()))
    expect(made.filter(({ status }) => status === 201)).toHaveLength(20)
    expect(made.filter(({ body }) => body.code === 'webhook_limit_reached')).toHaveLength(2)
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
    const { body: made } = await createWebhook()
    await raise()
    await customer.t.app.runDue()
    const [delivery] = await listDeliveries()
    const other = await customer.t.addWorkspace({ planId: 'growth' })
    expect(await listDeliveries(`?webhookId=${made.id}`, other.key)).toEqual([])
    for (const [method, path, body] of [
      ['GET', `/v1/webhooks/${made.id}`, undefined],
      ['GET', '/v1/webhooks/call_1', undefined],
      ...changes(made.id),
    ] as const) {
      const answer = await customer.t.request(method, path, { key: other.key, ...(body && { body }) })
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'webhook_not_found'])
    }
    expect(await resend(delivery?.id, other.key)).toMatchObject({
      status: 404,
      body: { code: 'delivery_not_found' },
    })
    expect(await readWebhook(made.id)).toMatchObject({ enabled: true })
  })

  test('403: a member reads webhooks and changes nothing', async () => {
    const { body: made } = await createWebhook()
    await raise()
    await customer.t.app.runDue()
    const person = await customer.t.signUp()
    const member = {
      workspaceId: customer.own.uuid,
      userId: uuidFrom('user', person.userId) ?? '',
      role: 'member',
    } as const
    await customer.t.database.transaction((tx) => addMember(tx, member, customer.t.clock.now()))
    const who = { cookie: person.cookie, workspace: customer.own.id }
    expect((await customer.t.request('GET', `/v1/webhooks/${made.id}`, who)).status).toBe(200)
    expect((await customer.t.request('GET', '/v1/webhooks', who)).body.data).toHaveLength(1)
    const log = (await customer.t.request('GET', '/v1/deliveries', who)).body.data
    expect(log).toHaveLength(1)
    for (const [method, path, body] of [
      ['POST', '/v1/webhooks', { url: customer.receiver.url }],
      ['POST', `/v1/deliveries/${log[0]?.id}/resend`, undefined],
      ...changes(made.id),
    ] as const) {
      const answer = await customer.t.request(method, path, { ...who, ...(body && { body }) })
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'forbidden'])
    }
  })

  test('200: the operator must name the workspace', async () => {
    await createWebhook()
    const who = { key: customer.t.operatorKey, workspace: customer.own.id }
    expect((await customer.t.request('GET', '/v1/webhooks', who)).body.data).toHaveLength(1)
    expect((await customer.t.request('GET', '/v1/webhooks', { key: customer.t.operatorKey })).status).toBe(
      400,
    )
  })
})
