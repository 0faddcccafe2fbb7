import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answerOf, openWorld, startOf, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { chargeUntilBoundary } from '../calls/index.ts'
import { renewSubscription } from '../plans/index.ts'
import { createAssembly } from '../platform/assembly.ts'
import { createSilentCommits } from '../platform/commits.ts'
import { createIdempotency } from '../platform/idempotency/idempotency.ts'
import { quietConfig } from '../quiet-rooms.ts'
import type { BoundarySteps } from './boundaries.ts'
import type { Ledger } from './ledger.ts'
import { openLedger } from './open-ledger.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => {
  expect(await verifyAll(world.database)).toEqual([])
  await world.close()
})

/** The ledger of another process, whose cycles are renewed by `renew`. */
function openLedgerOver({ database, clock }: World, renew: BoundarySteps['renew']): Ledger {
  const ledger = openLedger({
    database,
    clock,
    commits: createSilentCommits(),
    idempotency: createIdempotency({ database, clock, secrets: quietConfig }),
    assembly: createAssembly(),
    cycleEndsAtMs: () => Promise.reject(new Error('No route asks')),
  })
  ledger.setBoundaryStep('chargeUntilBoundary', chargeUntilBoundary)
  ledger.setBoundaryStep('renew', renew)
  return ledger
}

async function entries(workspace: TestWorkspace): Promise<string[]> {
  const { rows } = await world.database.query<{ kind: string; amount: number; at: number }>(
    'select kind, amount_ms as amount, at_ms as at from ledger_entries where workspace_id = $1 order by seq',
    [workspace.workspaceId],
  )
  const startedAtMs = rows[0]?.at ?? 0
  return rows.map(
    ({ kind, amount, at }) => `day ${(at - startedAtMs) / DAY_MS}: ${amount / MINUTE_MS} ${kind}`,
  )
}

const inDays = (days: number) => world.clock.now() + days * DAY_MS

describe('a boundary that is due', () => {
  test('is passed once, in order and dated when it was due, however late', async () => {
    const workspace = await world.workspace()
    const promotional = (amount: number, days: number) =>
      world.grant(workspace, { kind: 'promotional', amountMs: amount * MINUTE_MS, expiresAtMs: inDays(days) })
    await promotional(7, 20)
    await promotional(5, 10)
    await promotional(9, 45)
    world.clock.advance(45 * DAY_MS - 3 * MINUTE_MS)
    const start = startOf(workspace)
    await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
    world.clock.advance(5 * DAY_MS)
    await Promise.all([1, 2, 3].map(() => world.ledger.catchUp([workspace.workspaceId])))
    const [, , , , ...happened] = await entries(workspace)
    expect(happened).toEqual([
      'day 10: -5 expiry',
      'day 20: -7 expiry',
      'day 31: -30 expiry',
      'day 31: 30 monthly_grant',
      'day 45: -3 call',
      'day 45: -6 expiry',
    ])
  })

  test('is past at its instant and not a millisecond before', async () => {
    const workspace = await world.workspace()
    await world.grant(workspace, { kind: 'promotional', amountMs: MINUTE_MS, expiresAtMs: inDays(1) })
    world.clock.advance(DAY_MS - 1)
    expect((await world.balance(workspace)).promotionalRemainingMs).toBe(MINUTE_MS)
    world.clock.advance(1)
    expect((await world.balance(workspace)).promotionalRemainingMs).toBe(0)
  })

  test('costs nothing where none is due', async () => {
    const workspace = await world.workspace()
    const before = await entries(workspace)
    await world.ledger.catchUpIfDue(workspace.workspaceId)
    await world.ledger.catchUp([workspace.workspaceId])
    expect(await entries(workspace)).toEqual(before)
  })

  test('in many workspaces is passed a few at a time, the longest overdue first', async () => {
    const [second, first] = [await world.workspace(), await world.workspace()]
    await world.grant(second, { kind: 'promotional', amountMs: MINUTE_MS, expiresAtMs: inDays(2) })
    await world.grant(first, { kind: 'promotional', amountMs: MINUTE_MS, expiresAtMs: inDays(1) })
    world.clock.advance(3 * DAY_MS)
    const expired = async (workspace: TestWorkspace) =>
      (await entries(workspace)).some((entry) => entry.endsWith('expiry'))
    expect(await world.ledger.catchUpDue(1)).toBe(1)
    expect([await expired(first), await expired(second)]).toEqual([true, false])
    expect(await world.ledger.catchUpDue(1)).toBe(1)
    expect([await expired(first), await expired(second)]).toEqual([true, true])
    expect(await world.ledger.catchUpDue(1)).toBe(0)
  })

  test('that cannot be passed in one workspace holds up no other', async () => {
    const [broken, sound] = [await world.workspace(), await world.workspace()]
    const passing = openLedgerOver(world, async (tx, unit, atMs, nowMs) => {
      if (unit.line.workspaceId === broken.workspaceId) throw new Error('This workspace is broken')
      return renewSubscription(tx, unit, atMs, nowMs)
    })
    await world.grant(broken, { kind: 'promotional', amountMs: MINUTE_MS, expiresAtMs: inDays(1) })
    world.clock.advance(31 * DAY_MS)
    await expect(passing.catchUpDue(100)).rejects.toThrow('1 of 2 workspaces')
    expect((await entries(sound)).filter((entry) => entry.endsWith('monthly_grant'))).toHaveLength(2)
    // Nothing of what had been done for the broken one was kept.
    expect(await entries(broken)).toHaveLength(2)
  })
})
