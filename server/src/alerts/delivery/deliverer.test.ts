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
import { type Delivery, type DeliveryFilter, listDeliveries, startAgain } from './delivery-store.ts'

// Server processes that bring alerts to webhooks, without the rest of a server.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
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
  workspaceId = await newWorkspace()
  processes = []
  server = serverProcess()
  // Receivers look at the time that a message was signed.
  vi.useFakeTimers({ toFake: ['Date'], now: clock.now() })
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(processes.map((one) => one.close()))
  await receiver.close()
  await database.query(`update alert_deliveries set status = 'failed', next_try_at_ms = null`)
})

const newWorkspace = () =>
  database.transaction((tx) =>
    createWorkspace(tx, { name: 'Acme', timeZone: 'UTC', planId: 'growth' }, clock.now()),
  )

function serverProcess(changes: Partial<DelivererDeps> = {}): Deliverer {
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
  await deliverer.run()
  await deliverer.idle()
}

function later(ms: number): void {
  clock.advance(ms)
  vi.setSystemTime(clock.now())
}

async function laterAndDue(ms: number): Promise<void> {
  later(ms)
  await sendDue()
}

type Made = WebhookRef & { readonly secret: string }

async function make(
  changes: { workspaceId?: string; url?: string; kinds?: AlertKind[]; enabled?: boolean } = {},
): Promise<Made> {
  const { url = receiver.url, kinds = null, enabled = true } = changes
  const ref = { workspaceId: changes.workspaceId ?? workspaceId, id: newUuid(clock.now()) }
  const secret = webhookSecrets.fresh()
  const sealedSecret = webhookSecrets.close(secret, ref)
  await database.transaction((tx) =>
    insertWebhook(tx, { ...ref, url, kinds, enabled, sealedSecret }, clock.now()),
  )
  return { ...ref, secret }
}

let crossings = 0

/** Another alert unless told which. */
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

const every: DeliveryFilter = { alertId: null, webhookId: null, channel: null, status: null }

const log = (filter: Partial<DeliveryFilter> = {}, of = workspaceId): Promise<Delivery[]> =>
  listDeliveries(database, of, { ...every, ...filter }, { beforeId: null, limit: 200 })

/** As a receiver does it: throws where the message is not what was signed with the secret. */
function verified(secret: string, message: ReceivedMessage | undefined): unknown {
  if (message === undefined) throw new Error('There is no such message')
  return new Verifier(secret).verify(message.body, message.headers as Record<string, string>)
}

/** How often messages came, by their ids. */
function countById(messages: readonly ReceivedMessage[]): number[] {
  const counts = new Map<unknown, number>()
  for (const { headers } of messages) {
    counts.set(headers['webhook-id'], (counts.get(headers['webhook-id']) ?? 0) + 1)
  }
  return [...counts.values()]
}

describe('a message', () => {
  test('is what its receiver can verify, and says what happened', async () => {
    const { secret } = await make()
    const alertId = publicId('alert', (await raise()) ?? '')
    await sendDue()
    const [message] = receiver.messages
    expect(message?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': alertId,
      'webhook-timestamp': String(clock.now() / 1000),
    })
    const at = new Date(clock.now()).toISOString()
    expect(verified(secret, message)).toEqual({
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

  test('that was changed on its way, comes from somebody else or is an old one is found out', async () => {
    const { secret } = await make()
    await raise()
    await sendDue()
    const [message] = receiver.messages as [ReceivedMessage]
    const changed = { ...message, body: message.body.replace('Out of', 'Full of') }
    expect(() => verified(secret, changed)).toThrow('No matching signature')
    const renamed = { ...message, headers: { ...message.headers, 'webhook-id': 'alert_other' } }
    expect(() => verified(secret, renamed)).toThrow('No matching signature')
    expect(() => verified(webhookSecrets.fresh(), message)).toThrow('No matching signature')
    later(6 * MINUTE_MS)
    expect(() => verified(secret, message)).toThrow('too old')
  })

  test('comes once for each crossing, whichever of two servers raises and sends it', async () => {
    await make()
    const other = serverProcess()
    await Promise.all(Array.from({ length: 8 }, (_, index) => raise({ key: index < 6 ? 'one' : 'two' })))
    await Promise.all([sendDue(), sendDue(other), sendDue(), sendDue(other)])
    expect(countById(receiver.messages)).toEqual([1, 1])
  })

  test('goes to the webhooks that want its kind and are switched on, in the order of their raising', async () => {
    const wants = await make({ kinds: ['balance_zero', 'balance_low'] })
    const all = await make()
    await make({ kinds: ['reload_done'] })
    await make({ enabled: false })
    const first = await raise()
    const second = await raise()
    await sendDue()
    const told = (await log()).map(({ webhookId, alertId }) => `${webhookId} ${alertId}`)
    expect(told.sort()).toEqual(
      [wants, all].flatMap(({ id }) => [`${id} ${first}`, `${id} ${second}`]).sort(),
    )
    const ids = receiver.messages.map(({ headers }) => headers['webhook-id'])
    const [a, b] = [publicId('alert', first ?? ''), publicId('alert', second ?? '')]
    expect(ids.sort()).toEqual([a, a, b, b].sort())
  })

  test('about a demo goes to its webhooks, which somebody has put there', async () => {
    await make()
    await database.query('update workspaces set demo = true where id = $1', [workspaceId])
    await raise()
    await sendDue()
    expect(receiver.messages).toHaveLength(1)
  })
})

describe('a message that is not taken', () => {
  test('is tried ten times within three days, always under the same id, then given up', async () => {
    receiver.answer = 500
    const { secret } = await make()
    await raise()
    const begunMs = clock.now()
    await sendDue()
    expect(await log()).toMatchObject([
      { status: 'pending', tries: 1, responseStatus: 500, error: 'It answered with 500.' },
    ])
    expect((await log())[0]?.nextTryAtMs).toBe(begunMs + 30_000)
    await laterAndDue(29_999)
    expect(receiver.messages).toHaveLength(1)
    await laterAndDue(1)
    expect(receiver.messages).toHaveLength(2)
    for (;;) {
      verified(secret, receiver.messages.at(-1))
      const [delivery] = await log()
      if (delivery?.nextTryAtMs == null) break
      await laterAndDue(delivery.nextTryAtMs - clock.now())
    }
    expect(countById(receiver.messages)).toEqual([10])
    expect(clock.now() - begunMs).toBeGreaterThan(2 * DAY_MS)
    expect(clock.now() - begunMs).toBeLessThan(3 * DAY_MS)
    await laterAndDue(10 * DAY_MS)
    expect(receiver.messages).toHaveLength(10)
  })

  test('takes a webhook with it that has taken nothing for so long: it is switched off, and that is an alert', async () => {
    receiver.answer = 500
    const webhook = await make()
    await raise()
    for (let step = 0; step < 12; step += 1) await laterAndDue(18 * HOUR_MS)
    expect(await requireWebhook(database, webhook)).toMatchObject({
      enabled: false,
      disabledReason: 'It has taken nothing in 10 tries. The last one: It answered with 500.',
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
    // What comes later is not sent, until it is switched on again.
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

  test('leaves a webhook on that has taken others meanwhile', async () => {
    const webhook = await make()
    receiver.answer = (response) => {
      const isFirst = receiver.messages.at(-1)?.headers['webhook-id'] === firstId
      response.writeHead(isFirst ? 500 : 200).end()
    }
    const firstId = publicId('alert', (await raise()) ?? '')
    await laterAndDue(HOUR_MS)
    await raise()
    for (let step = 0; step < 12; step += 1) await laterAndDue(18 * HOUR_MS)
    expect((await log()).map(({ status }) => status)).toEqual(['delivered', 'failed'])
    expect(await requireWebhook(database, webhook)).toMatchObject({ enabled: true })
  })

  test('is tried at the address that the webhook has by then', async () => {
    receiver.answer = 500
    const webhook = await make()
    await raise()
    await sendDue()
    const moved = await openReceiver()
    const change = { url: moved.url, kinds: undefined, enabled: undefined }
    await database.transaction((tx) => updateWebhook(tx, webhook, change))
    await laterAndDue(30_000)
    expect([receiver.messages.length, moved.messages.length]).toEqual([1, 1])
    expect(await log()).toMatchObject([{ status: 'delivered', target: moved.url }])
    await moved.close()
  })

  test('because the receiver is gone for good (410) is not tried again, and nothing else is sent to it', async () => {
    receiver.answer = 410
    const webhook = await make()
    await raise()
    later(1)
    await raise()
    await sendDue()
    await laterAndDue(DAY_MS)
    expect(receiver.messages).toHaveLength(1)
    expect(await requireWebhook(database, webhook)).toMatchObject({
      enabled: false,
      disabledReason: 'It answered with 410: it wants no more messages.',
    })
    expect((await log()).map(({ status, error }) => ({ status, error }))).toEqual([
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
    ['nobody who listens', 'The connection was refused.', () => receiver.close()],
    [
      'something else than HTTP',
      'It did not answer in HTTP.',
      () => {
        receiver.answer = (response) => response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n')
      },
    ],
  ])('says why: %s', async (_what, error, prepare) => {
    await make()
    await prepare()
    await raise()
    await sendDue()
    expect(await log()).toMatchObject([{ status: 'pending', tries: 1, error }])
    if (receiver.messages.length === 0) receiver = await openReceiver()
  })

  test('because of an endless answer is taken all the same: it was answered', async () => {
    await make()
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
    expect(await log()).toMatchObject([{ status: 'delivered', responseStatus: 200 }])
  })

  test('because its name has come to lead into a network that is not public says so, and nobody is asked', async () => {
    const { port } = new URL(receiver.url)
    await make({ url: `https://rebinds.example.com:${port}/hook` })
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    await raise()
    await sendDue(serverProcess({ outbound: createOutbound({ allow: [], resolve }) }))
    expect(receiver.messages).toEqual([])
    expect(await log()).toMatchObject([
      {
        status: 'pending',
        error: 'rebinds.example.com may not be asked: it does not lead to a public address.',
      },
    ])
  })
})

describe('a receiver that hangs', () => {
  test('is given up after a while, and holds up nobody else', async () => {
    receiver.answer = () => {}
    const quick = await openReceiver()
    for (let count = 0; count < 20; count += 1) await make()
    const others = await newWorkspace()
    await make({ workspaceId: others, url: quick.url })
    await raise()
    await raise()
    later(1)
    await raise({ workspaceId: others })
    const impatient = serverProcess({ webhookMsMax: 700 })
    const begun = performance.now()
    const sent = sendDue(impatient)
    await quick.got(1)
    expect(performance.now() - begun).toBeLessThan(700)
    // One at a time for each webhook.
    expect(receiver.messages.length).toBeLessThanOrEqual(20)
    await sent
    const late = await log()
    expect(late).toHaveLength(40)
    expect(new Set(late.map(({ error }) => error))).toEqual(
      new Set(['It did not answer within 0.7 seconds.']),
    )
    await quick.close()
  })

  test('keeps no server from stopping: another one goes on', async () => {
    receiver.answer = () => {}
    await make()
    await raise()
    const stopping = serverProcess()
    await stopping.run()
    await receiver.got(1)
    await stopping.close()
    expect(await log()).toMatchObject([{ status: 'pending', tries: 0 }])
    receiver.answer = 200
    await sendDue()
    expect(await log()).toMatchObject([{ status: 'delivered', tries: 1, responseStatus: 200 }])
    expect(countById(receiver.messages)).toEqual([2])
  })

  test('is left alone by whoever asks to send it again meanwhile', async () => {
    receiver.answer = () => {}
    await make()
    await raise()
    await serverProcess().run()
    await receiver.got(1)
    const [delivery] = await log()
    if (delivery === undefined) throw new Error('It is in the log')
    await database.transaction((tx) => startAgain(tx, delivery, clock.now()))
    await sendDue()
    expect(receiver.messages).toHaveLength(1)
    expect(await log()).toMatchObject([{ status: 'pending', tries: 1, error: null }])
  })
})

test('a server that dies anywhere loses no message; what comes twice comes under the same id', async () => {
  const { secret } = await make()
  let deaths = 0
  for (let steps = 0; ; steps += 1) {
    const before = receiver.messages.length
    await raise()
    const life = createLife(steps)
    const mortal = serverProcess({ database: killableDatabase(database, life) })
    await sendDue(mortal).catch(() => {})
    await mortal.idle()
    // Another server takes over when nothing was heard of it for long enough.
    await laterAndDue(2 * MINUTE_MS)
    const counts = countById(receiver.messages.slice(before))
    expect(counts).toHaveLength(1)
    expect(counts[0]).toBeLessThanOrEqual(2)
    verified(secret, receiver.messages.at(-1))
    expect(await log({ status: 'pending' })).toEqual([])
    if (!life.isKilled) break
    deaths += 1
  }
  expect(deaths).toBeGreaterThan(3)
})

test('a mail whose server did not live to say that it is out comes again under the same id', async () => {
  const { rows } = await database.query<{ id: string }>(
    `insert into users (id, name, email, email_verified, created_at, updated_at)
     values (gen_random_uuid(), 'Ada', 'ada@example.com', true, now(), now()) returning id`,
  )
  const owner = { workspaceId, userId: rows[0]?.id ?? '', role: 'owner' } as const
  await database.transaction((tx) => addMember(tx, owner, clock.now()))
  await raise()
  const sent: string[] = []
  const life = createLife()
  const dying = serverProcess({
    database: killableDatabase(database, life),
    mailer: {
      async send({ id }) {
        sent.push(id)
        life.killAfter(0)
      },
    },
  })
  await sendDue(dying).catch(() => {})
  const other = serverProcess({ mailer: { send: async ({ id }) => void sent.push(id) } })
  await sendDue(other)
  expect(sent).toHaveLength(1)
  later(2 * MINUTE_MS)
  await sendDue(other)
  expect(sent).toEqual([sent[0], sent[0]])
  expect(await log()).toMatchObject([{ channel: 'mail', status: 'delivered', tries: 2 }])
})

describe('the secret', () => {
  test('that was replaced signs for another day, beside the new one', async () => {
    const webhook = await make()
    const second = webhookSecrets.fresh()
    const sealed = webhookSecrets.close(second, webhook)
    await database.transaction((tx) => replaceSecret(tx, webhook, sealed, clock.now() + DAY_MS))
    await raise()
    await laterAndDue(DAY_MS - 1)
    expect(verified(webhook.secret, receiver.messages[0])).toEqual(verified(second, receiver.messages[0]))
    await raise()
    await laterAndDue(1)
    verified(second, receiver.messages[1])
    expect(() => verified(webhook.secret, receiver.messages[1])).toThrow('No matching signature')
  })

  test('of another webhook does not open, which is said', async () => {
    await make()
    await make()
    await database.query(
      `update webhooks h set sealed_secret = o.sealed_secret from webhooks o
       where h.workspace_id = $1 and o.workspace_id = $1 and o.id <> h.id`,
      [workspaceId],
    )
    await raise()
    await sendDue()
    expect(receiver.messages).toEqual([])
    for (const { error } of await log()) expect(error).toContain('signing secret cannot be read')
  })

  test('opens with the server’s secret before the present one', async () => {
    const { secret } = await make()
    const rotated = { secret: 'another secret for tests, long enough', secretPrevious: secrets.secret }
    await raise()
    await sendDue(serverProcess({ secrets: rotated }))
    verified(secret, receiver.messages[0])
  })
})
