import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { createLife, killableDatabase, ProcessKilled } from '../../test/killable-process.ts'
import { connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'
import { verifyAll } from '../../test/world.ts'
import type { Change } from '../ledger/index.ts'
import { uuidFrom } from '../public-ids.ts'
import { openQuietRooms } from '../quiet-rooms.ts'
import {
  beginTimeZoneChange,
  changeTimeZone,
  completeTimeZoneChange,
  type TimeZoneChange,
} from './time-zone-change.ts'

const minuteMs = 60_000
const to = 'Pacific/Auckland'

let t: TestApp
let stack: VoiceStack
let workspaceId: string
beforeEach(async () => {
  t = await testApp()
  stack = await connectVoiceStack(t, { timeZone: 'America/New_York' })
  workspaceId = uuidFrom('workspace', stack.workspaceId) ?? ''
  await stack.talk(2 * minuteMs)
})
afterEach(async () => {
  expect(await verifyAll(t.database)).toEqual([])
  await t.close()
})

async function days(): Promise<[string, string, number, number][]> {
  const { rows } = await t.database.query<{ zone: string; day: string; calls: number; usedMs: number }>(
    `select time_zone as zone, day::text, calls, used_ms as "usedMs" from usage_days
     where workspace_id = $1 and calls <> 0 order by 1, 2`,
    [workspaceId],
  )
  return rows.map((row) => [row.zone, row.day, row.calls, row.usedMs])
}

const set = async ({ tx }: Change) => {
  await tx.query('update workspaces set time_zone = $2 where id = $1', [workspaceId, to])
}
const patch = (timeZone: string) => stack.ask('PATCH', '/v1/workspace', { body: { timeZone } })

const deps = () => ({ database: t.database, ledger: t.app.ledger })

async function begin(): Promise<{ snapshot(): Promise<TimeZoneChange> }> {
  const begun = await beginTimeZoneChange(deps(), { workspaceId, timeZone: to }, set)
  if ('done' in begun) throw new Error('It was in that zone already')
  const { id, snapshot } = begun
  return { snapshot: async () => ({ workspaceId, id, timeZone: to, days: await snapshot() }) }
}

const complete = (change: TimeZoneChange) => completeTimeZoneChange(t.app.ledger, change, set)

describe('a change of time zone', () => {
  test('reckons all days anew', async () => {
    expect(await days()).toEqual([['America/New_York', '2026-11-22', 1, 2 * minuteMs]])
    expect((await patch(to)).body).toMatchObject({ timeZone: to })
    expect(await days()).toEqual([[to, '2026-11-22', 1, 2 * minuteMs]])
    t.clock.set(Date.parse('2026-11-22T11:30:00Z'))
    await stack.talk(minuteMs)
    expect(await days()).toEqual([
      [to, '2026-11-22', 1, 2 * minuteMs],
      [to, '2026-11-23', 1, minuteMs],
    ])
    await patch('America/New_York')
    expect(await days()).toEqual([['America/New_York', '2026-11-22', 2, 3 * minuteMs]])
  })

  test('to the zone it has changes nothing', async () => {
    const before = await days()
    expect((await patch('America/New_York')).status).toBe(200)
    expect(await days()).toEqual(before)
  })

  test('loses no call that ends meanwhile, before or after what was there is read', async () => {
    const open = await stack.answeredCall()
    t.clock.advance(minuteMs)
    const { snapshot } = await begin()
    await stack.end(open)
    await stack.talk(3 * minuteMs)
    const change = await snapshot()
    await stack.talk(5 * minuteMs)
    expect(await verifyAll(t.database)).toEqual([])
    await complete(change)
    expect(await days()).toEqual([[to, '2026-11-22', 4, 11 * minuteMs]])
  })

  test('counts corrections that arrive meanwhile', async () => {
    const lost = await stack.answeredCall()
    t.clock.advance(25 * 60 * minuteMs)
    await t.app.runDue()
    const { snapshot } = await begin()
    await stack.end(lost, t.clock.now() - 23 * 60 * minuteMs)
    await complete(await snapshot())
    expect(await verifyAll(t.database)).toEqual([])
    expect((await days()).map(([, , calls]) => calls).reduce((sum, calls) => sum + calls)).toBe(2)
  })

  test('is not made where another one was begun meanwhile', async () => {
    const { snapshot } = await begin()
    await patch('Asia/Tokyo')
    await expect(snapshot().then(complete)).rejects.toMatchObject({ code: 'time_zone_changed_concurrently' })
    expect(await days()).toEqual([['Asia/Tokyo', '2026-11-22', 1, 2 * minuteMs]])
  })

  test('of many at once leaves one zone, and usage in it', async () => {
    const zones = ['Asia/Tokyo', 'UTC', 'Pacific/Apia', 'America/New_York', 'Asia/Kolkata']
    const answers = await Promise.all(
      zones.flatMap((zone) => [patch(zone), stack.talk(minuteMs).then(() => ({ status: 200 }))]),
    )
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(await verifyAll(t.database)).toEqual([])
  })

  test('whose server dies at any step is made or not made, and never half', async () => {
    let survived = false
    for (let stepsMax = 0; !survived; stepsMax += 1) {
      const killable = killableDatabase(t.database, createLife(stepsMax))
      const { ledger } = openQuietRooms({ database: killable, clock: t.clock })
      const change = changeTimeZone({ database: killable, ledger }, { workspaceId, timeZone: to }, set)
      survived = await change.then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(ProcessKilled)
          return false
        },
      )
      await stack.talk(minuteMs)
      expect(await verifyAll(t.database)).toEqual([])
      t.clock.advance(16 * minuteMs)
      await t.app.runDue()
      const { rows } = await t.database.query('select from time_zone_changes')
      expect(rows).toHaveLength(0)
      expect(await verifyAll(t.database)).toEqual([])
      await patch('America/New_York')
    }
  })
})
