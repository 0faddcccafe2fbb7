import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callOf, openWorld, startOf, type Tenant, verifyAll, type World } from '../../test/world.ts'
import { readLine } from '../ledger/index.ts'
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

/** A reaper's look by a server that has always been listening. */
function reapOf(tenant: Tenant, callId: string): CallCommand {
  return { type: 'reap', workspaceId: tenant.workspaceId, target: { callId }, listeningSinceMs: 0 }
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

describe('the commands of one batch', () => {
  test('are decided one after the other: credit that a correction gives back is there for the next', async () => {
    const tenant = await world.tenant({ monthlyMs: 10 * minuteMs })
    const lost = startOf(tenant)
    await world.engine.submitBatch([lost, answerOf(tenant, lost.callId)])
    world.clock.advance(dayMs / 2)
    await world.engine.submit(reapOf(tenant, lost.callId))
    expect((await world.balance(tenant)).balanceMs).toBe(-50 * minuteMs)

    const [ended, next] = await Promise.all([
      world.engine.submit(endOf(tenant, lost.callId, dayMs / 2 - 4 * minuteMs)),
      world.engine.submit(startOf(tenant)),
    ])
    expect(ended).toMatchObject({ balanceMs: 6 * minuteMs })
    expect(next).toMatchObject({ call: { refusalReason: null }, balanceMs: 6 * minuteMs })
  })

  test('leave the same credits as commands that come one by one, over a reset too', async () => {
    const together = await world.tenant({ monthlyMs: 90 * minuteMs })
    const apart = await world.tenant({ monthlyMs: 90 * minuteMs })
    const starts = [together, apart].map((tenant) => startOf(tenant))
    const resetAtMs = (await readLine(world.database, together.workspaceId)).nextBoundaryMs ?? 0
    world.clock.set(resetAtMs - 20 * minuteMs)
    for (const { workspaceId, ...start } of starts) {
      const target = { callId: start.callId }
      await world.engine.submitBatch([
        { ...start, workspaceId },
        { type: 'answer', workspaceId, target, atMs: null },
        { type: 'heartbeat', workspaceId, target },
      ])
    }
    world.clock.set(resetAtMs + 10 * minuteMs)
    // Cut at the reset, then presumed to have ended before it, then known to have ended after it.
    const after = (tenant: Tenant, callId = '') => [
      reapOf(tenant, callId),
      endOf(tenant, callId, 5 * minuteMs),
    ]
    await world.engine.submitBatch(after(together, starts[0]?.callId))
    for (const command of after(apart, starts[1]?.callId)) await world.engine.submit(command)
    expect(await world.balance(together)).toEqual(await world.balance(apart))
    expect(await grantsLeft(together)).toEqual(await grantsLeft(apart))
  })
})

async function grantsLeft({ workspaceId }: Tenant) {
  const { rows } = await world.database.query(
    `select kind, returned, granted_ms, remaining_ms, expires_at_ms from grants where workspace_id = $1 order by id`,
    [workspaceId],
  )
  return rows
}
