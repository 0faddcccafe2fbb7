import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { createLife, killableDatabase } from '../../../test/killable-process.ts'
import { openReceiver, type ReceivedMessage, type Receiver } from '../../../test/webhook-receiver.ts'
import { addMember } from '../../access/index.ts'
import type { Ledger } from '../../ledger/index.ts'
import { loadCatalog } from '../../plans/index.ts'
import { virtualClock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { newUuid } from '../../platform/ids.ts'
import { createLog } from '../../platform/log.ts'
import { createOutbound } from '../../platform/outbound.ts'
import { publicId } from '../../public-ids.ts'
import { openQuietRooms } from '../../quiet-rooms.ts'
import { createWorkspace } from '../../workspaces/index.ts'
import type { DelivererDeps } from '../deps.ts'
import type { AlertKind, NewAlert } from '../inbox/alert.ts'
import { raiseAlert } from '../inbox/raise-alert.ts'
import { createWebhookSecrets } from '../webhooks/webhook-secrets.ts'
import {
  insertWebhook,
  replaceSecret,
  requireWebhook,
  updateWebhook,
  type WebhookRef,
} from '../webhooks/webhook-store.ts'
import { createDeliverer, type Deliverer } from './deliverer.ts'
import { type Delivery, type DeliveryFilter, listDeliveries, restartDelivery } from './delivery-store.ts'

// Deliverers of several server processes, without the rest of a server.

const secrets = { secret: 'a secret for tests, long enough' }
const webhookSecrets = createWebhookSecrets(secrets)
const clock = virtualClock(Date.parse('2026-11-22T10:00:00.000Z'))

let database: Database
let ledger: Ledger
let drop: () => Promise<void>
let receiver: Receiver
let workspaceId: string
let processes: Deliverer[]
let server: Deliverer

beforeAll(async () => {
  const made = await testDatabase()
  database = made.database
  drop = made.drop
  ledger = openQuietRooms({ database, clock }).ledger
  await loadCatalog(database)
})
afterAll(() => drop())

beforeEach(async () => {
  receiver = await openReceiver()
  workspaceId = await addWorkspace()
  processes = []
  server = openProcess()
  // Receivers check when a message was signed.
  vi.useFakeTimers({ toFake: ['Date'], now: clock.now() })
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(processes.map((one) => one.close()))
  await receiver.close()
  await database.query(`update alert_deliveries set status = 'failed', next_try_at_ms = null`)
})

const addWorkspace = () =>
  database.transaction((tx) =>
    createWorkspace(tx, { name: 'Acme', timeZone: 'UTC', planId: 'growth' }, clock.now()),
  )

function openProcess(changes: Partial<DelivererDeps> = {}): Deliverer {
  const deliverer = createDeliverer({
    database,
    clock,
    secrets,
    mailer: { send: async () => {} },
    outbound: createOutbound({ allow: ['127.0.0.1'] }),
    origin: 'https://talktime.example.com',
    serviceName: 'Talktime',
    log: createLog('silent'),
    ledger,
    onError() {},
    ...changes,
  })
  processes.push(deliverer)
  return deliverer
}

async function sendDue(deliverer = server): Promise<void> {
  deliverer.wake()
  await deliverer.idle()
}

function advance(ms: number): void {
  clock.advance(ms)
  vi.setSystemTime(clock.now())
}

async function advanceAndSend(ms: number): Promise<void> {
  advance(ms)
  await sendDue()
}

type CreatedWebhook = WebhookRef & { readonly secret: string }

async function createWebhook(
  changes: { workspaceId?: string; url?: string; kinds?: AlertKind[]; enabled?: boolean } = {},
): Promise<CreatedWebhook> {
  const { url = receiver.url, kinds = null, enabled = true } = changes
  const ref = { workspaceId: changes.workspaceId ?? workspaceId, id: newUuid(clock.now()) }
  const secret = webhookSecrets.generate()
  const sealedSecret = webhookSecrets.seal(secret, ref)
  await database.transaction((tx) =>
    insertWebhook(tx, { ...ref, url, kinds, enabled, sealedSecret }, clock.now()),
  )
  return { ...ref, secret }
}

let crossings = 0

/** Raises an alert, by default a new crossing. Returns its UUID. */
async function raise(alert: Partial<NewAlert> = {}): Promise<string | undefined> {
  crossings += 1
  const texts = { title: 'Out of credits', detail: 'Buy credits.', link: '/billing' }
  const whole = { workspaceId, kind: 'balance_zero', key: String(crossings), ...texts, ...alert } as const
  await ledger.changeWorkspace(whole.workspaceId, ({ tx, unit, nowMs }) => raiseAlert(tx, unit, whole, nowMs))
  const { rows } = await database.query<{ id: string }>(
    'select id from alerts where workspace_id = $1 and key = $2',
    [whole.workspaceId, whole.key],
  )
  return rows[0]?.id
}

const allDeliveries: DeliveryFilter = { alertId: null, webhookId: null, channel: null, status: null }

const listLog = (filter: Partial<DeliveryFilter> = {}, of = workspaceId): Promise<Delivery[]> =>
  listDeliveries(database, of, { ...allDeliveries, ...filter }, { beforeId: null, limit: 200 })

/** Verifies a message as a receiver does. Throws if it was not signed with the secret. */
function verify(secret: string, message: ReceivedMessage | undefined): unknown {
  if (message === undefined) throw new Error('There is no such message')
  return new Verifier(secret).verify(message.body, message.headers as Record<string, string>)
}

/** Counts how often each message arrived, by id. */
function countById(messages: readonly ReceivedMessage[]): number[] {
  const counts = new Map<unknown, number>()
  for (const { headers } of messages) {
    counts.set(headers['webhook-id'], (counts.get(headers['webhook-id']) ?? 0) + 1)
  }
  return [...counts.values()]
}

describe('a message', () => {
  test('can be verified by its receiver, and says what happened', async () => {
    const { secret } = await createWebhook()
    const alertId = publicId('alert', (await raise()) ?? '')
    await sendDue()
    const [message] = receiver.messages
    expect(message?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': alertId,
      'webhook-timestamp': String(clock.now() / SECOND_MS),
    })
    const at = new Date(clock.now()).toISOString()
    expect(verify(secret, message)).toEqual({
      type: 'balance.zero',
      timestamp: at,
      data: {
        id: alertId,
        kind: 'balance_zero',
        at,
        title: 'Out of credits',
        detail: 'Buy credits.',
        link: `https://talktime.example.com/billing?workspace=${publicId('workspace', workspaceId)}`,
        workspaceId: publicId('workspace', workspaceId),
        workspaceName: 'Acme',
      },
    })
  })

  test('fails verification if it was changed, comes from somebody else or is old', async () => {
    const { secret } = await createWebhook()
    await raise()
    await sendDue()
    const [message] = receiver.messages as [ReceivedMessage]
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
    expect(countById(receiver.messages)).toEqual([1, 1])
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
    const ids = receiver.messages.map(({ headers }) => headers['webhook-id'])
    const [a, b] = [publicId('alert', first ?? ''), publicId('alert', second ?? '')]
    expect(ids.sort()).toEqual([a, a, b, b].sort())
  })

  test('about a demo workspace goes to its webhooks', async () => {
    await createWebhook()
    await database.query('update workspaces set demo = true where id = $1', [workspaceId])
    await raise()
    await sendDue()
    expect(receiver.messages).toHaveLength(1)
  })
})

describe('a message that is not accepted', () => {
  test('is tried ten times within three days under one id, then fails', async () => {
    receiver.answer = 500
    const { secret } = await createWebhook()
    await raise()
    const startedMs = clock.now()
    await sendDue()
    expect(await listLog()).toMatchObject([
      { status: 'pending', tries: 1, responseStatus: 500, error: 'It answered with 500.' },
    ])
    expect((await listLog())[0]?.nextTryAtMs).toBe(startedMs + 30_000)
    await advanceAndSend(29_999)
    expect(receiver.messages).toHaveLength(1)
    await advanceAndSend(1)
    expect(receiver.messages).toHaveLength(2)
    for (;;) {
      verify(secret, receiver.messages.at(-1))
      const [delivery] = await listLog()
      if (delivery?.nextTryAtMs == null) break
      await advanceAndSend(delivery.nextTryAtMs - clock.now())
    }
    expect(countById(receiver.messages)).toEqual([10])
    expect(clock.now() - startedMs).toBeGreaterThan(2 * DAY_MS)
    expect(clock.now() - startedMs).toBeLessThan(3 * DAY_MS)
    await advanceAndSend(10 * DAY_MS)
    expect(receiver.messages).toHaveLength(10)
  })

  test('switches off a webhook that has accepted nothing in all that time, and raises an alert', async () => {
    receiver.answer = 500
    const webhook = await createWebhook()
    await raise()
    for (let step = 0; step < 12; step += 1) await advanceAndSend(18 * HOUR_MS)
    expect(await requireWebhook(database, webhook)).toMatchObject({
      enabled: false,
      disabledReason: 'It has accepted nothing in 10 tries. The last error: It answered with 500.',
      lastDelivered: false,
      lastResponseStatus: 500,
    })
    const { rows } = await database.query(
      `select kind, title, link from alerts where workspace_id = $1 order by id desc limit 1`,
      [workspaceId],
    )
    expect(rows).toEqual([
      {
        kind: 'webhook_disabled',
        title: `The webhook to ${receiver.host} was switched off`,
        link: '/settings/webhooks',
      },
    ])
    // Later alerts are not sent until it is switched on again.
    receiver.answer = 200
    await raise()
    await sendDue()
    expect(receiver.messages).toHaveLength(10)
    const on = { enabled: true, url: undefined, kinds: undefined }
    expect(await database.transaction((tx) => updateWebhook(tx, webhook, on))).toMatchObject({
      enabled: true,
      disabledReason: null,
    })
    await raise()
    await sendDue()
    expect(receiver.messages).toHaveLength(11)
  })

  test('leaves a webhook on that has accepted others meanwhile', async () => {
    const webhook = await createWebhook()
    receiver.answer = (response) => {
      const isFirst = receiver.messages.at(-1)?.headers['webhook-id'] === firstId
      response.writeHead(isFirst ? 500 : 200).end()
    }
    const firstId = publicId('alert', (await raise()) ?? '')
    await advanceAndSend(HOUR_MS)
    await raise()
    for (let step = 0; step < 12; step += 1) await advanceAndSend(18 * HOUR_MS)
    expect((await listLog()).map(({ status }) => status)).toEqual(['delivered', 'failed'])
    expect(await requireWebhook(database, webhook)).toMatchObject({ enabled: true })
  })

  test('is tried again at the webhook’s current address', async () => {
    receiver.answer = 500
    const webhook = await createWebhook()
    await raise()
    await sendDue()
    const moved = await openReceiver()
    const change = { url: moved.url, kinds: undefined, enabled: undefined }
    await database.transaction((tx) => updateWebhook(tx, webhook, change))
    await advanceAndSend(30_000)
    expect([receiver.messages.length, moved.messages.length]).toEqual([1, 1])
    expect(await listLog()).toMatchObject([{ status: 'delivered', target: moved.url }])
    await moved.close()
  })

  test('with status 410 is not tried again, and nothing else is sent to the webhook', async () => {
    receiver.answer = 410
    const webhook = await createWebhook()
    await raise()
    advance(1)
    await raise()
    await sendDue()
    await advanceAndSend(DAY_MS)
    expect(receiver.messages).toHaveLength(1)
    expect(await requireWebhook(database, webhook)).toMatchObject({
      enabled: false,
      disabledReason: 'It answered with 410: it wants no more messages.',
    })
    expect((await listLog()).map(({ status, error }) => ({ status, error }))).toEqual([
      { status: 'failed', error: 'The webhook was switched off.' },
      { status: 'failed', error: 'It answered with 410.' },
    ])
  })

  test.each([
    [
      'a redirect, which is not followed',
      'It answered with 302. Redirects are not followed.',
      () => {
        receiver.answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end()
      },
    ],
    [
      'a connection that is closed',
      'The connection was closed without an answer.',
      () => {
        receiver.answer = (response) => response.destroy()
      },
    ],
    ['no listener', 'The connection was refused.', () => receiver.close()],
    [
      'an answer that is not HTTP',
      'It did not answer in HTTP.',
      () => {
        receiver.answer = (response) => response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n')
      },
    ],
  ])('is logged with the reason: %s', async (_what, error, prepare) => {
    await createWebhook()
    await prepare()
    await raise()
    await sendDue()
    expect(await listLog()).toMatchObject([{ status: 'pending', tries: 1, error }])
    if (receiver.messages.length === 0) receiver = await openReceiver()
  })

  test('must have no accepting status: an endless answer with 200 accepts it', async () => {
    await createWebhook()
    receiver.answer = (response) => {
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
    const { port } = new URL(receiver.url)
    await createWebhook({ url: `https://rebinds.example.com:${port}/hook` })
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    await raise()
    await sendDue(openProcess({ outbound: createOutbound({ allow: [], resolve }) }))
    expect(receiver.messages).toEqual([])
    expect(await listLog()).toMatchObject([
      {
        status: 'pending',
        error: 'rebinds.example.com may not be asked: it does not lead to a public address.',
      },
    ])
  })
})

describe('a receiver that hangs', () => {
  test('is aborted after a while, and does not delay others', async () => {
    receiver.answer = () => {}
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
    expect(receiver.messages.length).toBeLessThanOrEqual(20)
    await sent
    const late = await listLog()
    expect(late).toHaveLength(40)
    expect(new Set(late.map(({ error }) => error))).toEqual(
      new Set(['It did not answer within 0.7 seconds.']),
    )
    await quick.close()
  })

  test('does not keep a server from stopping; another server sends the message', async () => {
    receiver.answer = () => {}
    await createWebhook()
    await raise()
    const stopping = openProcess()
    stopping.wake()
    await receiver.got(1)
    await stopping.close()
    expect(await listLog()).toMatchObject([{ status: 'pending', tries: 0 }])
    receiver.answer = 200
    await sendDue()
    expect(await listLog()).toMatchObject([{ status: 'delivered', tries: 1, responseStatus: 200 }])
    expect(countById(receiver.messages)).toEqual([2])
  })

  test('is not sent to twice when its delivery is resent meanwhile', async () => {
    receiver.answer = () => {}
    await createWebhook()
    await raise()
    openProcess().wake()
    await receiver.got(1)
    const [delivery] = await listLog()
    if (delivery === undefined) throw new Error('It is in the log')
    await database.transaction((tx) => restartDelivery(tx, delivery, clock.now()))
    await sendDue()
    expect(receiver.messages).toHaveLength(1)
    expect(await listLog()).toMatchObject([{ status: 'pending', tries: 1, error: null }])
  })
})

test('a server that dies at any step loses no message; a message that arrives twice has one id', async () => {
  const { secret } = await createWebhook()
  let deaths = 0
  for (let steps = 0; ; steps += 1) {
    const before = receiver.messages.length
    await raise()
    const life = createLife(steps)
    const killable = openProcess({ database: killableDatabase(database, life) })
    await sendDue(killable)
    // Another server claims the delivery once its try counts as lost.
    await advanceAndSend(2 * MINUTE_MS)
    const counts = countById(receiver.messages.slice(before))
    expect(counts).toHaveLength(1)
    expect(counts[0]).toBeLessThanOrEqual(2)
    verify(secret, receiver.messages.at(-1))
    expect(await listLog({ status: 'pending' })).toEqual([])
    if (!life.isKilled) break
    deaths += 1
  }
  expect(deaths).toBeGreaterThan(3)
})

test('a mail whose server died before recording it is sent again under one id', async () => {
  const { rows } = await database.query<{ id: string }>(
    `insert into users (id, name, email, email_verified, created_at, updated_at)
     values (gen_random_uuid(), 'Ada', 'ada@example.com', true, now(), now()) returning id`,
  )
  const owner = { workspaceId, userId: rows[0]?.id ?? '', role: 'owner' } as const
  await database.transaction((tx) => addMember(tx, owner, clock.now()))
  await raise()
  const sent: string[] = []
  const life = createLife()
  const dying = openProcess({
    database: killableDatabase(database, life),
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

describe('the secret', () => {
  test('that was replaced signs for another day, beside the new one', async () => {
    const webhook = await createWebhook()
    const second = webhookSecrets.generate()
    const sealed = webhookSecrets.seal(second, webhook)
    await database.transaction((tx) => replaceSecret(tx, webhook, sealed, clock.now() + DAY_MS))
    await raise()
    await advanceAndSend(DAY_MS - 1)
    expect(verify(webhook.secret, receiver.messages[0])).toEqual(verify(second, receiver.messages[0]))
    await raise()
    await advanceAndSend(1)
    verify(second, receiver.messages[1])
    expect(() => verify(webhook.secret, receiver.messages[1])).toThrow('No matching signature')
  })

  test('of another webhook cannot be opened, which is logged', async () => {
    await createWebhook()
    await createWebhook()
    await database.query(
      `update webhooks h set sealed_secret = o.sealed_secret from webhooks o
       where h.workspace_id = $1 and o.workspace_id = $1 and o.id <> h.id`,
      [workspaceId],
    )
    await raise()
    await sendDue()
    expect(receiver.messages).toEqual([])
    for (const { error } of await listLog()) expect(error).toContain('signing secret cannot be read')
  })

  test('opens with the server’s previous secret', async () => {
    const { secret } = await createWebhook()
    const rotated = { secret: 'another secret for tests, long enough', secretPrevious: secrets.secret }
    await raise()
    await sendDue(openProcess({ secrets: rotated }))
    verify(secret, receiver.messages[0])
  })
})
