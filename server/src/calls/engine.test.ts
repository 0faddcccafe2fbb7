import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callOf, openWorld, startOf, type Tenant, verifyAll, type World } from '../../test/world.ts'
import type { CallCommand, CallOutcome } from './command.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

let world: World
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.clock.advance(minuteMs))
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

function answerOf(tenant: Tenant, callId: string, agoMs = 0): CallCommand {
  const atMs = world.clock.now() - agoMs
  return { type: 'answer', workspaceId: tenant.workspaceId, target: { callId }, atMs }
}

function endOf(tenant: Tenant, callId: string, agoMs = 0): CallCommand {
  const atMs = world.clock.now() - agoMs
  return { type: 'end', workspaceId: tenant.workspaceId, target: { callId }, atMs, reason: null }
}

/** A whole call of a minute, just over. */
function callOfAMinute(tenant: Tenant): CallCommand[] {
  const start = startOf(tenant)
  return [start, answerOf(tenant, start.callId, minuteMs), endOf(tenant, start.callId)]
}

const chargedMs = (outcome: CallOutcome | undefined) => callOf(outcome).facts.settledMs

describe('batches side by side', () => {
  test('of one engine and one workspace each do their whole work', async () => {
    const tenant = await world.tenant({ monthlyMs: 100 * minuteMs })
    const batches = await Promise.all(
      Array.from({ length: 8 }, () => world.engine.submitBatch(callOfAMinute(tenant))),
    )
    expect(batches.map((outcomes) => chargedMs(outcomes[2]))).toEqual(Array(8).fill(minuteMs))
    expect((await world.balance(tenant)).balanceMs).toBe(92 * minuteMs)
  })
})
