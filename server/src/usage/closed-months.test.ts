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
import { readRange } from '../reports/range.ts'
import { resolveWindow, type WindowQuery } from '../reports/window.ts'
import { closeMonths } from './closed-months.ts'
import { changeTimeZone } from './time-zone-change.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

let world: World
let workspace: TestWorkspace
let other: TestWorkspace
beforeEach(async () => {
  world = await openWorld()
  workspace = await world.workspace({ timeZone: 'Asia/Kolkata', monthlyMs: 1_000 * minuteMs })
  other = await world.anotherAgent(workspace)
  // From 10 January on, every fifth day until 11 April.
  for (let count = 0; count < 19; count += 1) {
    await world.ledger.catchUp([workspace.workspaceId])
    await world.engine.submitBatch([...callOfAMinute(world, workspace), ...callOfAMinute(world, other)])
    await world.engine.submitBatch(callOfAMinute(world, other))
    world.clock.advance(5 * dayMs)
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

/** Everything that the page shows of these windows. */
function everything(): Promise<unknown[]> {
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

/** What a carrier that was asked says, however long afterwards. */
function vouched(type: 'answer' | 'end', callId: string, atMs: number): CallCommand {
  const { workspaceId } = workspace
  const report = { workspaceId, target: { callId }, atMs, vouched: true }
  return type === 'answer' ? { type, ...report } : { type, ...report, reason: null }
}

async function useOf(day: string): Promise<unknown[]> {
  const { rows } = await world.database.query(
    'select used_ms as "usedMs", calls, corrections from usage_closed_days where day = $1',
    [day],
  )
  return rows
}

async function closed(): Promise<string[]> {
  const { rows } = await world.database.query<{ day: string }>(
    'select until_day::text as day from usage_closings',
  )
  return rows.map(({ day }) => day)
}

describe('a month that is over', () => {
  test('is closed once, and every window says the same as before', async () => {
    const before = await everything()
    expect(await closeMonths(world, world.clock.now())).toBe(1)
    expect(await closeMonths(world, world.clock.now())).toBe(0)
    expect(await closed()).toEqual(['2026-04-01'])
    expect(await everything()).toEqual(before)
  })

  test('is closed when two local days have passed since', async () => {
    // In India the month begins five and a half hours sooner.
    expect(await closeMonths(world, Date.UTC(2026, 2, 2, 18, 29))).toBe(1)
    expect(await closed()).toEqual(['2026-02-01'])
    expect(await closeMonths(world, Date.UTC(2026, 2, 2, 18, 30))).toBe(1)
    expect(await closed()).toEqual(['2026-03-01'])
    expect(await everything()).toHaveLength(windows.length)
  })

  test('counts what is reported of it later, as any other', async () => {
    await closeMonths(world, world.clock.now())
    const late = startOf(workspace)
    await world.engine.submitBatch([
      late,
      vouched('answer', late.callId, Date.UTC(2026, 1, 3, 10)),
      vouched('end', late.callId, Date.UTC(2026, 1, 3, 10, 7)),
    ])
    expect(await useOf('2026-02-03')).toEqual([{ usedMs: 7 * minuteMs, calls: 1, corrections: 0 }])
    const before = await everything()
    await world.database.query('truncate usage_closings, usage_closed_days, usage_closed_months')
    expect(await everything()).toEqual(before)
  })

  test('is corrected with the calls in it', async () => {
    world.clock.set(Date.UTC(2026, 3, 30, 12))
    const lost = startOf(workspace)
    await world.engine.submitBatch([lost, answerOf(world, workspace, lost.callId)])
    world.clock.advance(5 * dayMs)
    await world.engine.submit(reapOf(workspace, lost.callId))
    await closeMonths(world, world.clock.now())
    expect(await useOf('2026-04-30')).toEqual([{ usedMs: 60 * minuteMs, calls: 1, corrections: 0 }])
    await world.engine.submit(vouched('end', lost.callId, Date.UTC(2026, 3, 30, 12, 10)))
    expect(await useOf('2026-04-30')).toEqual([{ usedMs: 10 * minuteMs, calls: 1, corrections: 2 }])
  })

  test('is found by verify where its sums are not those of its days', async () => {
    await closeMonths(world, world.clock.now())
    for (const table of ['usage_closed_days', 'usage_closed_months']) {
      await world.database.query(`update ${table} set used_ms = used_ms + 1`)
      expect(await verifyAll(world.database)).not.toEqual([])
      await world.database.query(`update ${table} set used_ms = used_ms - 1`)
    }
  })

  test('is open again where the time zone changes, until it is closed in the new one', async () => {
    await closeMonths(world, world.clock.now())
    const { workspaceId } = workspace
    const to = { workspaceId, timeZone: 'America/New_York' }
    await changeTimeZone(world, to, async ({ tx }) => {
      await tx.query('update workspaces set time_zone = $2 where id = $1', [workspaceId, to.timeZone])
    })
    expect(await closed()).toEqual([])
    const before = await everything()
    expect(await closeMonths(world, world.clock.now())).toBe(1)
    expect(await everything()).toEqual(before)
  })
})
