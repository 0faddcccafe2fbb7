import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  answerOf,
  endOf,
  openWorld,
  reapOf,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
} from '../../test/world.ts'
import { readLine } from '../ledger/index.ts'
import { readReceipt } from './receipt.ts'

const minuteMs = 60_000

let world: World
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.clock.advance(minuteMs))
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

/** Begins a call so many minutes before the workspace's next reset, and lets it be heard of once. */
async function callBeforeReset(workspace: TestWorkspace, minutes: number): Promise<string> {
  const { nextBoundaryMs } = await readLine(world.database, workspace.workspaceId)
  world.clock.set((nextBoundaryMs ?? 0) - minutes * minuteMs)
  return call(workspace)
}

async function call(workspace: TestWorkspace): Promise<string> {
  const start = startOf(workspace)
  const target = { callId: start.callId }
  await world.engine.submitBatch([
    start,
    answerOf(world, workspace, start.callId),
    { type: 'heartbeat', workspaceId: workspace.workspaceId, target },
  ])
  return start.callId
}

/** The receipt in minutes: which kinds of credit paid how much, what is unpaid, and the entries. */
async function receipt(workspace: TestWorkspace, callId: string) {
  const { call, payments, unpaidMs, entries } = await readReceipt(
    world.database,
    workspace.workspaceId,
    callId,
  )
  return {
    charged: call.facts.settledMs / minuteMs,
    paid: payments.map(({ grant, amountMs }) => `${amountMs / minuteMs} ${nameOf(grant)}`),
    unpaid: unpaidMs / minuteMs,
    entries: entries.map((entry) => entry.amountMs / minuteMs),
  }
}

function nameOf(grant: { kind: string; expiredAtMs: number | null; returned: boolean }): string {
  return `${grant.returned ? 'returned ' : ''}${grant.kind}${grant.expiredAtMs === null ? '' : ', now expired'}`
}

describe('a receipt', () => {
  test('of a call in conversation has nothing on it yet', async () => {
    const workspace = await world.workspace()
    const callId = await call(workspace)
    world.clock.advance(minuteMs)
    expect(await receipt(workspace, callId)).toEqual({ charged: 0, paid: [], unpaid: 0, entries: [] })
  })

  test('names the grants in the order in which they paid, and what none has paid', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs })
    await world.grant(workspace, { kind: 'top_up', amountMs: 20 * minuteMs })
    await world.grant(workspace, {
      kind: 'promotional',
      amountMs: minuteMs,
      expiresAtMs: world.clock.now() + 5 * minuteMs,
    })
    const callId = await call(workspace)
    world.clock.advance(40 * minuteMs)
    await world.engine.submit(endOf(world, workspace, callId))
    const paid = ['1 promotional', '10 monthly', '20 top_up']
    // The promotional credit was spent before it could expire: the call was cut there.
    expect(await receipt(workspace, callId)).toEqual({ charged: 40, paid, unpaid: 9, entries: [-5, -35] })

    await world.grant(workspace, { kind: 'adjustment', amountMs: 30 * minuteMs })
    expect(await receipt(workspace, callId)).toEqual({
      charged: 40,
      paid: [...paid, '9 adjustment'],
      unpaid: 0,
      entries: [-5, -35],
    })
  })

  test('of a call across a reset has a part of each cycle on it', async () => {
    const workspace = await world.workspace()
    const callId = await callBeforeReset(workspace, 12)
    world.clock.advance(20 * minuteMs)
    await world.engine.submit(endOf(world, workspace, callId))
    expect(await receipt(workspace, callId)).toEqual({
      charged: 20,
      paid: ['12 monthly, now expired', '8 monthly'],
      unpaid: 0,
      entries: [-12, -8],
    })
  })

  test('of a call that was charged too much shows what was given back, and who paid after all', async () => {
    const workspace = await world.workspace()
    const callId = await callBeforeReset(workspace, 12)
    world.clock.advance(20 * minuteMs)
    await world.engine.submit(endOf(world, workspace, callId, 15 * minuteMs))
    expect(await receipt(workspace, callId)).toEqual({
      charged: 5,
      paid: ['5 monthly, now expired'],
      unpaid: 0,
      entries: [-12, 7],
    })
  })

  test('of a call that was given credit back and charged again takes the credit off the grant it went back to', async () => {
    const workspace = await world.workspace()
    const callId = await callBeforeReset(workspace, 12)
    world.clock.advance(20 * minuteMs)
    // Its heartbeat was its last sign of life: all twelve minutes go back to the old cycle.
    await world.engine.submit(reapOf(workspace, callId))
    await world.engine.submit(endOf(world, workspace, callId))
    expect(await receipt(workspace, callId)).toEqual({
      charged: 20,
      paid: ['20 monthly'],
      unpaid: 0,
      entries: [-12, 12, -20],
    })
  })

  test('of a call whose debt was given back shows the debt that it still has', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs, callDurationSecondsMax: 3600 })
    const start = startOf(workspace)
    const { callId } = start
    await world.engine.submitBatch([start, answerOf(world, workspace, callId)])
    world.clock.advance(61 * minuteMs)
    await world.engine.submit(reapOf(workspace, callId))
    expect(await receipt(workspace, callId)).toMatchObject({ charged: 60, paid: ['10 monthly'], unpaid: 50 })
    await world.engine.submit(endOf(world, workspace, callId, 31 * minuteMs))
    expect(await receipt(workspace, callId)).toEqual({
      charged: 30,
      paid: ['10 monthly'],
      unpaid: 20,
      entries: [-60, 30],
    })
    await world.grant(workspace, { kind: 'top_up', amountMs: 50 * minuteMs })
    expect(await receipt(workspace, callId)).toMatchObject({
      charged: 30,
      paid: ['10 monthly', '20 top_up'],
      unpaid: 0,
    })
  })
})
