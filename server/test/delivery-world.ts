import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { createDeliverer, type Deliverer } from '../src/alerts/delivery/deliverer.ts'
import { type Delivery, type DeliveryFilter, listDeliveries } from '../src/alerts/delivery/delivery-store.ts'
import type { DelivererDeps } from '../src/alerts/deps.ts'
import type { AlertKind, NewAlert } from '../src/alerts/inbox/alert.ts'
import { raiseAlert } from '../src/alerts/inbox/raise-alert.ts'
import { createWebhookSecrets } from '../src/alerts/webhooks/webhook-secrets.ts'
import { insertWebhook, type WebhookRef } from '../src/alerts/webhooks/webhook-store.ts'
import type { Ledger } from '../src/ledger/index.ts'
import { loadCatalog } from '../src/plans/index.ts'
import { virtualClock } from '../src/platform/clock.ts'
import type { Database } from '../src/platform/database/database.ts'
import { newUuid } from '../src/platform/ids.ts'
import { createLog } from '../src/platform/log.ts'
import { createOutbound } from '../src/platform/outbound.ts'
import { openQuietRooms } from '../src/quiet-rooms.ts'
import { createWorkspace } from '../src/workspaces/index.ts'
import { testDatabase } from './database.ts'
import { openReceiver, type ReceivedMessage, type Receiver } from './webhook-receiver.ts'

export const serverSecrets = { secret: 'a secret for tests, long enough' }
export const webhookSecrets = createWebhookSecrets(serverSecrets)

/** What tests of deliverers share. Each test gets a new workspace, receiver and server process. */
export type DeliveryWorld = {
  database: Database
  ledger: Ledger
  receiver: Receiver
  workspaceId: string
  server: Deliverer
}

const clock = virtualClock(Date.parse('2026-11-22T10:00:00.000Z'))
const world = {} as DeliveryWorld
const processes: Deliverer[] = []
let crossings = 0

/** Registers the hooks that open and close the world, in the test file that calls it. Returns the world. */
export function useDeliveryWorld(): DeliveryWorld {
  let drop: () => Promise<void>
  beforeAll(async () => {
    const made = await testDatabase()
    drop = made.drop
    world.database = made.database
    world.ledger = openQuietRooms({ database: made.database, clock }).ledger
    await loadCatalog(made.database)
  })
  afterAll(() => drop())
  beforeEach(async () => {
    world.receiver = await openReceiver()
    world.workspaceId = await addWorkspace()
    world.server = openProcess()
    // Receivers check when a message was signed.
    vi.useFakeTimers({ toFake: ['Date'], now: clock.now() })
  })
  afterEach(async () => {
    vi.useRealTimers()
    await Promise.all(processes.splice(0).map((one) => one.close()))
    await world.receiver.close()
    await world.database.query(`update alert_deliveries set status = 'failed', next_try_at_ms = null`)
  })
  return world
}

export const now = (): number => clock.now()

export const addWorkspace = (): Promise<string> =>
  world.database.transaction((tx) =>
    createWorkspace(tx, { name: 'Acme', timeZone: 'UTC', planId: 'growth' }, clock.now()),
  )

/** Opens the deliverer of a server process. It is closed after the test. */
export function openProcess(changes: Partial<DelivererDeps> = {}): Deliverer {
  const deliverer = createDeliverer({
    database: world.database,
    clock,
    secrets: serverSecrets,
    mailer: { send: async () => {} },
    outbound: createOutbound({ allow: ['127.0.0.1'] }),
    origin: 'https://talktime.example.com',
    serviceName: 'Talktime',
    log: createLog('silent'),
    ledger: world.ledger,
    onError() {},
    ...changes,
  })
  processes.push(deliverer)
  return deliverer
}

/** Sends everything that is due. */
export async function sendDue(deliverer = world.server): Promise<void> {
  deliverer.wake()
  await deliverer.idle()
}

export function advance(ms: number): void {
  clock.advance(ms)
  vi.setSystemTime(clock.now())
}

export async function advanceAndSend(ms: number): Promise<void> {
  advance(ms)
  await sendDue()
}

/** Creates a webhook, by default to the receiver, for every kind and switched on. */
export async function createWebhook(
  changes: { workspaceId?: string; url?: string; kinds?: AlertKind[]; enabled?: boolean } = {},
): Promise<WebhookRef & { readonly secret: string }> {
  const { workspaceId = world.workspaceId, url = world.receiver.url, kinds = null, enabled = true } = changes
  const ref = { workspaceId, id: newUuid(clock.now()) }
  const secret = webhookSecrets.generate()
  const sealedSecret = webhookSecrets.seal(secret, ref)
  await world.database.transaction((tx) =>
    insertWebhook(tx, { ...ref, url, kinds, enabled, sealedSecret }, clock.now()),
  )
  return { ...ref, secret }
}

/** Raises an alert, by default about a new crossing. Returns its UUID. */
export async function raise(changes: Partial<NewAlert> = {}): Promise<string | undefined> {
  crossings += 1
  const texts = { title: 'Out of credits', detail: 'Buy credits.', link: '/billing' }
  const { workspaceId = world.workspaceId, ...given } = changes
  const alert = { kind: 'balance_zero', key: String(crossings), ...texts, ...given } as const
  await world.ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => raiseAlert(tx, unit, alert, nowMs))
  const { rows } = await world.database.query<{ id: string }>(
    'select id from alerts where workspace_id = $1 and key = $2',
    [workspaceId, alert.key],
  )
  return rows[0]?.id
}

/** Lists the deliveries of the test's workspace, newest first. */
export function listLog(filter: Partial<DeliveryFilter> = {}): Promise<Delivery[]> {
  const all = { alertId: null, webhookId: null, channel: null, status: null }
  const page = { beforeId: null, limit: 200 }
  return listDeliveries(world.database, world.workspaceId, { ...all, ...filter }, page)
}

/** Verifies a message as a receiver does. Throws if it was not signed with the secret. */
export function verify(secret: string, message: ReceivedMessage | undefined): unknown {
  if (message === undefined) throw new Error('There is no such message')
  return new Verifier(secret).verify(message.body, message.headers as Record<string, string>)
}

/** Counts how often each message arrived, by id. */
export function countById(messages: readonly ReceivedMessage[]): number[] {
  const counts = new Map<unknown, number>()
  for (const { headers } of messages) {
    counts.set(headers['webhook-id'], (counts.get(headers['webhook-id']) ?? 0) + 1)
  }
  return [...counts.values()]
}
