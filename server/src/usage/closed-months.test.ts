import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  answerOf,
  callOfAMinute,
  openWorld,
  reapOf,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
} from '../../test/world.ts'
import type { CallCommand } from '../calls/index.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import { changeTimeZone } from '../reports/change-time-zone.ts'
import { readRange } from '../reports/range.ts'
import { resolveWindow, type WindowQuery } from '../reports/window.ts'
import { closeMonths } from './closed-months.ts'

let world: World
let workspace: TestWorkspace
let other: TestWorkspace
beforeEach(async () => {
  world = await openWorld()
  workspace = await world.workspace({ timeZone: 'Asia/Kolkata', monthlyMs: 1_000 * MINUTE_MS })
  other = await world.anotherAgent(workspace)
  // From 10 January to 11 April, every fifth day.
  for (let count = 0; count < 19; count += 1) {
    await world.ledger.catchUp([workspace.workspaceId])
    await world.engine.submitBatch([...callOfAMinute(world, workspace), ...callOfAMinute(world, other)])
    await world.engine.submitBatch(callOfAMinute(world, other))
    world.clock.advance(5 * DAY_MS)
  }
})
afterEach(async () => {
  expect(await verifyAll(world.database)).toEqual([])
  await world.close()
})

const windows: readonly WindowQuery[] = [
  { preset: 'all' },
  { preset: 'last_30_days' },
  { preset: 'last_3_months' },
  { from: '2026-01-10', to: '2026-01-20' },
  { from: '2026-01-15', to: '2026-03-15' },
  { from: '2026-02-01', to: '2026-02-28' },
  { from: '2026-02-02', to: '2026-02-28' },
  { from: '2026-02-01', to: '2026-02-27' },
  { from: '2026-01-31', to: '2026-04-01' },
  { from: '2026-03-31', to: '2026-03-31' },
]

/** Reads everything that the page of usage shows for these windows. */
function readWindows(): Promise<unknown[]> {
  return readInSnapshot(world.database, async (tx) => {
    const answers: unknown[] = []
    for (const query of windows) {
      const window = await resolveWindow(tx, workspace.workspaceId, query, world.clock.now())
      const { splits: _, ...usage } = await readRange(tx, workspace.workspaceId, window)
      expect(usage.agents.reduce((sum, { usedMs }) => sum + usedMs, 0)).toBe(usage.total.usedMs)
      answers.push({ query, ...usage })
    }
    return answers
  })
}

/** A report that a carrier vouches for, which counts however late it is. */
function createVouchedReport(type: 'answer' | 'end', callId: string, atMs: number): CallCommand {
  const { workspaceId } = workspace
  const report = { workspaceId, target: { callId }, atMs, by: 'carrier' } as const
  return type === 'answer' ? { type, ...report } : { type, ...report, reason: null }
}

async function readClosedDay(day: string): Promise<unknown[]> {
  const { rows } = await world.database.query(
    'select used_ms as "usedMs", calls, corrections from usage_closed_days where day = $1',
    [day],
  )
  return rows
}

async function listClosings(): Promise<string[]> {
  const { rows } = await world.database.query<{ day: string }>(
    'select until_day::text as day from usage_closings',
  )
  return rows.map(({ day }) => day)
}

describe('a month that is over', () => {
  test('is closed once, and no window changes', async () => {
    const before = await readWindows()
    expect(await closeMonths(world, world.clock.now())).toBe(1)
    expect(await closeMonths(world, world.clock.now())).toBe(0)
    expect(await listClosings()).toEqual(['2026-04-01'])
    expect(await readWindows()).toEqual(before)
  })

  test('is closed two days after its end in the workspace’s time zone', async () => {
    // In India, a month starts and ends five and a half hours before it does in UTC.
    expect(await closeMonths(world, Date.UTC(2026, 2, 2, 18, 29))).toBe(1)
    expect(await listClosings()).toEqual(['2026-02-01'])
    expect(await closeMonths(world, Date.UTC(2026, 2, 2, 18, 30))).toBe(1)
    expect(await listClosings()).toEqual(['2026-03-01'])
    expect(await readWindows()).toHaveLength(windows.length)
  })

  test('counts calls that are reported after it was closed', async () => {
    await closeMonths(world, world.clock.now())
    const late = startOf(workspace)
    await world.engine.submitBatch([
      late,
      createVouchedReport('answer', late.callId, Date.UTC(2026, 1, 3, 10)),
      createVouchedReport('end', late.callId, Date.UTC(2026, 1, 3, 10, 7)),
    ])
    expect(await readClosedDay('2026-02-03')).toEqual([{ usedMs: 7 * MINUTE_MS, calls: 1, corrections: 0 }])
    const before = await readWindows()
    await world.database.query('truncate usage_closings, usage_closed_days, usage_closed_months')
    expect(await readWindows()).toEqual(before)
  })

  test('is corrected together with its calls', async () => {
    world.clock.set(Date.UTC(2026, 3, 30, 12))
    const lost = startOf(workspace)
    await world.engine.submitBatch([lost, answerOf(world, workspace, lost.callId)])
    world.clock.advance(5 * DAY_MS)
    await world.engine.submit(reapOf(workspace, lost.callId))
    await closeMonths(world, world.clock.now())
    expect(await readClosedDay('2026-04-30')).toEqual([{ usedMs: 60 * MINUTE_MS, calls: 1, corrections: 0 }])
    await world.engine.submit(createVouchedReport('end', lost.callId, Date.UTC(2026, 3, 30, 12, 10)))
    expect(await readClosedDay('2026-04-30')).toEqual([{ usedMs: 10 * MINUTE_MS, calls: 1, corrections: 2 }])
  })

  test('is reported by verify if its sums differ from its days', async () => {
    await closeMonths(world, world.clock.now())
    for (const table of ['usage_closed_days', 'usage_closed_months']) {
      await world.database.query(`update ${table} set used_ms = used_ms + 1`)
      expect(await verifyAll(world.database)).not.toEqual([])
      await world.database.query(`update ${table} set used_ms = used_ms - 1`)
    }
  })

  test('is open again after a change of time zone, until it is closed in the new zone', async () => {
    await closeMonths(world, world.clock.now())
    const { workspaceId } = workspace
    const to = { workspaceId, timeZone: 'America/New_York' }
    await changeTimeZone(world, to, async ({ tx }) => {
      await tx.query('update workspaces set time_zone = $2 where id = $1', [workspaceId, to.timeZone])
    })
    expect(await listClosings()).toEqual([])
    const before = await readWindows()
    expect(await closeMonths(world, world.clock.now())).toBe(1)
    expect(await readWindows()).toEqual(before)
  })
})
