import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { type CommandResult, databaseUrlOf, talktime } from '../../test/command-line.ts'
import { testDatabase } from '../../test/database.ts'
import { verifyAll } from '../../test/world.ts'
import { readBalance } from '../ledger/index.ts'
import { loadCatalogue } from '../plans/index.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { publicId } from '../platform/ids.ts'
import { findDemo, makeDemo } from './make-demo.ts'

// Made once, by the command line as its own process, on a database that has another workspace already.

let world: TestApp<Clock>
let command: CommandResult
let demoId: string
let password: string

beforeAll(async () => {
  world = await testApp({ clock: systemClock })
  command = await talktime(['demo'], { DATABASE_URL: databaseUrlOf(world.database) })
  demoId = (await findDemo(world.database)) ?? ''
  password = / with the password (\S+)/.exec(command.stdout)?.[1] ?? ''
}, 120_000)
afterAll(() => world.close())

const make = ({ app, database, clock }: TestApp<Clock>, signal = new AbortController().signal) =>
  makeDemo({ database, accounts: app.access.accounts, clock, password, signal, onlyIfEmpty: true })

async function count(sql: string): Promise<number> {
  const { rows } = await world.database.query<{ count: number }>(
    `select count(*) from calls where workspace_id = $1 and (${sql})`,
    [demoId],
  )
  return rows[0]?.count ?? 0
}

describe('the demo', () => {
  test('is a labelled workspace that somebody can sign in to', async () => {
    expect(command.stdout).toMatch(
      /^Made the demo workspace ws_[0-9a-f]{32} with [\d,]+ calls\.\nSign in as /,
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
      },
    ])
  })

  test('adds up', async () => {
    expect(await verifyAll(world.database)).toEqual([])
  })

  test('ends now, with credits left and no call open', async () => {
    const nowMs = world.clock.now()
    const balance = await readBalance(world.database, demoId, nowMs)
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
      [demoId],
    )
    const counts = Object.fromEntries(rows.map(({ kind, count }) => [kind, count]))
    expect(counts).toMatchObject({ monthly_grant: 13, promotional: 1 })
    expect(counts.top_up).toBeGreaterThan(0)
    expect(counts.expiry).toBeGreaterThan(0)
  })

  test('is made once: the command says so the second time', async () => {
    const again = await talktime(['demo'], { DATABASE_URL: databaseUrlOf(world.database) })
    expect(again).toEqual({
      code: 0,
      stdout: expect.stringContaining(`There is a demo workspace already: ${publicId('workspace', demoId)}.`),
      stderr: '',
    })
    expect(await make(world)).toEqual({ outcome: 'exists', workspaceId: demoId })
  })

  test('is not made beside other workspaces unless it is asked for', async () => {
    const other = await testApp({ clock: systemClock })
    expect(await make(other)).toEqual({ outcome: 'not_empty' })
    await other.close()
  })
})

test('a demo that is interrupted leaves nothing behind', async () => {
  const { database, drop } = await testDatabase()
  await loadCatalogue(database)
  const interrupted = make({ ...world, database }, AbortSignal.abort(new Error('stopped')))
  await expect(interrupted).rejects.toThrow('stopped')
  const { rows } = await database.query('select from workspaces union all select from users')
  expect(rows).toEqual([])
  await drop()
})
