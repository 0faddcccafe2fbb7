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

const minuteMs = 60_000
const hourMs = 60 * minuteMs

let world: World
let workspace: TestWorkspace
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(async () => {
  workspace = await world.workspace({ concurrentCallsMax: null, monthlyMs: 100_000 * minuteMs })
})
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

/** So many calls of the workspace's, authorized now; answered now where they are. */
async function calls(count: number, how: 'ring' | 'talk'): Promise<string[]> {
  const starts = Array.from({ length: count }, () => startOf(workspace))
  const answers = how === 'talk' ? starts.map(({ callId }) => answerOf(world, workspace, callId)) : []
  await world.engine.submitBatch([...starts, ...answers])
  return starts.map(({ callId }) => callId)
}

describe('the reaper', () => {
  test('closes each lost call once, though several servers look at the same moment', async () => {
    await calls(40, 'talk')
    world.clock.advance(hourMs + minuteMs)
    const engines = [world.engine, world.anotherEngine(), world.anotherEngine()]
    const reapers = engines.map((engine) => createReaper({ ...world, engine }))
    await Promise.all(reapers.map((reaper) => reaper.runOnce()))
    expect(await callsByStatus(world, workspace)).toEqual({ lost: 40 })
    expect((await world.balance(workspace)).balanceMs).toBe((100_000 - 40 * 60) * minuteMs)
    expect(await createReaper(world).runOnce()).toBe(0)
  })

  test('finds the calls that were lost behind any number that only it was too deaf to hear', async () => {
    const early = await calls(1001, 'ring')
    world.clock.advance(minuteMs)
    await calls(2, 'talk')
    world.clock.advance(hourMs + minuteMs)
    // It has been listening since just now: what rings may have been heard of by nobody. A hard stop is a hard stop.
    const reaper = createReaper(world)
    expect(await reaper.runOnce()).toBe(2)
    expect(await callsByStatus(world, workspace)).toEqual({ authorized: early.length, lost: 2 })
    world.clock.advance(hourMs / 2)
    expect(await reaper.runOnce()).toBe(early.length)
    expect(await callsByStatus(world, workspace)).toEqual({ lost: early.length + 2 })
  })

  test('takes no silence for an end that began before it listened', async () => {
    const [callId = ''] = await calls(1, 'talk')
    const { workspaceId } = workspace
    await world.engine.submit({ type: 'heartbeat', workspaceId, target: { callId } })
    world.clock.advance(10 * minuteMs)
    const reaper = createReaper(world)
    expect(await reaper.runOnce()).toBe(0)
    world.clock.advance(89_999)
    expect(await reaper.runOnce()).toBe(0)
    world.clock.advance(1)
    expect(await reaper.runOnce()).toBe(1)
    expect((await world.balance(workspace)).balanceMs).toBe(100_000 * minuteMs)
  })
})
