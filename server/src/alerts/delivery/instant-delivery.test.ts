import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { openReceiver, type Receiver } from '../../../test/webhook-receiver.ts'
import type { Http } from '../../access/index.ts'
import type { Ledger, WorkspaceCommit } from '../../ledger/index.ts'
import { loadCatalog } from '../../plans/index.ts'
import { createAssembly } from '../../platform/assembly.ts'
import { systemClock as clock } from '../../platform/clock.ts'
import { createCommits } from '../../platform/commits.ts'
import type { Database } from '../../platform/database/database.ts'
import { createIdempotency } from '../../platform/idempotency/idempotency.ts'
import { newUuid } from '../../platform/ids.ts'
import { createLog } from '../../platform/log.ts'
import { createOutbound } from '../../platform/outbound.ts'
import { quietConfig as config } from '../../quiet-rooms.ts'
import { openRooms } from '../../rooms.ts'
import { createWorkspace } from '../../workspaces/index.ts'
import { raiseAlert } from '../index.ts'
import { createWebhookSecrets } from '../webhooks/webhook-secrets.ts'
import { insertWebhook } from '../webhooks/webhook-store.ts'

// All rooms of a server, subscribed to each other's commits. Their chores are registered and never run, so the only thing
// that can start a delivery is the commit of its alert.

/** Delivering takes a few milliseconds. The chore for missed deliveries would come after a second. */
const ARRIVES_MS_MAX = 300

let database: Database
let ledger: Ledger
let receiver: Receiver
let close: () => Promise<void>

beforeAll(async () => {
  const made = await testDatabase()
  database = made.database
  await loadCatalog(database)
  receiver = await openReceiver()
  const assembly = createAssembly<Http>()
  const onError = (error: unknown) => {
    throw error
  }
  const rooms = openRooms({
    database,
    clock,
    config,
    log: createLog('silent'),
    commits: createCommits<WorkspaceCommit>(onError),
    idempotency: createIdempotency({ database, clock, secrets: config }),
    assembly,
    mailer: { send: async () => {} },
    outbound: createOutbound({ allow: [receiver.host] }),
    onError,
  })
  ledger = rooms.ledger
  close = async () => {
    for (const worker of assembly.assembled.workers.toReversed()) await worker.close?.()
    await receiver.close()
    await made.drop()
  }
})
afterAll(() => close())

/** Creates a workspace with a webhook to the receiver. */
async function createWorkspaceWithWebhook(): Promise<string> {
  const nowMs = clock.now()
  return database.transaction(async (tx) => {
    const workspaceId = await createWorkspace(tx, { name: 'Acme', timeZone: 'UTC', planId: 'growth' }, nowMs)
    const ref = { workspaceId, id: newUuid(nowMs) }
    const secrets = createWebhookSecrets(config)
    const sealedSecret = secrets.seal(secrets.generate(), ref)
    await insertWebhook(tx, { ...ref, url: receiver.url, kinds: null, enabled: true, sealedSecret }, nowMs)
    return workspaceId
  })
}

async function raise(workspaceId: string, key: string): Promise<void> {
  const texts = { title: 'Out of credits', detail: 'Buy credits.', link: '/billing' }
  await ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) =>
    raiseAlert(tx, unit, { kind: 'balance_zero', key, ...texts }, nowMs),
  )
}

test('an alert reaches its webhook within milliseconds of its commit, without any chore', async () => {
  const workspaceId = await createWorkspaceWithWebhook()
  // The first delivery also plans queries and opens connections.
  await raise(workspaceId, 'first')
  await receiver.got(1)
  await raise(workspaceId, 'second')
  const committedMs = performance.now()
  await receiver.got(2)
  expect(performance.now() - committedMs).toBeLessThan(ARRIVES_MS_MAX)
})
