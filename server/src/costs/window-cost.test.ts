import { priceOf } from '@talktime/core/billing/price'
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
  type Tenant,
  verifyAll,
  type World,
  worldStartsAtMs,
} from '../../test/world.ts'
import { readReceipt } from '../calls/receipt.ts'
import { inOneSnapshot } from '../platform/database/snapshot.ts'
import { publicId } from '../platform/ids.ts'
import { createExporter } from '../reports/export.ts'
import { readRange } from '../reports/range.ts'
import { resolveWindow, type WindowQuery } from '../reports/window.ts'
import { closeMonths } from '../usage/closed-months.ts'
import { lookAtPrices } from './precompute-price-splits.ts'
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

async function costOf({ workspaceId }: Tenant, query: WindowQuery = { preset: 'all' }): Promise<Cost> {
  const { window, usage } = await inOneSnapshot(world.database, async (tx) => {
    const window = await resolveWindow(tx, workspaceId, query, world.clock.now())
    return { window, usage: await readRange(tx, workspaceId, window) }
  })
  await keepSplits(world.database, workspaceId, window.timeZone, usage.splits)
  return usage.cost
}

type Line = { call_id: string; duration_ms: string; cost: string; currency: string; unpriced_ms: string }

async function linesOf({ workspaceId }: Tenant, query: WindowQuery = { preset: 'all' }): Promise<Line[]> {
  const { file } = await createExporter(world.database).open(workspaceId, query, world.clock.now())
  const chunks: Buffer[] = []
  for await (const chunk of file) chunks.push(chunk as Buffer)
  return parse(Buffer.concat(chunks).toString(), { columns: true })
}

/** A conversation that is over now; the next one is a millisecond later. */
async function talk(tenant: Tenant, ms: number): Promise<string> {
  world.clock.advance(1)
  const start = startOf(tenant)
  await world.boundaries.catchUp([tenant.workspaceId], world.clock.now())
  await world.engine.submitBatch([
    start,
    answerOf(world, tenant, start.callId, ms),
    endOf(world, tenant, start.callId),
  ])
  return start.callId
}

const topUp = (tenant: Tenant, credits: number, minor: number, currency = 'USD') => {
  world.clock.advance(1)
  return world.grant(tenant, {
    kind: 'top_up',
    amountMs: credits * minuteMs,
    price: priceOf(minor, currency, credits * minuteMs),
  })
}

describe('a change of the price in the middle of a day', () => {
  test('is reckoned before somebody asks, also for agents who are charged after it only later', async () => {
    const tenant = await world.tenant({ monthlyMs: 10 * minuteMs, priceMinor: 200 })
    await topUp(tenant, 100, 1_000)
    const other = await world.anotherAgent(tenant)
    await talk(other, 4 * minuteMs)
    await talk(tenant, 8 * minuteMs)
    expect(await lookAtPrices(world.database)).toBe(1)
    expect(await lookAtPrices(world.database)).toBe(0)
    await talk(other, minuteMs)
    const { splits } = await inOneSnapshot(world.database, async (tx) => {
      const agentId = publicId('agent', other.agentId)
      const window = await resolveWindow(
        tx,
        tenant.workspaceId,
        { preset: 'all', agentId },
        world.clock.now(),
      )
      const { splits, cost } = await readRange(tx, tenant.workspaceId, window)
      expect(cost).toMatchObject({ amounts: [{ minor: 80 + 10, currency: 'USD' }], boughtMs: 5 * minuteMs })
      return { splits }
    })
    expect(splits).toEqual([])
    expect(await costOf(tenant)).toMatchObject({ amounts: [{ minor: 200 + 30, currency: 'USD' }] })
  })
})

describe('used credit costs', () => {
  test('what was paid for it, in the order in which it was drawn', async () => {
    const tenant = await world.tenant({ monthlyMs: 10 * minuteMs, priceMinor: 200 })
    await topUp(tenant, 10, 120)
    await topUp(tenant, 100, 1_000)
    await talk(tenant, 5 * minuteMs)
    expect(await costOf(tenant)).toMatchObject({
      amounts: [{ minor: 100, currency: 'USD' }],
      boughtMs: 5 * minuteMs,
    })
    await talk(tenant, 10 * minuteMs)
    await talk(tenant, 7 * minuteMs)
    // Ten credits at 20 cents, ten at 12, two at 10.
    expect(await costOf(tenant)).toMatchObject({ amounts: [{ minor: 200 + 120 + 20, currency: 'USD' }] })
    expect((await linesOf(tenant)).map(({ cost }) => cost)).toEqual(['1.000000', '1.600000', '0.800000'])
  })

  test('nothing where it was given', async () => {
    const tenant = await world.tenant({ monthlyMs: 10 * minuteMs, priceMinor: 0 })
    await world.grant(tenant, {
      kind: 'promotional',
      amountMs: 10 * minuteMs,
      price: { minor: 0, perMs: 1, currency: 'XXX' },
    })
    await talk(tenant, 15 * minuteMs)
    expect(await costOf(tenant)).toEqual({
      amounts: [],
      boughtMs: 0,
      freeMs: 15 * minuteMs,
      unknownMs: 0,
      unpaidMs: 0,
    })
    expect(await linesOf(tenant)).toMatchObject([{ cost: '0', currency: '', unpriced_ms: '0' }])
  })

  test('what nobody can say where the plan’s price is on request, and says so', async () => {
    const tenant = await world.tenant({ monthlyMs: 10 * minuteMs, priceMinor: null })
    await topUp(tenant, 10, 100)
    await talk(tenant, 11 * minuteMs)
    expect(await costOf(tenant)).toMatchObject({
      amounts: [{ minor: 10, currency: 'USD' }],
      boughtMs: minuteMs,
      unknownMs: 10 * minuteMs,
    })
    expect(await linesOf(tenant)).toMatchObject([
      { cost: '0.100000', currency: 'USD', unpriced_ms: String(10 * minuteMs) },
    ])
  })

  test('nothing yet where it is owed, and the price of the credit that pays the debt', async () => {
    const tenant = await world.tenant({ monthlyMs: 10 * minuteMs, priceMinor: 100 })
    await talk(tenant, 15 * minuteMs)
    expect(await costOf(tenant)).toMatchObject({ amounts: [{ minor: 100 }], unpaidMs: 5 * minuteMs })
    await topUp(tenant, 100, 2_000)
    expect(await costOf(tenant)).toMatchObject({
      amounts: [{ minor: 200 }],
      unpaidMs: 0,
      boughtMs: 15 * minuteMs,
    })
  })

  test('is told for each currency', async () => {
    const tenant = await world.tenant({ monthlyMs: 0 })
    await topUp(tenant, 1, 10, 'USD')
    await topUp(tenant, 1, 12, 'EUR')
    await topUp(tenant, 10, 1_500, 'JPY')
    await talk(tenant, 3 * minuteMs)
    expect((await costOf(tenant)).amounts).toEqual([
      { minor: 150, currency: 'JPY' },
      { minor: 12, currency: 'EUR' },
      { minor: 10, currency: 'USD' },
    ])
    expect(await linesOf(tenant)).toMatchObject([
      { cost: '0.100000 0.120000 150.0000', currency: 'USD EUR JPY' },
    ])
  })

  test('for a call that was cut at a reset what each cycle’s credit cost', async () => {
    const tenant = await world.tenant({ monthlyMs: 10 * minuteMs, priceMinor: 100 })
    await topUp(tenant, 10, 50)
    world.clock.set(worldStartsAtMs + 31 * dayMs - 12 * minuteMs)
    const start = startOf(tenant)
    await world.engine.submitBatch([start, answerOf(world, tenant, start.callId)])
    world.clock.set(worldStartsAtMs + 31 * dayMs + 3 * minuteMs)
    await world.engine.submit(endOf(world, tenant, start.callId))
    // Ten of the old cycle, two of the top-up, three of the new cycle.
    expect(await costOf(tenant)).toMatchObject({
      amounts: [{ minor: 100 + 10 + 30 }],
      boughtMs: 15 * minuteMs,
    })
    expect(await linesOf(tenant)).toMatchObject([{ cost: '1.400000' }])
  })

  test('for a call that was shorter than first charged what its own part cost', async () => {
    const tenant = await world.tenant({
      monthlyMs: 10 * minuteMs,
      priceMinor: 100,
      callDurationSecondsMax: 1_800,
    })
    await topUp(tenant, 100, 500)
    const start = startOf(tenant)
    await world.engine.submitBatch([start, answerOf(world, tenant, start.callId)])
    world.clock.advance(hourMs)
    await world.engine.submit(reapOf(tenant, start.callId))
    expect(await costOf(tenant)).toMatchObject({ amounts: [{ minor: 100 + 100 }], boughtMs: 30 * minuteMs })
    await world.engine.submit(endOf(world, tenant, start.callId, 48 * minuteMs))
    expect(await costOf(tenant)).toMatchObject({ amounts: [{ minor: 100 + 10 }], boughtMs: 12 * minuteMs })
    // What was given back costs what it had cost.
    await talk(tenant, 20 * minuteMs)
    expect(await costOf(tenant)).toMatchObject({ amounts: [{ minor: 100 + 110 }], boughtMs: 32 * minuteMs })
  })
})

test('verify finds it where what is kept of a day’s prices is not what its calls say', async () => {
  const tenant = await world.tenant({ monthlyMs: 10 * minuteMs, priceMinor: 200 })
  await topUp(tenant, 10, 120)
  for (const minutes of [6, 7]) await talk(tenant, minutes * minuteMs)
  await costOf(tenant)
  await world.database.query('update usage_splits set before_ms = before_ms + 1')
  const [difference] = await verifyAll(world.database)
  expect(difference).toMatchObject({
    workspaceId: tenant.workspaceId,
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
        const tenant = await world.tenant({
          monthlyMs: 25 * minuteMs,
          priceMinor: 333,
          callDurationSecondsMax: 3_000,
          timeZone: 'America/New_York',
        })
        const open: string[] = []
        for (const happening of happenings) await happen(tenant, open, happening)
        for (const query of [{ preset: 'all' }, { preset: 'last_30_days' }] as const)
          await expectSameCost(tenant, query)
      },
    ),
    propertyRuns(12),
  )
})

async function happen(tenant: Tenant, open: string[], happening: typeof happeningType): Promise<void> {
  await world.boundaries.catchUp([tenant.workspaceId], world.clock.now())
  const oldest = open[0] ?? ''
  switch (happening.what) {
    case 'talk':
      await talk(tenant, happening.ms)
      return
    case 'answer': {
      const start = startOf(tenant)
      await world.engine.submitBatch([start, answerOf(world, tenant, start.callId)])
      open.push(start.callId)
      return
    }
    case 'end':
      if (oldest !== '') await world.engine.submit(endOf(world, tenant, oldest, happening.agoMs))
      open.shift()
      return
    case 'reap':
      if (oldest !== '') await world.engine.submit(reapOf(tenant, oldest))
      return
    case 'buy':
      await topUp(tenant, happening.credits, happening.minor)
      return
    case 'gift': {
      const expiresAtMs = world.clock.now() + 3 * dayMs
      await world.grant(tenant, { kind: 'promotional', amountMs: happening.credits * minuteMs, expiresAtMs })
      return
    }
    case 'look':
      await costOf(tenant)
      return
    case 'chores':
      await lookAtPrices(world.database)
      await closeMonths(world.database, world.clock.now())
      return
    case 'wait':
      world.clock.advance(happening.ms)
  }
}
declare const happeningType: typeof happening extends fc.Arbitrary<infer T> ? T : never

/** Call by call, from the receipts: which grants paid, and at what price. */
async function expectSameCost(tenant: Tenant, query: WindowQuery): Promise<void> {
  const cost = await costOf(tenant, query)
  const lines = await linesOf(tenant, query)
  let exactMinor = 0
  const sums = { boughtMs: 0, freeMs: 0, unknownMs: 0, unpaidMs: 0 }
  for (const line of lines) {
    const uuid = line.call_id
      .replace('call_', '')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    expect(publicId('call', uuid)).toBe(line.call_id)
    const receipt = await readReceipt(world.database, tenant.workspaceId, uuid)
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
