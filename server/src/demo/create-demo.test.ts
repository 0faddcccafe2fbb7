import { DAY_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cookieOf, type TestApp, testApp } from '../../test/app.ts'
import { databaseUrlOf, talktime } from '../../test/command-line.ts'
import { testDatabase } from '../../test/database.ts'
import type { ProgramResult } from '../../test/start-server.ts'
import { verifyAll } from '../../test/world.ts'
import { readBalance } from '../ledger/index.ts'
import { loadCatalog } from '../plans/index.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { createLog } from '../platform/log.ts'
import { publicId } from '../public-ids.ts'
import { quietConfig } from '../quiet-rooms.ts'
import { type CreateDemoDeps, createDemo, type DemoConfig } from './create-demo.ts'
import { findDemo } from './demo-store.ts'

// The command line creates the demo once, in a process of its own, on a database that already has a workspace.

let world: TestApp<Clock>
let command: ProgramResult
let demoId: string
let password: string

beforeAll(async () => {
  world = await testApp({ clock: systemClock })
  command = await talktime(['demo'], settings())
  demoId = (await findDemo(world.database)) ?? ''
  password = / with the password (\S+)/.exec(command.stdout)?.[1] ?? ''
}, 120_000)
afterAll(() => world.close())

/** Commands make no secret: they need the servers'. */
const settings = () => ({
  DATABASE_URL: databaseUrlOf(world.database),
  TALKTIME_SECRET: 'a secret of thirty-two characters',
})

const config: DemoConfig = { ...quietConfig, payments: 'sandbox' }

const create = ({ app, database, clock }: TestApp<Clock>, changes: Partial<CreateDemoDeps> = {}) =>
  createDemo({
    database,
    accounts: app.access.accounts,
    clock,
    config,
    log: createLog('silent'),
    password,
    signal: new AbortController().signal,
    onlyIfEmpty: true,
    ...changes,
  })

async function count(sql: string): Promise<number> {
  const { rows } = await world.database.query<{ count: number }>(
    `select count(*) from calls where workspace_id = $1 and (${sql})`,
    [demoId],
  )
  return rows[0]?.count ?? 0
}

type PurchaseRow = {
  purpose: string
  origin: string
  status: string
  planId: string | null
  receiptNumber: string | null
  failureCode: string | null
}

/** The demo's purchases that meet the SQL condition, oldest first. */
async function listPurchases(condition: string): Promise<PurchaseRow[]> {
  const { rows } = await world.database.query<PurchaseRow>(
    `select purpose, origin, status, plan_id as "planId", receipt_number as "receiptNumber",
            failure_code as "failureCode"
     from purchases where workspace_id = $1 and (${condition}) order by id`,
    [demoId],
  )
  return rows
}

const filterPurchases = (all: readonly PurchaseRow[], purpose: string, origin: string) =>
  all.filter((purchase) => purchase.purpose === purpose && purchase.origin === origin)

describe('the demo', () => {
  test('is a workspace marked as a demo, with an owner who can sign in', async () => {
    expect(command.stdout).toMatch(
      /^Created the demo workspace ws_[0-9a-f]{32} with [\d,]+ calls\.\nSign in as /,
    )
    const body = { email: 'demo@talktime.example', password }
    const signedIn = await world.request<{ workspaces: unknown }>('POST', '/v1/sign-in', { body })
    expect(signedIn.status).toBe(200)
    expect(signedIn.body.workspaces).toEqual([
      {
        id: expect.stringMatching(/^ws_/),
        name: expect.stringMatching(/^Demo: /),
        role: 'owner',
        demo: true,
        requiresSecondFactor: false,
      },
    ])
  })

  test('passes every check of verify', async () => {
    expect(await verifyAll(world.database)).toEqual([])
  })

  test('has a completed, a paused, a scheduled and a running campaign, with calls', async () => {
    const { rows } = await world.database.query(
      `select name, status, pause_reason as "pauseReason", waiting_count > 0 as left, calling_count > 0 as calling,
              reached_count > 0 as reached
       from campaigns where workspace_id = $1 order by id`,
      [demoId],
    )
    const idle = { left: true, calling: false, reached: false }
    expect(rows).toEqual([
      {
        name: 'Reminders: whitening appointments',
        status: 'completed',
        pauseReason: null,
        ...idle,
        left: false,
        reached: true,
      },
      {
        name: 'Limpieza dental: invitación',
        status: 'paused',
        pauseReason: 'by_user',
        ...idle,
        reached: true,
      },
      { name: 'Holiday opening hours', status: 'scheduled', pauseReason: null, ...idle },
      {
        name: 'Check-up recall',
        status: 'running',
        pauseReason: null,
        left: true,
        calling: expect.any(Boolean),
        reached: true,
      },
    ])
    const rejected = await world.database.query(
      'select reason from contact_rejections where workspace_id = $1',
      [demoId],
    )
    expect(rejected.rows).toHaveLength(2)
    expect(await count('campaign_id is not null and settled_ms > 0')).toBeGreaterThan(20)
  })

  test('ends now, with credits left and no open call', async () => {
    const nowMs = world.clock.now()
    const balance = await readBalance(world.database, demoId, nowMs)
    expect(balance.status).toBe('ok')
    // The server has already continued the running campaign. Its calls do not belong to the year.
    const legs = `select call_id from voice_legs where ref is null or ref not like 'year%'`
    expect(await count(`status in ('authorized', 'in_conversation') and id not in (${legs})`)).toBe(0)
    expect(await count(`ended_at_ms > ${nowMs - DAY_MS}`)).toBeGreaterThan(0)
    expect(await count(`ended_at_ms > ${nowMs}`)).toBe(0)
  })

  test('has unanswered, failed, lost and refused calls, and calls charged in several entries', async () => {
    expect(await count(`status = 'unanswered'`)).toBeGreaterThan(500)
    expect(await count(`status = 'failed'`)).toBeGreaterThan(50)
    expect(await count(`status = 'lost' and settled_ms > 0`)).toBeGreaterThan(5)
    expect(await count(`status = 'lost' and answered_at_ms is null`)).toBeGreaterThan(0)
    expect(await count(`refusal_reason = 'out_of_credits'`)).toBeGreaterThan(5)
    expect(await count(`settled_until_ms is not null and cardinality(entry_seqs) > 1`)).toBeGreaterThan(0)
  })

  test('has every kind of credit: monthly grants that were reset, top-ups and promotional credits', async () => {
    const { rows } = await world.database.query<{ kind: string; count: number }>(
      `select kind, count(*) from ledger_entries where workspace_id = $1 group by kind`,
      [demoId],
    )
    const counts = Object.fromEntries(rows.map(({ kind, count }) => [kind, count]))
    // Thirteen cycles, and two more grants for the cycles in which the plan was upgraded.
    expect(counts).toMatchObject({ monthly_grant: 15, promotional: 1 })
    expect(counts.top_up).toBeGreaterThan(0)
    expect(counts.expiry).toBeGreaterThan(0)
  })

  test('was paid by card: two upgrades, monthly renewals, top-ups by hand and by auto-reload', async () => {
    const paid = await listPurchases(`status = 'succeeded' and receipt_number is not null`)
    expect(filterPurchases(paid, 'plan_change', 'manual').map(({ planId }) => planId)).toEqual([
      'growth',
      'scale',
    ])
    expect(filterPurchases(paid, 'renewal', 'renewal')).toHaveLength(12)
    expect(filterPurchases(paid, 'top_up', 'manual').length).toBeGreaterThan(2)
    expect(filterPurchases(paid, 'top_up', 'auto_reload').length).toBeGreaterThan(10)
    const numbers = paid.map(({ receiptNumber }) => receiptNumber)
    expect(numbers).toEqual(numbers.toSorted())
    expect(await listPurchases(`status in ('pending', 'requires_action')`)).toEqual([])
  })

  test('had a card that was declined until it was replaced', async () => {
    const all = await listPurchases('true')
    const failed = all.filter(({ status }) => status === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    for (const purchase of failed) {
      expect(purchase).toMatchObject({ origin: 'auto_reload', failureCode: 'insufficient_funds' })
    }
    const next = all[all.findLastIndex(({ status }) => status === 'failed') + 1]
    expect(next).toMatchObject({ origin: 'auto_reload', status: 'succeeded' })
  })

  test('ends on the Scale plan, with a valid card and auto-reload switched on', async () => {
    const body = { email: 'demo@talktime.example', password }
    const cookie = cookieOf(await world.request('POST', '/v1/sign-in', { body }))
    const reload = await world.request('GET', '/v1/auto-reload', { cookie })
    expect(reload.body).toMatchObject({ enabled: true, state: 'watching' })
    const subscription = await world.request('GET', '/v1/subscription', { cookie })
    expect(subscription.body).toMatchObject({ planId: 'scale', status: 'active', pastDue: null })
    const methods = await world.request('GET', '/v1/payment-methods', { cookie })
    expect(methods.body.data).toMatchObject([{ testCard: 'success', isDefault: true }])
  })

  test('is created once, and a second command says that it exists', async () => {
    const again = await talktime(['demo'], settings())
    expect(again).toEqual({
      code: 0,
      stdout: expect.stringContaining(`The demo workspace ${publicId('workspace', demoId)} already exists.`),
      stderr: '',
    })
    expect(await create(world)).toEqual({ outcome: 'exists', workspaceId: demoId })
  })

  test('is not created beside other workspaces unless this is asked for', async () => {
    const other = await testApp({ clock: systemClock })
    expect(await create(other)).toEqual({ outcome: 'not_empty' })
    await other.close()
  })
})

test('an interrupted demo leaves nothing behind', async () => {
  const { database, drop } = await testDatabase()
  await loadCatalog(database)
  const interrupted = create(world, { database, signal: AbortSignal.abort(new Error('stopped')) })
  await expect(interrupted).rejects.toThrow('stopped')
  const { rows } = await database.query(
    'select from workspaces union all select from users union all select from sandbox_cards',
  )
  expect(rows).toEqual([])
  await drop()
})

test('with Stripe the demo buys nothing, and an operator grants its credits', async () => {
  const { database, drop } = await testDatabase()
  await loadCatalog(database)
  const created = await create(world, { database, config: { ...config, payments: 'stripe' } })
  expect(created.outcome).toBe('created')
  const { rows } = await database.query(
    `select plan_id, collection, (select count(*) from purchases) as purchases,
            (select count(*) from sandbox_charges) as charges
     from subscriptions`,
  )
  expect(rows).toEqual([{ plan_id: 'scale', collection: 'invoiced', purchases: 0, charges: 0 }])
  expect(await verifyAll(database)).toEqual([])
  await drop()
}, 120_000)
