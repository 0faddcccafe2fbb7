import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { callOf, openWorld, startOf, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { requireSubscription } from './subscription-store.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

const at = (instant: string) => Temporal.Instant.from(instant).epochMilliseconds

/** Passes the workspace's next resets, one by one, and returns their local times. */
async function passResets(workspace: TestWorkspace, timeZone: string, count: number): Promise<string[]> {
  const resets: string[] = []
  while (resets.length < count) {
    const { cycle } = await requireSubscription(world.database, workspace.workspaceId)
    world.clock.set(cycle.endsAtMs - 1)
    await world.balance(workspace)
    expect((await requireSubscription(world.database, workspace.workspaceId)).cycle).toEqual(cycle)
    world.clock.set(cycle.endsAtMs)
    await world.balance(workspace)
    const next = await requireSubscription(world.database, workspace.workspaceId)
    expect(next.cycle).toMatchObject({ number: cycle.number + 1, startsAtMs: cycle.endsAtMs })
    const local = Temporal.Instant.fromEpochMilliseconds(cycle.endsAtMs).toZonedDateTimeISO(timeZone)
    resets.push(local.toString({ timeZoneName: 'never' }))
  }
  return resets
}

async function changePlan(workspace: TestWorkspace, set: string): Promise<void> {
  const { planId } = await requireSubscription(world.database, workspace.workspaceId)
  await world.database.query(`update plans set ${set} where id = $1`, [planId])
}

describe('the cycles of a subscription', () => {
  test.each([
    [
      'from the 31st reset on the last day of shorter months',
      '2026-01-31T04:00:00Z',
      'Asia/Kolkata',
      ['2026-02-28T09:30:00+05:30', '2026-03-31T09:30:00+05:30', '2026-04-30T09:30:00+05:30'],
    ],
    [
      'reset at the same time of day, whatever daylight saving does',
      '2026-02-20T08:15:00Z',
      'Europe/Berlin',
      ['2026-03-20T09:15:00+01:00', '2026-04-20T09:15:00+02:00', '2026-05-20T09:15:00+02:00'],
    ],
    [
      'reset after a skipped hour, and at their own time again a month later',
      '2026-02-08T07:30:00Z',
      'America/New_York',
      ['2026-03-08T03:30:00-04:00', '2026-04-08T02:30:00-04:00'],
    ],
    [
      'that began in a repeated hour reset a month later',
      '2026-10-25T01:30:00Z',
      'Europe/Berlin',
      ['2026-11-25T02:30:00+01:00', '2026-12-25T02:30:00+01:00'],
    ],
  ])('%s', async (_rule, startedAt, timeZone, resets) => {
    world.clock.set(at(startedAt))
    const workspace = await world.workspace({ timeZone })
    const { cycle } = await requireSubscription(world.database, workspace.workspaceId)
    expect(cycle).toMatchObject({ number: 0, startsAtMs: at(startedAt) })
    expect(await passResets(workspace, timeZone, resets.length)).toEqual(resets)
  })

  test('each grant the monthly credits, and the rest does not roll over', async () => {
    const workspace = await world.workspace()
    await world.grant(workspace, { kind: 'top_up', amountMs: 10 * MINUTE_MS })
    await world.deduct(workspace, 12 * MINUTE_MS)
    expect(await world.balance(workspace)).toMatchObject({ monthlyRemainingMs: 18 * MINUTE_MS, status: 'ok' })
    await passResets(workspace, 'UTC', 2)
    expect(await world.balance(workspace)).toMatchObject({
      balanceMs: 40 * MINUTE_MS,
      monthlyRemainingMs: 30 * MINUTE_MS,
      monthlyGrantedMs: 30 * MINUTE_MS,
      topUpRemainingMs: 10 * MINUTE_MS,
    })
  })

  test('continue on a plan without monthly credits', async () => {
    const workspace = await world.workspace({ monthlyMs: 0 })
    await passResets(workspace, 'UTC', 3)
    const { rows } = await world.database.query('select from ledger_entries where workspace_id = $1', [
      workspace.workspaceId,
    ])
    expect(rows).toEqual([])
  })
})

test('an edited plan leaves the current cycle as it is and applies to the next one', async () => {
  const workspace = await world.workspace({ concurrentCallsMax: 1 })
  const taken = async () => {
    const outcomes = await world.engine.submitBatch([startOf(workspace), startOf(workspace)])
    return outcomes.filter((outcome) => callOf(outcome).refusalReason === null).length
  }
  await changePlan(
    workspace,
    `monthly_ms = ${70 * MINUTE_MS}, limits = limits || '{"concurrentCallsMax": 3, "callDurationSecondsMax": 60}'`,
  )
  expect(await world.balance(workspace)).toMatchObject({
    balanceMs: 30 * MINUTE_MS,
    monthlyGrantedMs: 30 * MINUTE_MS,
  })
  expect(await taken()).toBe(1)
  await passResets(workspace, 'UTC', 1)
  expect(await world.balance(workspace)).toMatchObject({
    balanceMs: 70 * MINUTE_MS,
    monthlyGrantedMs: 70 * MINUTE_MS,
  })
  expect(await taken()).toBe(2)
  expect(callOf(await world.engine.submit(startOf(workspace)))).toMatchObject({
    refusalReason: 'concurrency_limit',
    maxDurationMs: MINUTE_MS,
  })
})
