import { MINUTE_MS } from '@talktime/core/time/durations'
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

let world: World
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.clock.advance(MINUTE_MS))
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

/** Starts a call that is answered some minutes before the workspace's next reset, with one heartbeat. */
async function startBeforeReset(workspace: TestWorkspace, minutes: number): Promise<string> {
  const { nextBoundaryMs } = await readLine(world.database, workspace.workspaceId)
  world.clock.set((nextBoundaryMs ?? 0) - minutes * MINUTE_MS)
  return startCall(workspace)
}

async function startCall(workspace: TestWorkspace): Promise<string> {
  const start = startOf(workspace)
  const target = { callId: start.callId }
  await world.engine.submitBatch([
    start,
    answerOf(world, workspace, start.callId),
    { type: 'heartbeat', workspaceId: workspace.workspaceId, target },
  ])
  return start.callId
}

/** Reads a receipt in minutes: which kinds of credit paid how much, what is unpaid, and the entries. */
async function summarizeReceipt(workspace: TestWorkspace, callId: string) {
  const { call, payments, unpaidMs, entries } = await readReceipt(
    world.database,
    workspace.workspaceId,
    callId,
  )
  return {
    charged: call.facts.settledMs / MINUTE_MS,
    paid: payments.map(({ grant, amountMs }) => `${amountMs / MINUTE_MS} ${describeGrant(grant)}`),
    unpaid: unpaidMs / MINUTE_MS,
    entries: entries.map((entry) => entry.amountMs / MINUTE_MS),
  }
}

function describeGrant(grant: { kind: string; expiredAtMs: number | null; returned: boolean }): string {
  return `${grant.returned ? 'returned ' : ''}${grant.kind}${grant.expiredAtMs === null ? '' : ', now expired'}`
}

describe('a receipt', () => {
  test('of a live call is empty', async () => {
    const workspace = await world.workspace()
    const callId = await startCall(workspace)
    world.clock.advance(MINUTE_MS)
    expect(await summarizeReceipt(workspace, callId)).toEqual({
      charged: 0,
      paid: [],
      unpaid: 0,
      entries: [],
    })
  })

  test('names the grants in the order in which they paid, and what no grant has paid', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS })
    await world.grant(workspace, { kind: 'top_up', amountMs: 20 * MINUTE_MS })
    await world.grant(workspace, {
      kind: 'promotional',
      amountMs: MINUTE_MS,
      expiresAtMs: world.clock.now() + 5 * MINUTE_MS,
    })
    const callId = await startCall(workspace)
    world.clock.advance(40 * MINUTE_MS)
    await world.engine.submit(endOf(world, workspace, callId))
    const paid = ['1 promotional', '10 monthly', '20 top_up']
    // The call was cut when the promotional credit expired. It had been spent before.
    expect(await summarizeReceipt(workspace, callId)).toEqual({
      charged: 40,
      paid,
      unpaid: 9,
      entries: [-5, -35],
    })

    await world.grant(workspace, { kind: 'adjustment', amountMs: 30 * MINUTE_MS })
    expect(await summarizeReceipt(workspace, callId)).toEqual({
      charged: 40,
      paid: [...paid, '9 adjustment'],
      unpaid: 0,
      entries: [-5, -35],
    })
  })

  test('of a call across a reset has a part of each cycle', async () => {
    const workspace = await world.workspace()
    const callId = await startBeforeReset(workspace, 12)
    world.clock.advance(20 * MINUTE_MS)
    await world.engine.submit(endOf(world, workspace, callId))
    expect(await summarizeReceipt(workspace, callId)).toEqual({
      charged: 20,
      paid: ['12 monthly, now expired', '8 monthly'],
      unpaid: 0,
      entries: [-12, -8],
    })
  })

  test('of a call that was charged too much shows the reversal, and which grants paid in the end', async () => {
    const workspace = await world.workspace()
    const callId = await startBeforeReset(workspace, 12)
    world.clock.advance(20 * MINUTE_MS)
    await world.engine.submit(endOf(world, workspace, callId, 15 * MINUTE_MS))
    expect(await summarizeReceipt(workspace, callId)).toEqual({
      charged: 5,
      paid: ['5 monthly, now expired'],
      unpaid: 0,
      entries: [-12, 7],
    })
  })

  test('of a call that was reversed and charged again counts the reversal for the grant that got the credit back', async () => {
    const workspace = await world.workspace()
    const callId = await startBeforeReset(workspace, 12)
    world.clock.advance(20 * MINUTE_MS)
    // Its heartbeat was its last sign of life, so all twelve minutes are returned to the old cycle.
    await world.engine.submit(reapOf(workspace, callId))
    await world.engine.submit(endOf(world, workspace, callId))
    expect(await summarizeReceipt(workspace, callId)).toEqual({
      charged: 20,
      paid: ['20 monthly'],
      unpaid: 0,
      entries: [-12, 12, -20],
    })
  })

  test('of a call whose overdraft was partly reversed shows the overdraft that is left', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS, callDurationSecondsMax: 3600 })
    const start = startOf(workspace)
    const { callId } = start
    await world.engine.submitBatch([start, answerOf(world, workspace, callId)])
    world.clock.advance(61 * MINUTE_MS)
    await world.engine.submit(reapOf(workspace, callId))
    expect(await summarizeReceipt(workspace, callId)).toMatchObject({
      charged: 60,
      paid: ['10 monthly'],
      unpaid: 50,
    })
    await world.engine.submit(endOf(world, workspace, callId, 31 * MINUTE_MS))
    expect(await summarizeReceipt(workspace, callId)).toEqual({
      charged: 30,
      paid: ['10 monthly'],
      unpaid: 20,
      entries: [-60, 30],
    })
    await world.grant(workspace, { kind: 'top_up', amountMs: 50 * MINUTE_MS })
    expect(await summarizeReceipt(workspace, callId)).toMatchObject({
      charged: 30,
      paid: ['10 monthly', '20 top_up'],
      unpaid: 0,
    })
  })
})
