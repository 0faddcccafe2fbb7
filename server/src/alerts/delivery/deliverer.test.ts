import { DAY_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
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
  serverSecrets,
  useDeliveryWorld,
  verify,
  webhookSecrets,
} from '../../../test/delivery-world.ts'
import type { ReceivedMessage } from '../../../test/webhook-receiver.ts'
import { publicId } from '../../public-ids.ts'
import { replaceSecret } from '../webhooks/webhook-store.ts'

const world = useDeliveryWorld()

describe('a message', () => {
  test('can be verified by its receiver, and says what happened', async () => {
    const { secret } = await createWebhook()
    const alertId = publicId('alert', (await raise()) ?? '')
    await sendDue()
    const [message] = world.receiver.messages
    expect(message?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': alertId,
      'webhook-timestamp': String(Math.floor(now() / SECOND_MS)),
    })
    const at = new Date(now()).toISOString()
    expect(verify(secret, message)).toEqual({
      type: 'balance.zero',
      timestamp: at,
      data: {
        id: alertId,
        kind: 'balance_zero',
        at,
        title: 'Out of credits',
        detail: 'Buy credits.',
        link: `https://talktime.example.com/billing?workspace=${publicId('workspace', world.workspaceId)}`,
        workspaceId: publicId('workspace', world.workspaceId),
        workspaceName: 'Acme',
      },
    })
  })

  test('fails verification if it was changed, comes from somebody else or is old', async () => {
    const { secret } = await createWebhook()
    await raise()
    await sendDue()
    const [message] = world.receiver.messages as [ReceivedMessage]
    const changed = { ...message, body: message.body.replace('Out of', 'Full of') }
    expect(() => verify(secret, changed)).toThrow('No matching signature')
    const renamed = { ...message, headers: { ...message.headers, 'webhook-id': 'alert_other' } }
    expect(() => verify(secret, renamed)).toThrow('No matching signature')
    expect(() => verify(webhookSecrets.generate(), message)).toThrow('No matching signature')
    advance(6 * MINUTE_MS)
    expect(() => verify(secret, message)).toThrow('too old')
  })

  test('arrives once for each crossing, whichever of two servers raises and sends it', async () => {
    await createWebhook()
    const other = openProcess()
    await Promise.all(Array.from({ length: 8 }, (_, index) => raise({ key: index < 6 ? 'one' : 'two' })))
    await Promise.all([sendDue(), sendDue(other), sendDue(), sendDue(other)])
    expect(countById(world.receiver.messages)).toEqual([1, 1])
  })

  test('goes to the webhooks that want its kind and are switched on', async () => {
    const wants = await createWebhook({ kinds: ['balance_zero', 'balance_low'] })
    const all = await createWebhook()
    await createWebhook({ kinds: ['reload_done'] })
    await createWebhook({ enabled: false })
    const first = await raise()
    const second = await raise()
    await sendDue()
    const deliveries = (await listLog()).map(({ webhookId, alertId }) => `${webhookId} ${alertId}`)
    expect(deliveries.sort()).toEqual(
      [wants, all].flatMap(({ id }) => [`${id} ${first}`, `${id} ${second}`]).sort(),
    )
    const ids = world.receiver.messages.map(({ headers }) => headers['webhook-id'])
    const [a, b] = [publicId('alert', first ?? ''), publicId('alert', second ?? '')]
    expect(ids.sort()).toEqual([a, a, b, b].sort())
  })

  test('about a demo workspace goes to its webhooks', async () => {
    await createWebhook()
    await world.database.query('update workspaces set demo = true where id = $1', [world.workspaceId])
    await raise()
    await sendDue()
    expect(world.receiver.messages).toHaveLength(1)
  })
})

describe('the secret', () => {
  test('that was replaced signs for another day, beside the new one', async () => {
    const webhook = await createWebhook()
    const second = webhookSecrets.generate()
    const sealed = webhookSecrets.seal(second, webhook)
    await world.database.transaction((tx) => replaceSecret(tx, webhook, sealed, now() + DAY_MS))
    await raise()
    await advanceAndSend(DAY_MS - 1)
    expect(verify(webhook.secret, world.receiver.messages[0])).toEqual(
      verify(second, world.receiver.messages[0]),
    )
    await raise()
    await advanceAndSend(1)
    verify(second, world.receiver.messages[1])
    expect(() => verify(webhook.secret, world.receiver.messages[1])).toThrow('No matching signature')
  })

  test('of another webhook cannot be opened, which is logged', async () => {
    await createWebhook()
    await createWebhook()
    await world.database.query(
      `update webhooks h set sealed_secret = o.sealed_secret from webhooks o
       where h.workspace_id = $1 and o.workspace_id = $1 and o.id <> h.id`,
      [world.workspaceId],
    )
    await raise()
    await sendDue()
    expect(world.receiver.messages).toEqual([])
    for (const { error } of await listLog()) expect(error).toContain('signing secret cannot be read')
  })

  test('opens with the server’s previous secret', async () => {
    const { secret } = await createWebhook()
    const rotated = { secret: 'another secret for tests, long enough', secretPrevious: serverSecrets.secret }
    await raise()
    await sendDue(openProcess({ secrets: rotated }))
    verify(secret, world.receiver.messages[0])
  })
})
