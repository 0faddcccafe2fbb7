import { HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  answerOf,
  callsByStatus,
  openWorld,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
} from '../../test/world.ts'
import { createReaper } from './reaper.ts'

let world: World
let workspace: TestWorkspace
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(async () => {
  workspace = await world.workspace({ concurrentCallsMax: null, monthlyMs: 100_000 * MINUTE_MS })
})
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

/** Starts calls now, and answers them now if they `talk`. Returns their ids. */
async function startCalls(count: number, how: 'ring' | 'talk'): Promise<string[]> {
  const starts = Array.from({ length: count }, () => startOf(workspace))
  const answers = how === 'talk' ? starts.map(({ callId }) => answerOf(world, workspace, callId)) : []
  await world.engine.submitBatch([...starts, ...answers])
  return starts.map(({ callId }) => callId)
}

describe('the reaper', () => {
  test('closes each lost call once, although several servers reap at one moment', async () => {
    await startCalls(40, 'talk')
    world.clock.advance(HOUR_MS + MINUTE_MS)
    const engines = [world.engine, world.anotherEngine(), world.anotherEngine()]
    const reapers = engines.map((engine) => createReaper({ ...world, engine }))
    await Promise.all(reapers.map((reaper) => reaper.runOnce()))
    expect(await callsByStatus(world, workspace)).toEqual({ lost: 40 })
    expect((await world.balance(workspace)).balanceMs).toBe((100_000 - 40 * 60) * MINUTE_MS)
    expect(await createReaper(world).runOnce()).toBe(0)
  })

  test('finds lost calls behind any number of calls that it cannot judge yet', async () => {
    const early = await startCalls(1001, 'ring')
    world.clock.advance(MINUTE_MS)
    await startCalls(2, 'talk')
    world.clock.advance(HOUR_MS + MINUTE_MS)
    // A new reaper cannot judge the ringing calls, because it was not listening. It can judge the hard stops.
    const reaper = createReaper(world)
    expect(await reaper.runOnce()).toBe(2)
    expect(await callsByStatus(world, workspace)).toEqual({ authorized: early.length, lost: 2 })
    world.clock.advance(HOUR_MS / 2)
    expect(await reaper.runOnce()).toBe(early.length)
    expect(await callsByStatus(world, workspace)).toEqual({ lost: early.length + 2 })
  })

  test('does not count silence from before it was created', async () => {
    const [callId = ''] = await startCalls(1, 'talk')
    const { workspaceId } = workspace
    await world.engine.submit({ type: 'heartbeat', workspaceId, target: { callId } })
    world.clock.advance(10 * MINUTE_MS)
    const reaper = createReaper(world)
    expect(await reaper.runOnce()).toBe(0)
    world.clock.advance(89_999)
    expect(await reaper.runOnce()).toBe(0)
    world.clock.advance(1)
    expect(await reaper.runOnce()).toBe(1)
    expect((await world.balance(workspace)).balanceMs).toBe(100_000 * MINUTE_MS)
  })
})
