import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { verifyAll } from '../../test/world.ts'
import { readBalance } from '../ledger/index.ts'
import { type MadeDemo, makeDemo } from './make-demo.ts'

let world: TestApp
let made: MadeDemo

const make = (
  { app, database, clock }: TestApp,
  changes: { onlyIfEmpty?: boolean; signal?: AbortSignal } = {},
) =>
  makeDemo({
    database,
    accounts: app.access.accounts,
    clock,
    password: 'a demo password',
    signal: new AbortController().signal,
    onlyIfEmpty: false,
    ...changes,
  })

beforeAll(async () => {
  world = await testApp()
  made = await make(world)
}, 120_000)
afterAll(() => world.close())

const demoId = () => (made.outcome === 'not_empty' ? '' : made.workspaceId)

async function count(sql: string): Promise<number> {
  const { rows } = await world.database.query<{ count: number }>(
    `select count(*) from calls where workspace_id = $1 and (${sql})`,
    [demoId()],
  )
  return rows[0]?.count ?? 0
}

describe('the demo', () => {
  test('is a labelled workspace that somebody can sign in to', async () => {
    expect(made).toMatchObject({ outcome: 'made' })
    const signedIn = await world.request<{ workspaces: unknown }>('POST', '/v1/sign-in', {
      body: { email: 'demo@talktime.example', password: 'a demo password' },
    })
    expect(signedIn.status).toBe(200)
    expect(signedIn.body.workspaces).toEqual([
      {
        id: expect.stringMatching(/^ws_/),
        name: expect.stringMatching(/^Demo: /),
        role: 'owner',
        demo: true,
      },
    ])
  })

  test('adds up', async () => {
    expect(await verifyAll(world.database)).toEqual([])
  })

  test('ends now, with credits left and no call open', async () => {
    const nowMs = world.clock.now()
    const balance = await readBalance(world.database, demoId(), nowMs)
    expect(balance).toMatchObject({ liveCalls: 0, status: 'ok' })
    expect(await count(`status in ('authorized', 'in_conversation')`)).toBe(0)
    expect(await count(`ended_at_ms > ${nowMs - 24 * 60 * 60_000}`)).toBeGreaterThan(0)
    expect(await count(`ended_at_ms > ${nowMs}`)).toBe(0)
  })

  test('shows everything that happens to calls', async () => {
    expect(await count(`status = 'unanswered'`)).toBeGreaterThan(500)
    expect(await count(`status = 'failed'`)).toBeGreaterThan(50)
    expect(await count(`status = 'lost' and settled_ms > 0`)).toBeGreaterThan(5)
    expect(await count(`status = 'lost' and answered_at_ms is null`)).toBeGreaterThan(0)
    expect(await count(`refusal_reason = 'out_of_credits'`)).toBeGreaterThan(5)
    expect(await count(`settled_until_ms is not null and cardinality(entry_seqs) > 1`)).toBeGreaterThan(0)
  })

  test('shows every kind of credit: monthly that is reset, top-ups and promotional', async () => {
    const { rows } = await world.database.query<{ kind: string; count: number }>(
      `select kind, count(*) from ledger_entries where workspace_id = $1 group by kind`,
      [demoId()],
    )
    const counts = Object.fromEntries(rows.map(({ kind, count }) => [kind, count]))
    expect(counts).toMatchObject({ monthly_grant: 13, promotional: 1 })
    expect(counts.top_up).toBeGreaterThan(0)
    expect(counts.expiry).toBeGreaterThan(0)
  })

  test('is made once, and not at all beside other workspaces unless it is asked for', async () => {
    expect(await make(world)).toEqual({ outcome: 'exists', workspaceId: demoId() })
    const other = await testApp()
    expect(await make(other, { onlyIfEmpty: true })).toEqual({ outcome: 'not_empty' })
    await other.close()
  })

  test('leaves nothing behind when it is interrupted', async () => {
    const other = await testApp()
    const interrupted = make(other, { signal: AbortSignal.abort(new Error('stopped')) })
    await expect(interrupted).rejects.toThrow('stopped')
    const { rows } = await other.database.query(
      'select from workspaces where demo union all select from users',
    )
    expect(rows).toEqual([])
    await other.close()
  })
})
