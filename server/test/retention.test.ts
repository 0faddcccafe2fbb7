import { afterAll, beforeAll, expect, test } from 'vitest'
import { raiseAlert } from '../src/alerts/index.ts'
import { ALERTS_KEPT_MS, DELIVERIES_KEPT_MS, deleteExpiredAlerts } from '../src/alerts/retention.ts'
import { GATEWAY_EVENTS_KEPT_MS } from '../src/payments/retention.ts'
import { uuidFrom } from '../src/public-ids.ts'
import { SIMULATED_CALL_RETENTION_MS } from '../src/voice/simulated/carrier.ts'
import { type TestApp, testApp } from './app.ts'
import { createCampaignCustomer, steadyLife } from './campaign-customer.ts'
import { closeInOrder } from './voice-stack.ts'

// Data that is kept for a limited time, so that a server that runs for years does not grow beyond its books.

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

let t: TestApp
beforeAll(async () => {
  t = await testApp({ simulated: steadyLife })
})
afterAll(() => closeInOrder(t))

async function countOf(table: string, where = 'true'): Promise<number> {
  const { rows } = await t.database.query<{ count: number }>(
    `select count(*) as count from ${table} where ${where}`,
  )
  return rows[0]?.count ?? 0
}

async function later(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

/** Raises an alert. Returns its UUID. */
async function raise(workspaceId: string, key: string): Promise<string | undefined> {
  const texts = { title: 'A card was declined', detail: 'Use another card.', link: '/billing' }
  const alert = { kind: 'reload_declined', key, ...texts } as const
  await t.app.ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => raiseAlert(tx, unit, alert, nowMs))
  const { rows } = await t.database.query<{ id: string }>(
    'select id from alerts where workspace_id = $1 and key = $2',
    [workspaceId, key],
  )
  return rows[0]?.id
}

test('deliveries of an alert are deleted after 90 days, the alert after a year', async () => {
  const owner = await t.signUp()
  const workspaceId = uuidFrom('workspace', owner.workspaceId) ?? ''
  const asOperator = { key: t.operatorKey, workspace: owner.workspaceId }
  const listed = async (path: string) => (await t.request('GET', path, asOperator)).body.data
  await raise(workspaceId, 'first')
  await expect.poll(() => listed('/v1/deliveries')).toMatchObject([{ status: 'delivered' }])
  await later(DELIVERIES_KEPT_MS)
  expect(await listed('/v1/deliveries')).toHaveLength(1)
  await later(1)
  expect(await listed('/v1/deliveries')).toEqual([])
  const alerts = () => countOf('alerts', `workspace_id = '${workspaceId}' and key = 'first'`)
  await later(ALERTS_KEPT_MS - DELIVERIES_KEPT_MS - 2)
  expect(await alerts()).toBe(1)
  await later(3)
  expect(await alerts()).toBe(0)
})

test('an alert with a pending delivery stays, and expired alerts are deleted in batches', async () => {
  const { uuid } = await t.addWorkspace()
  const owner = await t.signUp()
  const workspaceId = uuidFrom('workspace', owner.workspaceId) ?? ''
  const ids = await Promise.all(['a', 'b', 'c'].map((key) => raise(uuid, key)))
  expect(ids.every((id) => id !== undefined)).toBe(true)
  await raise(workspaceId, 'pending')
  const nowMs = t.clock.now() + ALERTS_KEPT_MS + 1
  const left = () => countOf('alerts', `workspace_id in ('${uuid}', '${workspaceId}')`)
  const deliveries = (status: string) =>
    countOf('alert_deliveries', `workspace_id = '${workspaceId}' and status = '${status}'`)
  await expect.poll(() => deliveries('delivered')).toBe(1)
  // As if the mail had failed so far and were due at this very instant.
  await t.database.query(
    `update alert_deliveries set status = 'pending', next_try_at_ms = $1 where workspace_id = $2`,
    [nowMs, workspaceId],
  )
  await deleteExpiredAlerts(t.database, nowMs, 2)
  expect(await left()).toBe(2)
  await deleteExpiredAlerts(t.database, nowMs, 2)
  expect(await left()).toBe(1)
  await deleteExpiredAlerts(t.database, nowMs, 2)
  expect(await left()).toBe(1)
  expect(await deliveries('pending')).toBe(1)
})

test('gateway events, expired sessions and old simulated calls are deleted; calls and the ledger stay', async () => {
  const customer = await createCampaignCustomer(t)
  const { id } = await customer.startCampaign({ concurrency: 2 }, 2)
  for (let seconds = 0; seconds < 90; seconds += 10) await later(10_000)
  expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed' })
  const { userId } = await t.signUp()
  await t.database.query(`update sessions set expires_at = to_timestamp($1) where user_id = $2`, [
    (t.clock.now() + DAY_MS) / 1000,
    uuidFrom('user', userId),
  ])
  await t.database.query(`insert into gateway_events values ('stripe', 'evt_1', $1)`, [t.clock.now()])
  const books = async () => [await countOf('calls'), await countOf('ledger_entries'), await countOf('dials')]
  const before = await books()
  expect(await countOf('simulated_calls')).toBe(2)
  await later(DAY_MS)
  const sessions = () => countOf('sessions', `user_id = '${uuidFrom('user', userId)}'`)
  expect(await sessions()).toBe(1)
  await later(SIMULATED_CALL_RETENTION_MS)
  expect([await sessions(), await countOf('simulated_calls'), await countOf('gateway_events')]).toEqual([
    0, 0, 1,
  ])
  await later(GATEWAY_EVENTS_KEPT_MS - SIMULATED_CALL_RETENTION_MS)
  expect(await countOf('gateway_events')).toBe(0)
  const after = await books()
  expect(after[0]).toBe(before[0])
  expect(after[1]).toBeGreaterThanOrEqual(before[1] ?? 0)
  expect(after[2]).toBe(before[2])
})
