import { HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { createLife, killableDatabase, ProcessKilled } from '../../test/killable-process.ts'
import { connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'
import { verifyAll } from '../../test/world.ts'
import type { Change } from '../ledger/index.ts'
import { uuidFrom } from '../public-ids.ts'
import { openQuietRooms } from '../quiet-rooms.ts'
import {
  changeTimeZone,
  completeTimeZoneChange,
  startTimeZoneChange,
  type TimeZoneChange,
} from './change-time-zone.ts'

const NEW_ZONE = 'Pacific/Auckland'

let t: TestApp
let stack: VoiceStack
let workspaceId: string
beforeEach(async () => {
  t = await testApp()
  stack = await connectVoiceStack(t, { timeZone: 'America/New_York' })
  workspaceId = uuidFrom('workspace', stack.workspaceId) ?? ''
  await stack.talk(2 * MINUTE_MS)
})
afterEach(async () => {
  expect(await verifyAll(t.database)).toEqual([])
  await t.close()
})

async function readDays(): Promise<[string, string, number, number][]> {
  const { rows } = await t.database.query<{ zone: string; day: string; calls: number; usedMs: number }>(
    `select time_zone as zone, day::text, calls, used_ms as "usedMs" from usage_days
     where workspace_id = $1 and calls <> 0 order by 1, 2`,
    [workspaceId],
  )
  return rows.map((row) => [row.zone, row.day, row.calls, row.usedMs])
}

const setZone = async ({ tx }: Change) => {
  await tx.query('update workspaces set time_zone = $2 where id = $1', [workspaceId, NEW_ZONE])
}
const patch = (timeZone: string) => stack.ask('PATCH', '/v1/workspace', { body: { timeZone } })

const deps = () => ({ database: t.database, ledger: t.app.ledger })

/** Starts a change to the new zone. `count` counts the calls of before its start. */
async function start(): Promise<{ count(): Promise<TimeZoneChange> }> {
  const started = await startTimeZoneChange(deps(), { workspaceId, timeZone: NEW_ZONE }, setZone)
  if ('done' in started) throw new Error('The workspace is in that zone already')
  const { id, countDays } = started
  return { count: async () => ({ workspaceId, id, timeZone: NEW_ZONE, days: await countDays() }) }
}

const complete = (change: TimeZoneChange) => completeTimeZoneChange(t.app.ledger, change, setZone)

describe('a change of time zone', () => {
  test('counts all usage by days of the new zone', async () => {
    expect(await readDays()).toEqual([['America/New_York', '2026-11-22', 1, 2 * MINUTE_MS]])
    expect((await patch(NEW_ZONE)).body).toMatchObject({ timeZone: NEW_ZONE })
    expect(await readDays()).toEqual([[NEW_ZONE, '2026-11-22', 1, 2 * MINUTE_MS]])
    t.clock.set(Date.parse('2026-11-22T11:30:00Z'))
    await stack.talk(MINUTE_MS)
    expect(await readDays()).toEqual([
      [NEW_ZONE, '2026-11-22', 1, 2 * MINUTE_MS],
      [NEW_ZONE, '2026-11-23', 1, MINUTE_MS],
    ])
    await patch('America/New_York')
    expect(await readDays()).toEqual([['America/New_York', '2026-11-22', 2, 3 * MINUTE_MS]])
  })

  test('to the same zone changes nothing', async () => {
    const before = await readDays()
    expect((await patch('America/New_York')).status).toBe(200)
    expect(await readDays()).toEqual(before)
  })

  test('loses no call that ends meanwhile, before or after the calls of before are counted', async () => {
    const open = await stack.answeredCall()
    t.clock.advance(MINUTE_MS)
    const { count } = await start()
    await stack.end(open)
    await stack.talk(3 * MINUTE_MS)
    const change = await count()
    await stack.talk(5 * MINUTE_MS)
    expect(await verifyAll(t.database)).toEqual([])
    await complete(change)
    expect(await readDays()).toEqual([[NEW_ZONE, '2026-11-22', 4, 11 * MINUTE_MS]])
  })

  test('counts corrections that are reported meanwhile', async () => {
    const lost = await stack.answeredCall()
    t.clock.advance(25 * HOUR_MS)
    await t.app.runDue()
    const { count } = await start()
    await stack.end(lost, t.clock.now() - 23 * HOUR_MS)
    await complete(await count())
    expect(await verifyAll(t.database)).toEqual([])
    expect((await readDays()).map(([, , calls]) => calls).reduce((sum, calls) => sum + calls)).toBe(2)
  })

  test('is not made if another change has started meanwhile', async () => {
    const { count } = await start()
    await patch('Asia/Tokyo')
    await expect(count().then(complete)).rejects.toMatchObject({ code: 'time_zone_changed_concurrently' })
    expect(await readDays()).toEqual([['Asia/Tokyo', '2026-11-22', 1, 2 * MINUTE_MS]])
  })

  test('among many at once leaves one zone with all usage in it', async () => {
    const zones = ['Asia/Tokyo', 'UTC', 'Pacific/Apia', 'America/New_York', 'Asia/Kolkata']
    const answers = await Promise.all(
      zones.flatMap((zone) => [patch(zone), stack.talk(MINUTE_MS).then(() => ({ status: 200 }))]),
    )
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(await verifyAll(t.database)).toEqual([])
  })

  test('is made as a whole or not at all, at whichever step its server crashes', async () => {
    let survived = false
    for (let stepsMax = 0; !survived; stepsMax += 1) {
      const killable = killableDatabase(t.database, createLife(stepsMax))
      const { ledger } = openQuietRooms({ database: killable, clock: t.clock })
      const change = changeTimeZone(
        { database: killable, ledger },
        { workspaceId, timeZone: NEW_ZONE },
        setZone,
      )
      survived = await change.then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(ProcessKilled)
          return false
        },
      )
      await stack.talk(MINUTE_MS)
      expect(await verifyAll(t.database)).toEqual([])
      t.clock.advance(16 * MINUTE_MS)
      await t.app.runDue()
      const { rows } = await t.database.query('select from time_zone_changes')
      expect(rows).toHaveLength(0)
      expect(await verifyAll(t.database)).toEqual([])
      await patch('America/New_York')
    }
  })
})
