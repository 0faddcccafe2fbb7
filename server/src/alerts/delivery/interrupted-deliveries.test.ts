import { MINUTE_MS } from '@talktime/core/time/durations'
import { describe, expect, test } from 'vitest'
import {
  addWorkspace,
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
import { createLife, killableDatabase } from '../../../test/killable-process.ts'
import { openReceiver } from '../../../test/webhook-receiver.ts'
import { addMember } from '../../access/index.ts'
import { restartDelivery } from './delivery-store.ts'

const world = useDeliveryWorld()

describe('a receiver that hangs', () => {
  test('is aborted after a while, and does not delay others', async () => {
    world.receiver.answer = () => {}
    const quick = await openReceiver()
    for (let count = 0; count < 20; count += 1) await createWebhook()
    const others = await addWorkspace()
    await createWebhook({ workspaceId: others, url: quick.url })
    await raise()
    await raise()
    advance(1)
    await raise({ workspaceId: others })
    const impatient = openProcess({ webhookMsMax: 700 })
    const startedMs = performance.now()
    const sent = sendDue(impatient)
    await quick.got(1)
    expect(performance.now() - startedMs).toBeLessThan(700)
    // One at a time for each webhook.
    expect(world.receiver.messages.length).toBeLessThanOrEqual(20)
    await sent
    const late = await listLog()
    expect(late).toHaveLength(40)
    expect(new Set(late.map(({ error }) => error))).toEqual(
      new Set(['It did not answer within 0.7 seconds.']),
    )
    await quick.close()
  })

  test('does not keep a server from stopping; another server sends the message', async () => {
    world.receiver.answer = () => {}
    await createWebhook()
    await raise()
    const stopping = openProcess()
    stopping.wake()
    await world.receiver.got(1)
    await stopping.close()
    expect(await listLog()).toMatchObject([{ status: 'pending', tries: 0 }])
    world.receiver.answer = 200
    await sendDue()
    expect(await listLog()).toMatchObject([{ status: 'delivered', tries: 1, responseStatus: 200 }])
    expect(countById(world.receiver.messages)).toEqual([2])
  })

  test('is not sent to twice when its delivery is resent meanwhile', async () => {
    world.receiver.answer = () => {}
    await createWebhook()
    await raise()
    openProcess().wake()
    await world.receiver.got(1)
    const [delivery] = await listLog()
    if (delivery === undefined) throw new Error('It is in the log')
    await world.database.transaction((tx) => restartDelivery(tx, delivery, now()))
    await sendDue()
    expect(world.receiver.messages).toHaveLength(1)
    expect(await listLog()).toMatchObject([{ status: 'pending', tries: 1, error: null }])
  })
})

test('a server that dies at any step loses no message; a message that arrives twice has one id', async () => {
  const { secret } = await createWebhook()
  let deaths = 0
  for (let steps = 0; ; steps += 1) {
    const before = world.receiver.messages.length
    await raise()
    const life = createLife(steps)
    const killable = openProcess({ database: killableDatabase(world.database, life) })
    await sendDue(killable)
    // Another server claims the delivery once its try counts as lost.
    await advanceAndSend(2 * MINUTE_MS)
    const counts = countById(world.receiver.messages.slice(before))
    expect(counts).toHaveLength(1)
    expect(counts[0]).toBeLessThanOrEqual(2)
    verify(secret, world.receiver.messages.at(-1))
    expect(await listLog({ status: 'pending' })).toEqual([])
    if (!life.isKilled) break
    deaths += 1
  }
  expect(deaths).toBeGreaterThan(3)
})

test('a mail whose server died before recording it is sent again under one id', async () => {
  const { rows } = await world.database.query<{ id: string }>(
    `insert into users (id, name, email, email_verified, created_at, updated_at)
     values (gen_random_uuid(), 'Ada', 'ada@example.com', true, now(), now()) returning id`,
  )
  const owner = { workspaceId: world.workspaceId, userId: rows[0]?.id ?? '', role: 'owner' } as const
  await world.database.transaction((tx) => addMember(tx, owner, now()))
  await raise()
  const sent: string[] = []
  const life = createLife()
  const dying = openProcess({
    database: killableDatabase(world.database, life),
    mailer: {
      async send({ id }) {
        sent.push(id)
        life.killAfter(0)
      },
    },
  })
  await sendDue(dying)
  const other = openProcess({ mailer: { send: async ({ id }) => void sent.push(id) } })
  await sendDue(other)
  expect(sent).toHaveLength(1)
  advance(2 * MINUTE_MS)
  await sendDue(other)
  expect(sent).toEqual([sent[0], sent[0]])
  expect(await listLog()).toMatchObject([{ channel: 'mail', status: 'delivered', tries: 2 }])
})
