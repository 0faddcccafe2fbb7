import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  answerOf,
  callOfAMinute,
  endOf,
  openWorld,
  reapOf,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
  worldStartsAtMs,
} from '../../test/world.ts'
import { MIGRATIONS_FOLDER } from '../platform/database/migrate.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => {
  expect(await verifyAll(world.database)).toEqual([])
  await world.close()
})

/** Reads the roll-ups of a workspace: day, calls, milliseconds, corrections. */
async function readDays({ workspaceId }: TestWorkspace): Promise<[string, number, number, number][]> {
  const { rows } = await world.database.query<{
    day: string
    calls: number
    usedMs: number
    corrections: number
  }>(
    `select day::text, sum(calls)::bigint as calls, sum(used_ms)::bigint as "usedMs",
            sum(corrections)::bigint as corrections
     from usage_days where workspace_id = $1 group by 1 order by 1`,
    [workspaceId],
  )
  return rows.map((row) => [row.day, row.calls, row.usedMs, row.corrections])
}

/** Starts and answers a call. Returns its ID. */
async function answerCall(workspace: TestWorkspace): Promise<string> {
  const start = startOf(workspace)
  await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
  return start.callId
}

describe('a call counts', () => {
  test('as a whole on the local day on which it ended', async () => {
    const berlin = await world.workspace({ timeZone: 'Europe/Berlin' })
    const kolkata = await world.workspace({ timeZone: 'Asia/Kolkata' })
    world.clock.set(Date.UTC(2026, 0, 10, 22, 59, 0))
    const calls = [await answerCall(berlin), await answerCall(kolkata)]
    world.clock.set(Date.UTC(2026, 0, 10, 23, 0, 0))
    await world.engine.submit(endOf(world, berlin, calls[0] ?? '', 1))
    await world.engine.submitBatch(callOfAMinute(world, berlin))
    await world.engine.submit(endOf(world, kolkata, calls[1] ?? ''))
    expect(await readDays(berlin)).toEqual([
      ['2026-01-10', 1, MINUTE_MS - 1, 0],
      ['2026-01-11', 1, MINUTE_MS, 0],
    ])
    expect(await readDays(kolkata)).toEqual([['2026-01-11', 1, MINUTE_MS, 0]])
  })

  test('only after its end, and only if it had a conversation', async () => {
    const workspace = await world.workspace({ concurrentCallsMax: 2 })
    const ringing = startOf(workspace)
    await world.engine.submit(ringing)
    const live = await answerCall(workspace)
    await world.engine.submit(startOf(workspace))
    world.clock.advance(MINUTE_MS)
    await world.engine.submit(endOf(world, workspace, ringing.callId))
    expect(await readDays(workspace)).toEqual([])
    await world.engine.submit(endOf(world, workspace, live))
    expect(await readDays(workspace)).toEqual([['2026-01-10', 1, MINUTE_MS, 0]])
  })

  test('even if its conversation took no time', async () => {
    const workspace = await world.workspace()
    await world.engine.submit(endOf(world, workspace, await answerCall(workspace)))
    expect(await readDays(workspace)).toEqual([['2026-01-10', 1, 0, 0]])
  })

  test('once, however often its end is reported', async () => {
    const workspace = await world.workspace()
    const batch = callOfAMinute(world, workspace)
    await world.engine.submitBatch([...batch, ...batch, ...callOfAMinute(world, workspace)])
    const end = batch[2]
    if (end) await world.anotherEngine().submit(end)
    expect(await readDays(workspace)).toEqual([['2026-01-10', 2, 2 * MINUTE_MS, 0]])
  })
})

describe('a correction moves what was counted', () => {
  test('when a late report moves a lost call to the day before', async () => {
    const workspace = await world.workspace({ callDurationSecondsMax: 3600 })
    world.clock.set(Date.UTC(2026, 0, 10, 23, 30))
    const callId = await answerCall(workspace)
    world.clock.advance(2 * HOUR_MS)
    await world.engine.submit(reapOf(workspace, callId))
    expect(await readDays(workspace)).toEqual([['2026-01-11', 1, HOUR_MS, 0]])
    await world.engine.submit(endOf(world, workspace, callId, 110 * MINUTE_MS))
    expect(await readDays(workspace)).toEqual([
      ['2026-01-10', 1, 10 * MINUTE_MS, 1],
      ['2026-01-11', 0, 0, 1],
    ])
  })

  test('when an answer is reported after the end', async () => {
    const workspace = await world.workspace()
    const start = startOf(workspace)
    world.clock.advance(10 * MINUTE_MS)
    await world.engine.submitBatch([start, endOf(world, workspace, start.callId)])
    expect(await readDays(workspace)).toEqual([])
    await world.engine.submit(answerOf(world, workspace, start.callId, 3 * MINUTE_MS))
    expect(await readDays(workspace)).toEqual([['2026-01-10', 1, 3 * MINUTE_MS, 0]])
  })

  test('when an answer shows that a call was not over', async () => {
    const workspace = await world.workspace()
    const start = startOf(workspace)
    await world.engine.submit(start)
    world.clock.advance(31 * MINUTE_MS)
    await world.engine.submit(reapOf(workspace, start.callId))
    await world.engine.submit(answerOf(world, workspace, start.callId, MINUTE_MS))
    expect(await readDays(workspace)).toEqual([])
  })
})

describe('a call that is cut at a reset', () => {
  const resetMs = worldStartsAtMs + 31 * DAY_MS

  test('counts as a whole when it ends', async () => {
    const workspace = await world.workspace()
    world.clock.set(resetMs - 5 * MINUTE_MS)
    const callId = await answerCall(workspace)
    world.clock.set(resetMs + MINUTE_MS)
    await world.ledger.catchUp([workspace.workspaceId])
    expect(await readDays(workspace)).toEqual([])
    await world.engine.submit(endOf(world, workspace, callId))
    expect(await readDays(workspace)).toEqual([['2026-02-10', 1, 6 * MINUTE_MS, 1]])
  })

  test('counts as a whole if it ended at the reset and nothing is left to charge', async () => {
    const workspace = await world.workspace()
    world.clock.set(resetMs - 5 * MINUTE_MS)
    const callId = await answerCall(workspace)
    world.clock.set(resetMs + MINUTE_MS)
    await world.engine.submit(endOf(world, workspace, callId, MINUTE_MS))
    expect(await readDays(workspace)).toEqual([['2026-02-10', 1, 5 * MINUTE_MS, 1]])
  })
})

test('the migration that creates the roll-ups counts the calls of before', async () => {
  const workspaces = [await world.workspace({ timeZone: 'America/New_York' }), await world.workspace()]
  for (const at of ['2026-03-07T23:59:00-05:00', '2026-03-08T12:00:00-04:00', '2026-03-09T00:00:01-04:00']) {
    world.clock.set(Temporal.Instant.from(at).epochMilliseconds)
    for (const workspace of workspaces) {
      await world.grant(workspace, { kind: 'top_up', amountMs: MINUTE_MS })
      await world.engine.submitBatch(callOfAMinute(world, workspace))
      await world.grant(workspace, { kind: 'promotional', amountMs: MINUTE_MS })
    }
  }
  const kept = await world.database.query('select * from usage_days order by 1, 2, 3')
  await world.database.query(`
    drop table usage_days, usage_splits, time_zone_changes, budget_watches;
    alter table calls drop column drawn_from_ms;
    alter table grants drop column price_minor, drop column price_per_ms, drop column price_currency`)
  await world.database.query(await readFile(join(MIGRATIONS_FOLDER, '0015-usage.sql'), 'utf8'))
  expect((await world.database.query('select * from usage_days order by 1, 2, 3')).rows).toEqual(kept.rows)
  expect(kept.rows).toHaveLength(5)
})
