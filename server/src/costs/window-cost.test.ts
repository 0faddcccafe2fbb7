import { computePrice } from '@talktime/core/billing/price'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import {
  answerOf,
  endOf,
  openWorld,
  reapOf,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
  worldStartsAtMs,
} from '../../test/world.ts'
import { readReceipt } from '../calls/receipt.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import { publicId } from '../public-ids.ts'
import { createExporter } from '../reports/export.ts'
import { readRange } from '../reports/range.ts'
import { resolveWindow, type WindowQuery } from '../reports/window.ts'
import { closeMonths } from '../usage/closed-months.ts'
import { precomputePriceSplits } from './precompute-price-splits.ts'
import { keepSplits } from './price-change-days.ts'
import type { Cost } from './window-cost.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => {
  expect(await verifyAll(world.database)).toEqual([])
  await world.close()
})

async function costOf({ workspaceId }: TestWorkspace, query: WindowQuery = { preset: 'all' }): Promise<Cost> {
  const { window, usage } = await readInSnapshot(world.database, async (tx) => {
    const window = await resolveWindow(tx, workspaceId, query, world.clock.now())
    return { window, usage: await readRange(tx, workspaceId, window) }
  })
  await keepSplits(world.database, workspaceId, window.timeZone, usage.splits)
  return usage.cost
}

type Line = { call_id: string; duration_ms: string; cost: string; currency: string; unpriced_ms: string }

async function linesOf(
  { workspaceId }: TestWorkspace,
  query: WindowQuery = { preset: 'all' },
): Promise<Line[]> {
  const { file } = await createExporter(world.database).open(workspaceId, query, world.clock.now())
  const chunks: Buffer[] = []
  for await (const chunk of file) chunks.push(chunk as Buffer)
  return parse(Buffer.concat(chunks).toString(), { columns: true })
}

/** A conversation that is over now; the next one is a millisecond later. */
async function talk(workspace: TestWorkspace, ms: number): Promise<string> {
  world.clock.advance(1)
  const start = startOf(workspace)
  await world.ledger.catchUp([workspace.workspaceId])
  await world.engine.submitBatch([
    start,
    answerOf(world, workspace, start.callId, ms),
    endOf(world, workspace, start.callId),
  ])
  return start.callId
}

const topUp = (workspace: TestWorkspace, credits: number, minor: number, currency = 'USD') => {
  world.clock.advance(1)
  return world.grant(workspace, {
    kind: 'top_up',
    amountMs: credits * minuteMs,
    price: computePrice(minor, currency, credits * minuteMs),
  })
}

describe('a change of the price in the middle of a day', () => {
  test('is reckoned before somebody asks, also for agents who are charged after it only later', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs, priceMinor: 200 })
    await topUp(workspace, 100, 1_000)
    const other = await world.anotherAgent(workspace)
    await talk(other, 4 * minuteMs)
    await talk(workspace, 8 * minuteMs)
    expect(await precomputePriceSplits(world.database)).toBe(1)
    expect(await precomputePriceSplits(world.database)).toBe(0)
    await talk(other, minuteMs)
    const { splits } = await readInSnapshot(world.database, async (tx) => {
      const agentId = publicId('agent', other.agentId)
      const window = await resolveWindow(
        tx,
        workspace.workspaceId,
        { preset: 'all', agentId },
        world.clock.now(),
      )
      const { splits, cost } = await readRange(tx, workspace.workspaceId, window)
      expect(cost).toMatchObject({ amounts: [{ minor: 80 + 10, currency: 'USD' }], boughtMs: 5 * minuteMs })
      return { splits }
    })
    expect(splits).toEqual([])
    expect(await costOf(workspace)).toMatchObject({ amounts: [{ minor: 200 + 30, currency: 'USD' }] })
  })
})

describe('used credit costs', () => {
  test('what was paid for it, in the order in which it was drawn', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs, priceMinor: 200 })
    await topUp(workspace, 10, 120)
    await topUp(workspace, 100, 1_000)
    await talk(workspace, 5 * minuteMs)
    expect(await costOf(workspace)).toMatchObject({
      amounts: [{ minor: 100, currency: 'USD' }],
      boughtMs: 5 * minuteMs,
    })
    await talk(workspace, 10 * minuteMs)
    await talk(workspace, 7 * minuteMs)
    // Ten credits at 20 cents, ten at 12, two at 10.
    expect(await costOf(workspace)).toMatchObject({ amounts: [{ minor: 200 + 120 + 20, currency: 'USD' }] })
    expect((await linesOf(workspace)).map(({ cost }) => cost)).toEqual(['1.000000', '1.600000', '0.800000'])
  })

  test('nothing where it was given', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs, priceMinor: 0 })
    await world.grant(workspace, {
      kind: 'promotional',
      amountMs: 10 * minuteMs,
      price: { minor: 0, perMs: 1, currency: 'XXX' },
    })
    await talk(workspace, 15 * minuteMs)
    expect(await costOf(workspace)).toEqual({
      amounts: [],
      boughtMs: 0,
      freeMs: 15 * minuteMs,
      unknownMs: 0,
      unpaidMs: 0,
    })
    expect(await linesOf(workspace)).toMatchObject([{ cost: '0', currency: '', unpriced_ms: '0' }])
  })

  test('what nobody can say where the plan’s price is on request, and says so', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs, priceMinor: null })
    await topUp(workspace, 10, 100)
    await talk(workspace, 11 * minuteMs)
    expect(await costOf(workspace)).toMatchObject({
      amounts: [{ minor: 10, currency: 'USD' }],
      boughtMs: minuteMs,
      unknownMs: 10 * minuteMs,
    })
    expect(await linesOf(workspace)).toMatchObject([
      { cost: '0.100000', currency: 'USD', unpriced_ms: String(10 * minuteMs) },
    ])
  })

  test('nothing yet where it is owed, and the price of the credit that pays the debt', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs, priceMinor: 100 })
    await talk(workspace, 15 * minuteMs)
    expect(await costOf(workspace)).toMatchObject({ amounts: [{ minor: 100 }], unpaidMs: 5 * minuteMs })
    await topUp(workspace, 100, 2_000)
    expect(await costOf(workspace)).toMatchObject({
      amounts: [{ minor: 200 }],
      unpaidMs: 0,
      boughtMs: 15 * minuteMs,
    })
  })

  test('is told for each currency', async () => {
    const workspace = await world.workspace({ monthlyMs: 0 })
    await topUp(workspace, 1, 10, 'USD')
    await topUp(workspace, 1, 12, 'EUR')
    await topUp(workspace, 10, 1_500, 'JPY')
    await talk(workspace, 3 * minuteMs)
    expect((await costOf(workspace)).amounts).toEqual([
      { minor: 150, currency: 'JPY' },
      { minor: 12, currency: 'EUR' },
      { minor: 10, currency: 'USD' },
    ])
    expect(await linesOf(workspace)).toMatchObject([
      { cost: '0.100000 0.120000 150.0000', currency: 'USD EUR JPY' },
    ])
  })

  test('for a call that was cut at a reset what each cycle’s credit cost', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs, priceMinor: 100 })
    await topUp(workspace, 10, 50)
    world.clock.set(worldStartsAtMs + 31 * dayMs - 12 * minuteMs)
    const start = startOf(workspace)
    await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
    world.clock.set(worldStartsAtMs + 31 * dayMs + 3 * minuteMs)
    await world.engine.submit(endOf(world, workspace, start.callId))
    // Ten of the old cycle, two of the top-up, three of the new cycle.
    expect(await costOf(workspace)).toMatchObject({
      amounts: [{ minor: 100 + 10 + 30 }],
      boughtMs: 15 * minuteMs,
    })
    expect(await linesOf(workspace)).toMatchObject([{ cost: '1.400000' }])
  })

  test('for a call that was shorter than first charged what its own part cost', async () => {
    const workspace = await world.workspace({
      monthlyMs: 10 * minuteMs,
      priceMinor: 100,
      callDurationSecondsMax: 1_800,
    })
    await topUp(workspace, 100, 500)
    const start = startOf(workspace)
    await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
    world.clock.advance(hourMs)
    await world.engine.submit(reapOf(workspace, start.callId))
    expect(await costOf(workspace)).toMatchObject({
      amounts: [{ minor: 100 + 100 }],
      boughtMs: 30 * minuteMs,
    })
    await world.engine.submit(endOf(world, workspace, start.callId, 48 * minuteMs))
    expect(await costOf(workspace)).toMatchObject({ amounts: [{ minor: 100 + 10 }], boughtMs: 12 * minuteMs })
    // What was given back costs what it had cost.
    await talk(workspace, 20 * minuteMs)
    expect(await costOf(workspace)).toMatchObject({
      amounts: [{ minor: 100 + 110 }],
      boughtMs: 32 * minuteMs,
    })
  })
})

test('verify finds it where what is kept of a day’s prices is not what its calls say', async () => {
  const workspace = await world.workspace({ monthlyMs: 10 * minuteMs, priceMinor: 200 })
  await topUp(workspace, 10, 120)
  for (const minutes of [6, 7]) await talk(workspace, minutes * minuteMs)
  await costOf(workspace)
  await world.database.query('update usage_splits set before_ms = before_ms + 1')
  const [difference] = await verifyAll(world.database)
  expect(difference).toMatchObject({
    workspaceId: workspace.workspaceId,
    check: 'what is kept of the prices of a day is what its calls say',
    detail: expect.stringContaining('kept are 600001 ms, the calls say 600000 ms'),
  })
  await world.database.query('update usage_splits set before_ms = before_ms - 1')
})

/** Something that changes what calls cost, or when they were drawn. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('talk' as const),
      ms: fc.integer({ min: 0, max: 40 * minuteMs }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('answer' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('end' as const),
      agoMs: fc.integer({ min: 0, max: 90 * minuteMs }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('reap' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('buy' as const),
      credits: fc.integer({ min: 1, max: 60 }),
      minor: fc.integer({ min: 0, max: 700 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('gift' as const), credits: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('look' as const) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('chores' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 6 * dayMs }) }),
  },
)

test('whatever happens, the cost of a window is that of its calls, and each call’s that of its receipt', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 5, maxLength: 40, size: 'max' }),
      async (happenings) => {
        const workspace = await world.workspace({
          monthlyMs: 25 * minuteMs,
          priceMinor: 333,
          callDurationSecondsMax: 3_000,
          timeZone: 'America/New_York',
        })
        const open: string[] = []
        for (const happening of happenings) await happen(workspace, open, happening)
        for (const query of [{ preset: 'all' }, { preset: 'last_30_days' }] as const)
          await expectSameCost(workspace, query)
      },
    ),
    propertyRuns(12),
  )
})

async function happen(
  workspace: TestWorkspace,
  open: string[],
  happening: typeof happeningType,
): Promise<void> {
  await world.ledger.catchUp([workspace.workspaceId])
  const oldest = open[0] ?? ''
  switch (happening.what) {
    case 'talk':
      await talk(workspace, happening.ms)
      return
    case 'answer': {
      const start = startOf(workspace)
      await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
      open.push(start.callId)
      return
    }
    case 'end':
      if (oldest !== '') await world.engine.submit(endOf(world, workspace, oldest, happening.agoMs))
      open.shift()
      return
    case 'reap':
      if (oldest !== '') await world.engine.submit(reapOf(workspace, oldest))
      return
    case 'buy':
      await topUp(workspace, happening.credits, happening.minor)
      return
    case 'gift': {
      const expiresAtMs = world.clock.now() + 3 * dayMs
      await world.grant(workspace, {
        kind: 'promotional',
        amountMs: happening.credits * minuteMs,
        expiresAtMs,
      })
      return
    }
    case 'look':
      await costOf(workspace)
      return
    case 'chores':
      await precomputePriceSplits(world.database)
      await closeMonths(world, world.clock.now())
      return
    case 'wait':
      world.clock.advance(happening.ms)
  }
}
declare const happeningType: typeof happening extends fc.Arbitrary<infer T> ? T : never

/** Call by call, from the receipts: which grants paid, and at what price. */
async function expectSameCost(workspace: TestWorkspace, query: WindowQuery): Promise<void> {
  const cost = await costOf(workspace, query)
  const lines = await linesOf(workspace, query)
  let exactMinor = 0
  const sums = { boughtMs: 0, freeMs: 0, unknownMs: 0, unpaidMs: 0 }
  for (const line of lines) {
    const uuid = line.call_id
      .replace('call_', '')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    expect(publicId('call', uuid)).toBe(line.call_id)
    const receipt = await readReceipt(world.database, workspace.workspaceId, uuid)
    let ownMinor = 0
    let unpricedMs = receipt.unpaidMs
    for (const { grant, amountMs } of receipt.payments) {
      if (grant.priceMinor === null || grant.pricePerMs === null) {
        sums.unknownMs += amountMs
        unpricedMs += amountMs
      } else if (grant.priceMinor === 0) sums.freeMs += amountMs
      else {
        sums.boughtMs += amountMs
        ownMinor += (amountMs * grant.priceMinor) / grant.pricePerMs
      }
    }
    sums.unpaidMs += receipt.unpaidMs
    exactMinor += ownMinor
    expect(Number(line.unpriced_ms)).toBe(unpricedMs)
    // Each piece of a call may be rounded by a part of a cent.
    expect(Math.abs(Number(line.cost) * 100 - ownMinor)).toBeLessThan(0.002)
  }
  expect(cost).toMatchObject(sums)
  const minor = cost.amounts[0]?.minor ?? 0
  expect(Math.abs(minor - exactMinor)).toBeLessThanOrEqual(0.5 + 0.001 * (lines.length + 1))
  const sumOfLines = lines.reduce((sum, { cost: text }) => sum + BigInt(text.replace('.', '') || '0'), 0n)
  expect(Math.floor(Number(sumOfLines) / 10_000 + 0.5)).toBe(minor)
}
