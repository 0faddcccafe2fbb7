import { assertNever } from '@talktime/core/exhaustive'
import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { type CostLine, type CostWorld, openCostWorld } from '../../test/cost-world.ts'
import { answerOf, endOf, reapOf, startOf, type TestWorkspace, verifyAll } from '../../test/world.ts'
import { readReceipt } from '../calls/receipt.ts'
import { publicId } from '../public-ids.ts'
import type { WindowQuery } from '../reports/window.ts'
import { closeMonths } from '../usage/index.ts'
import { precomputePriceSplits } from './precompute-price-splits.ts'

let world: CostWorld
beforeEach(async () => {
  world = await openCostWorld()
})
afterEach(async () => {
  expect(await verifyAll(world.database)).toEqual([])
  await world.close()
})

/** Something that changes what calls cost, or when they are drawn. */
type Step =
  | { readonly kind: 'talk'; readonly ms: number }
  | { readonly kind: 'answer' }
  | { readonly kind: 'end'; readonly agoMs: number }
  | { readonly kind: 'reap' }
  | { readonly kind: 'buy'; readonly credits: number; readonly minor: number }
  | { readonly kind: 'grant'; readonly credits: number }
  | { readonly kind: 'read' }
  | { readonly kind: 'chores' }
  | { readonly kind: 'wait'; readonly ms: number }

const kindOf = <Kind extends Step['kind']>(kind: Kind) => fc.constant(kind)
const between = (min: number, max: number) => fc.integer({ min, max })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kindOf('talk'), ms: between(0, 40 * MINUTE_MS) }) },
  { weight: 2, arbitrary: fc.record({ kind: kindOf('answer') }) },
  { weight: 2, arbitrary: fc.record({ kind: kindOf('end'), agoMs: between(0, 90 * MINUTE_MS) }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf('reap') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kindOf('buy'), credits: between(1, 60), minor: between(0, 700) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kindOf('grant'), credits: between(1, 20) }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf('read') }) },
  { weight: 2, arbitrary: fc.record({ kind: kindOf('chores') }) },
  { weight: 3, arbitrary: fc.record({ kind: kindOf('wait'), ms: between(1, 6 * DAY_MS) }) },
)

test('the cost of a window is the cost of its calls, and each call costs what its receipt says, after any history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
      const workspace = await world.workspace({
        monthlyMs: 25 * MINUTE_MS,
        priceMinor: 333,
        callDurationSecondsMax: 3_000,
        timeZone: 'America/New_York',
      })
      const open: string[] = []
      for (const step of steps) await perform(workspace, open, step)
      for (const query of [{ preset: 'all' }, { preset: 'last_30_days' }] as const)
        await expectEqualCosts(workspace, query)
    }),
    propertyRuns(12),
  )
})

/** @param open IDs of the calls in conversation, the oldest first */
async function perform(workspace: TestWorkspace, open: string[], step: Step): Promise<void> {
  await world.ledger.catchUp([workspace.workspaceId])
  const oldest = open[0] ?? ''
  switch (step.kind) {
    case 'talk':
      await world.talk(workspace, step.ms)
      return
    case 'answer': {
      const start = startOf(workspace)
      await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
      open.push(start.callId)
      return
    }
    case 'end':
      if (oldest !== '') await world.engine.submit(endOf(world, workspace, oldest, step.agoMs))
      open.shift()
      return
    case 'reap':
      if (oldest !== '') await world.engine.submit(reapOf(workspace, oldest))
      return
    case 'buy':
      await world.topUp(workspace, step.credits, step.minor)
      return
    case 'grant': {
      const expiresAtMs = world.clock.now() + 3 * DAY_MS
      const amountMs = step.credits * MINUTE_MS
      await world.grant(workspace, { kind: 'promotional', amountMs, expiresAtMs })
      return
    }
    case 'read':
      await world.readCost(workspace)
      return
    case 'chores':
      await precomputePriceSplits(world.database)
      await closeMonths(world, world.clock.now())
      return
    case 'wait':
      world.clock.advance(step.ms)
      return
    default:
      assertNever(step)
  }
}

/** Compares a window's cost with its calls one by one: which grants paid, according to their receipts, and at what price. */
async function expectEqualCosts(workspace: TestWorkspace, query: WindowQuery): Promise<void> {
  const cost = await world.readCost(workspace, query)
  const lines = await world.readLines(workspace, query)
  let exactMinor = 0
  const sums = { boughtMs: 0, freeMs: 0, unknownMs: 0, unpaidMs: 0 }
  for (const line of lines) {
    const call = await readCallCost(workspace, line)
    exactMinor += call.exactMinor
    sums.boughtMs += call.boughtMs
    sums.freeMs += call.freeMs
    sums.unknownMs += call.unknownMs
    sums.unpaidMs += call.unpaidMs
    expect(Number(line.unpriced_ms)).toBe(call.unknownMs + call.unpaidMs)
    // Each range of a call may be rounded by a part of a cent.
    expect(Math.abs(Number(line.cost) * 100 - call.exactMinor)).toBeLessThan(0.002)
  }
  expect(cost).toMatchObject(sums)
  const minor = cost.amounts[0]?.minor ?? 0
  expect(Math.abs(minor - exactMinor)).toBeLessThanOrEqual(0.5 + 0.001 * (lines.length + 1))
  const sumOfLines = lines.reduce((sum, { cost: text }) => sum + BigInt(text.replace('.', '') || '0'), 0n)
  expect(Math.floor(Number(sumOfLines) / 10_000 + 0.5)).toBe(minor)
}

/** Computes what the call of an export's line cost, from its receipt. `exactMinor` is not rounded. */
async function readCallCost({ workspaceId }: TestWorkspace, line: CostLine) {
  const uuid = line.call_id
    .replace('call_', '')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  expect(publicId('call', uuid)).toBe(line.call_id)
  const receipt = await readReceipt(world.database, workspaceId, uuid)
  const cost = { exactMinor: 0, boughtMs: 0, freeMs: 0, unknownMs: 0, unpaidMs: receipt.unpaidMs }
  for (const { grant, amountMs } of receipt.payments) {
    if (grant.priceMinor === null || grant.pricePerMs === null) cost.unknownMs += amountMs
    else if (grant.priceMinor === 0) cost.freeMs += amountMs
    else {
      cost.boughtMs += amountMs
      cost.exactMinor += (amountMs * grant.priceMinor) / grant.pricePerMs
    }
  }
  return cost
}
