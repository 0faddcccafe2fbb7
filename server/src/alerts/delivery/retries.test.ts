import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import { describe, expect, test } from 'vitest'
import {
  advance,
  advanceAndSend,
  countById,
  createWebhook,
  listLog,
  now,
  openProcess,
  raise,
  sendDue,
  useDeliveryWorld,
  verify,
} from '../../../test/delivery-world.ts'
import { openReceiver } from '../../../test/webhook-receiver.ts'
import { createOutbound } from '../../platform/outbound.ts'
import { publicId } from '../../public-ids.ts'
import { requireWebhook, updateWebhook } from '../webhooks/webhook-store.ts'

const world = useDeliveryWorld()

describe('a message that is not accepted', () => {
  test('is tried ten times within three days under one id, then fails', async () => {
    world.receiver.answer = 500
    const { secret } = await createWebhook()
    await raise()
    const startedMs = now()
    await sendDue()
    expect(await listLog()).toMatchObject([
      { status: 'pending', tries: 1, responseStatus: 500, error: 'It answered with 500.' },
    ])
    expect((await listLog())[0]?.nextTryAtMs).toBe(startedMs + 30_000)
    await advanceAndSend(29_999)
    expect(world.receiver.messages).toHaveLength(1)
    await advanceAndSend(1)
    expect(world.receiver.messages).toHaveLength(2)
    for (;;) {
      verify(secret, world.receiver.messages.at(-1))
      const [delivery] = await listLog()
      if (delivery?.nextTryAtMs == null) break
      await advanceAndSend(delivery.nextTryAtMs - now())
    }
    expect(countById(world.receiver.messages)).toEqual([10])
    expect(now() - startedMs).toBeGreaterThan(2 * DAY_MS)
    expect(now() - startedMs).toBeLessThan(3 * DAY_MS)
    await advanceAndSend(10 * DAY_MS)
    expect(world.receiver.messages).toHaveLength(10)
  })

  test('switches off a webhook that has accepted nothing in all that time, and raises an alert', async () => {
    world.receiver.answer = 500
    const webhook = await createWebhook()
    await raise()
    for (let step = 0; step < 12; step += 1) await advanceAndSend(18 * HOUR_MS)
    expect(await requireWebhook(world.database, webhook)).toMatchObject({
      enabled: false,
      disabledReason: 'It has accepted nothing in 10 tries. The last error: It answered with 500.',
      lastDelivered: false,
      lastResponseStatus: 500,
    })
    const { rows } = await world.database.query(
      `select kind, title, link from alerts where workspace_id = $1 order by id desc limit 1`,
      [world.workspaceId],
    )
    expect(rows).toEqual([
      {
        kind: 'webhook_disabled',
        title: `The webhook to ${world.receiver.host} was switched off`,
        link: '/settings/webhooks',
      },
    ])
    // Later alerts are not sent until it is switched on again.
    world.receiver.answer = 200
    await raise()
    await sendDue()
    expect(world.receiver.messages).toHaveLength(10)
    const on = { enabled: true, url: undefined, kinds: undefined }
    expect(await world.database.transaction((tx) => updateWebhook(tx, webhook, on))).toMatchObject({
      enabled: true,
      disabledReason: null,
    })
    await raise()
    await sendDue()
    expect(world.receiver.messages).toHaveLength(11)
  })

  test('leaves a webhook on that has accepted others meanwhile', async () => {
    const webhook = await createWebhook()
    world.receiver.answer = (response) => {
      const isFirst = world.receiver.messages.at(-1)?.headers['webhook-id'] === firstId
      response.writeHead(isFirst ? 500 : 200).end()
    }
    const firstId = publicId('alert', (await raise()) ?? '')
    await advanceAndSend(HOUR_MS)
    await raise()
    for (let step = 0; step < 12; step += 1) await advanceAndSend(18 * HOUR_MS)
    expect((await listLog()).map(({ status }) => status)).toEqual(['delivered', 'failed'])
    expect(await requireWebhook(world.database, webhook)).toMatchObject({ enabled: true })
  })

  test('is tried again at the webhook’s current address', async () => {
    world.receiver.answer = 500
    const webhook = await createWebhook()
    await raise()
    await sendDue()
    const moved = await openReceiver()
    const change = { url: moved.url, kinds: undefined, enabled: undefined }
    await world.database.transaction((tx) => updateWebhook(tx, webhook, change))
    await advanceAndSend(30_000)
    expect([world.receiver.messages.length, moved.messages.length]).toEqual([1, 1])
    expect(await listLog()).toMatchObject([{ status: 'delivered', target: moved.url }])
    await moved.close()
  })

  test('with status 410 is not tried again, and nothing else is sent to the webhook', async () => {
    world.receiver.answer = 410
    const webhook = await createWebhook()
    await raise()
    advance(1)
    await raise()
    await sendDue()
    await advanceAndSend(DAY_MS)
    expect(world.receiver.messages).toHaveLength(1)
    expect(await requireWebhook(world.database, webhook)).toMatchObject({
      enabled: false,
      disabledReason: 'It answered with 410: it wants no more messages.',
    })
    expect((await listLog()).map(({ status, error }) => ({ status, error }))).toEqual([
      { status: 'failed', error: 'The webhook was switched off.' },
      { status: 'failed', error: 'It answered with 410.' },
    ])
    const { rows } = await world.database.query(
      `select actor_kind as by, after_state -> 'enabled' as enabled from audit_log
       where action = 'webhook.disabled' and target_id = $1`,
      [publicId('webhook', webhook.id)],
    )
    expect(rows).toEqual([{ by: 'system', enabled: false }])
  })

  test.each([
    [
      'a redirect, which is not followed',
      'It answered with 302. Redirects are not followed.',
      () => {
        world.receiver.answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end()
      },
    ],
    [
      'a connection that is closed',
      'The connection was closed without an answer.',
      () => {
        world.receiver.answer = (response) => response.destroy()
      },
    ],
    ['no listener', 'The connection was refused.', () => world.receiver.close()],
    [
      'an answer that is not HTTP',
      'It did not answer in HTTP.',
      () => {
        world.receiver.answer = (response) => response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n')
      },
    ],
  ])('is logged with the reason: %s', async (_what, error, prepare) => {
    await createWebhook()
    await prepare()
    await raise()
    await sendDue()
    expect(await listLog()).toMatchObject([{ status: 'pending', tries: 1, error }])
    if (world.receiver.messages.length === 0) world.receiver = await openReceiver()
  })

  test('must have no accepting status: an endless answer with 200 accepts it', async () => {
    await createWebhook()
    world.receiver.answer = (response) => {
      response.writeHead(200)
      const pour = () => {
        while (response.write('x'.repeat(16_384)));
      }
      response.on('drain', pour)
      pour()
    }
    await raise()
    await sendDue()
    expect(await listLog()).toMatchObject([{ status: 'delivered', responseStatus: 200 }])
  })

  test('because its name now leads into a private network is logged with that reason, and nothing is requested', async () => {
    const { port } = new URL(world.receiver.url)
    await createWebhook({ url: `https://rebinds.example.com:${port}/hook` })
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    await raise()
    await sendDue(openProcess({ outbound: createOutbound({ allow: [], resolve }) }))
    expect(world.receiver.messages).toEqual([])
    expect(await listLog()).toMatchObject([
      {
        status: 'pending',
        error: 'rebinds.example.com may not be asked: it does not lead to a public address.',
      },
    ])
  })
})
