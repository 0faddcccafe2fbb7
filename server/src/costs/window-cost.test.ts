import { DAY_MS, HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CostWorld, openCostWorld } from '../../test/cost-world.ts'
import { answerOf, endOf, reapOf, startOf, verifyAll, worldStartsAtMs } from '../../test/world.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import { publicId } from '../public-ids.ts'
import { readRange } from '../reports/range.ts'
import { resolveWindow } from '../reports/window.ts'
import { precomputePriceSplits } from './precompute-price-splits.ts'

let world: CostWorld
beforeEach(async () => {
  world = await openCostWorld()
})
afterEach(async () => {
  expect(await verifyAll(world.database)).toEqual([])
  await world.close()
})

describe('a day on which the price changes', () => {
  test('is split before anyone asks, also for agents that are charged after the change only later', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS, priceMinor: 200 })
    await world.topUp(workspace, 100, 1_000)
    const other = await world.anotherAgent(workspace)
    await world.talk(other, 4 * MINUTE_MS)
    await world.talk(workspace, 8 * MINUTE_MS)
    expect(await precomputePriceSplits(world.database)).toBe(1)
    expect(await precomputePriceSplits(world.database)).toBe(0)
    await world.talk(other, MINUTE_MS)
    const ofOther = { preset: 'all', agentId: publicId('agent', other.agentId) } as const
    const { splits, cost } = await readInSnapshot(world.database, async (tx) => {
      const window = await resolveWindow(tx, workspace.workspaceId, ofOther, world.clock.now())
      return readRange(tx, workspace.workspaceId, window)
    })
    expect(cost).toMatchObject({ amounts: [{ minor: 80 + 10, currency: 'USD' }], boughtMs: 5 * MINUTE_MS })
    expect(splits).toEqual([])
    expect(await world.readCost(workspace)).toMatchObject({ amounts: [{ minor: 200 + 30, currency: 'USD' }] })
  })

  test('is reported by verify if a saved split differs from its calls', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS, priceMinor: 200 })
    await world.topUp(workspace, 10, 120)
    for (const minutes of [6, 7]) await world.talk(workspace, minutes * MINUTE_MS)
    await world.readCost(workspace)
    await world.database.query('update usage_splits set before_ms = before_ms + 1')
    const [difference] = await verifyAll(world.database)
    expect(difference).toMatchObject({
      workspaceId: workspace.workspaceId,
      check: 'each price split is what the calls of its day say',
      detail: expect.stringContaining('saved are 600001 ms, the calls say 600000 ms'),
    })
    await world.database.query('update usage_splits set before_ms = before_ms - 1')
  })
})

describe('used credit costs', () => {
  test('what was paid for it, in the order in which it was drawn', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS, priceMinor: 200 })
    await world.topUp(workspace, 10, 120)
    await world.topUp(workspace, 100, 1_000)
    await world.talk(workspace, 5 * MINUTE_MS)
    expect(await world.readCost(workspace)).toMatchObject({
      amounts: [{ minor: 100, currency: 'USD' }],
      boughtMs: 5 * MINUTE_MS,
    })
    await world.talk(workspace, 10 * MINUTE_MS)
    await world.talk(workspace, 7 * MINUTE_MS)
    // Ten credits at 20 cents, ten at 12, two at 10.
    const amounts = [{ minor: 200 + 120 + 20, currency: 'USD' }]
    expect(await world.readCost(workspace)).toMatchObject({ amounts })
    const lines = await world.readLines(workspace)
    expect(lines.map(({ cost }) => cost)).toEqual(['1.000000', '1.600000', '0.800000'])
  })

  test('nothing if it was free', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS, priceMinor: 0 })
    await world.grant(workspace, {
      kind: 'promotional',
      amountMs: 10 * MINUTE_MS,
      price: { minor: 0, perMs: 1, currency: 'XXX' },
    })
    await world.talk(workspace, 15 * MINUTE_MS)
    expect(await world.readCost(workspace)).toEqual({
      amounts: [],
      boughtMs: 0,
      freeMs: 15 * MINUTE_MS,
      unknownMs: 0,
      unpaidMs: 0,
    })
    expect(await world.readLines(workspace)).toMatchObject([{ cost: '0', currency: '', unpriced_ms: '0' }])
  })

  test('an unknown amount, which is shown as unknown, if the price of the plan is on request', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS, priceMinor: null })
    await world.topUp(workspace, 10, 100)
    await world.talk(workspace, 11 * MINUTE_MS)
    expect(await world.readCost(workspace)).toMatchObject({
      amounts: [{ minor: 10, currency: 'USD' }],
      boughtMs: MINUTE_MS,
      unknownMs: 10 * MINUTE_MS,
    })
    expect(await world.readLines(workspace)).toMatchObject([
      { cost: '0.100000', currency: 'USD', unpriced_ms: String(10 * MINUTE_MS) },
    ])
  })

  test('nothing yet while it is an overdraft, then the price of the credit that pays it', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS, priceMinor: 100 })
    await world.talk(workspace, 15 * MINUTE_MS)
    expect(await world.readCost(workspace)).toMatchObject({
      amounts: [{ minor: 100 }],
      unpaidMs: 5 * MINUTE_MS,
    })
    await world.topUp(workspace, 100, 2_000)
    expect(await world.readCost(workspace)).toMatchObject({
      amounts: [{ minor: 200 }],
      unpaidMs: 0,
      boughtMs: 15 * MINUTE_MS,
    })
  })

  test('an amount in each currency in which it was paid', async () => {
    const workspace = await world.workspace({ monthlyMs: 0 })
    await world.topUp(workspace, 1, 10, 'USD')
    await world.topUp(workspace, 1, 12, 'EUR')
    await world.topUp(workspace, 10, 1_500, 'JPY')
    await world.talk(workspace, 3 * MINUTE_MS)
    expect((await world.readCost(workspace)).amounts).toEqual([
      { minor: 150, currency: 'JPY' },
      { minor: 12, currency: 'EUR' },
      { minor: 10, currency: 'USD' },
    ])
    expect(await world.readLines(workspace)).toMatchObject([
      { cost: '0.100000 0.120000 150.0000', currency: 'USD EUR JPY' },
    ])
  })

  test('the price of each cycle’s credit for a call that is cut at a reset', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS, priceMinor: 100 })
    await world.topUp(workspace, 10, 50)
    world.clock.set(worldStartsAtMs + 31 * DAY_MS - 12 * MINUTE_MS)
    const start = startOf(workspace)
    await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
    world.clock.set(worldStartsAtMs + 31 * DAY_MS + 3 * MINUTE_MS)
    await world.engine.submit(endOf(world, workspace, start.callId))
    // Ten credits of the old cycle, two of the top-up, three of the new cycle.
    expect(await world.readCost(workspace)).toMatchObject({
      amounts: [{ minor: 100 + 10 + 30 }],
      boughtMs: 15 * MINUTE_MS,
    })
    expect(await world.readLines(workspace)).toMatchObject([{ cost: '1.400000' }])
  })

  test('the price of the part that is left for a call whose charge is reversed in part', async () => {
    const workspace = await world.workspace({
      monthlyMs: 10 * MINUTE_MS,
      priceMinor: 100,
      callDurationSecondsMax: 1_800,
    })
    await world.topUp(workspace, 100, 500)
    const start = startOf(workspace)
    await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
    world.clock.advance(HOUR_MS)
    await world.engine.submit(reapOf(workspace, start.callId))
    expect(await world.readCost(workspace)).toMatchObject({
      amounts: [{ minor: 100 + 100 }],
      boughtMs: 30 * MINUTE_MS,
    })
    await world.engine.submit(endOf(world, workspace, start.callId, 48 * MINUTE_MS))
    expect(await world.readCost(workspace)).toMatchObject({
      amounts: [{ minor: 100 + 10 }],
      boughtMs: 12 * MINUTE_MS,
    })
    // The returned credit costs what it cost before.
    await world.talk(workspace, 20 * MINUTE_MS)
    expect(await world.readCost(workspace)).toMatchObject({
      amounts: [{ minor: 100 + 110 }],
      boughtMs: 32 * MINUTE_MS,
    })
  })
})
