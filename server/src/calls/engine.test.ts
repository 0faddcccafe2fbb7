import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  answerOf,
  callOf,
  callOfAMinute,
  callsByStatus,
  endOf,
  openWorld,
  reapOf,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
} from '../../test/world.ts'
import { readLine } from '../ledger/index.ts'
import { newUuid } from '../platform/ids.ts'
import { openQuietRooms } from '../quiet-rooms.ts'
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

const chargedMs = (outcome: CallOutcome | undefined) => callOf(outcome).facts.settledMs

describe('batches side by side', () => {
  test('of one engine and one workspace each do their whole work', async () => {
    const workspace = await world.workspace({ monthlyMs: 100 * minuteMs })
    const batches = await Promise.all(
      Array.from({ length: 8 }, () => world.engine.submitBatch(callOfAMinute(world, workspace))),
    )
    expect(batches.map((outcomes) => chargedMs(outcomes[2]))).toEqual(Array(8).fill(minuteMs))
    expect((await world.balance(workspace)).balanceMs).toBe(92 * minuteMs)
  })
})

test('closing an engine waits for what it was given, also where a reset has to come first', async () => {
  const workspace = await world.workspace()
  const engine = world.anotherEngine()
  world.clock.set((await readLine(world.database, workspace.workspaceId)).nextBoundaryMs ?? 0)
  const order: string[] = []
  const batch = engine.submitBatch(callOfAMinute(world, workspace)).then(() => order.push('batch'))
  await engine.close().then(() => order.push('closed'))
  await batch
  expect(order).toEqual(['batch', 'closed'])
  expect(await callsByStatus(world, workspace)).toEqual({ ended: 1 })
})

describe('several server processes on one database', () => {
  test('lose nothing and charge nothing twice, whichever of them the events of a call reach', async () => {
    const workspaces = [
      await world.workspace({ concurrentCallsMax: null }),
      await world.workspace({ concurrentCallsMax: null }),
    ]
    const engines = [world.engine, world.anotherEngine(), world.anotherEngine()]
    const calls = workspaces.flatMap((workspace) =>
      Array.from({ length: 12 }, () => callOfAMinute(world, workspace)),
    )
    // Every event is sent three times: alone to each of two processes, and in a batch of all to a third.
    await Promise.all([
      ...calls.map((call, index) => engines[index % 3]?.submitBatch(call)),
      ...engines.flatMap((engine) => calls.flatMap((call) => call.map((command) => engine.submit(command)))),
      world.engine.submitBatch(calls.flat()),
    ])
    for (const workspace of workspaces) {
      expect((await world.balance(workspace)).balanceMs).toBe(18 * minuteMs)
      expect(await callsByStatus(world, workspace)).toEqual({ ended: 12 })
    }
  })

  test('that reach a reset at the same moment make one new cycle', async () => {
    const workspace = await world.workspace({ callDurationSecondsMax: 10 * dayMs })
    const engines = Array.from({ length: 4 }, () => world.anotherEngine())
    const live = startOf(workspace)
    const resetAtMs = (await readLine(world.database, workspace.workspaceId)).nextBoundaryMs ?? 0
    world.clock.set(resetAtMs - 5 * minuteMs)
    await world.engine.submitBatch([live, answerOf(world, workspace, live.callId)])
    world.clock.set(resetAtMs)
    await Promise.all([
      ...engines.map((engine) => engine.submit(startOf(workspace))),
      ...engines.map(() => world.ledger.catchUp([workspace.workspaceId])),
      ...engines.map(() => world.ledger.catchUpDue(100)),
    ])
    expect(await entriesOf(workspace)).toEqual([
      { kind: 'monthly_grant', amountMs: 30 * minuteMs },
      { kind: 'call', amountMs: -5 * minuteMs },
      { kind: 'expiry', amountMs: -25 * minuteMs },
      { kind: 'monthly_grant', amountMs: 30 * minuteMs },
    ])
  })

  test('may have clocks that differ by seconds, at a reset too', async () => {
    const workspace = await world.workspace()
    const { clock, database } = world
    const behind = openQuietRooms({ database, clock: { now: () => clock.now() - 3_000 } }).engine
    const [live, next] = [startOf(workspace), startOf(workspace)]
    const resetAtMs = (await readLine(database, workspace.workspaceId)).nextBoundaryMs ?? 0
    clock.set(resetAtMs - 5 * minuteMs)
    await world.engine.submitBatch([live, answerOf(world, workspace, live.callId)])
    clock.set(resetAtMs + 1_000)
    await world.engine.submit(next)
    // For the process that is behind the reset is to come; the call ended two seconds before it.
    const target = { callId: live.callId }
    const end = { type: 'end', workspaceId: workspace.workspaceId, target, atMs: null, reason: null } as const
    expect(chargedMs(await behind.submit(end))).toBe(5 * minuteMs - 2_000)
    await behind.close()
    expect(await world.balance(workspace)).toMatchObject({
      balanceMs: 30 * minuteMs,
      monthlyRemainingMs: 30 * minuteMs,
    })
    expect((await entriesOf(workspace)).filter(({ kind }) => kind === 'monthly_grant')).toHaveLength(2)
  })

  test('never wait for each other in a circle, whatever workspaces their batches name first', async () => {
    const workspaces = await Promise.all(Array.from({ length: 6 }, () => world.workspace()))
    const engines = [world.engine, world.anotherEngine()]
    const rounds = Array.from({ length: 10 }, (_, round) => {
      const turned = [...workspaces.slice(round % 6), ...workspaces.slice(0, round % 6)]
      const ordered = round % 2 === 0 ? turned : turned.reverse()
      return engines[round % 2]?.submitBatch(ordered.flatMap((workspace) => callOfAMinute(world, workspace)))
    })
    await Promise.all(rounds)
    for (const workspace of workspaces) {
      expect((await world.balance(workspace)).balanceMs).toBe(20 * minuteMs)
    }
  })

  test('make one call of one external id', async () => {
    const workspace = await world.workspace()
    const engines = [world.engine, world.anotherEngine(), world.anotherEngine()]
    const outcomes = await Promise.all(
      [...engines, ...engines].map((engine) => engine.submit(startOf(workspace, { externalId: 'CA-1' }))),
    )
    expect(new Set(outcomes.map((outcome) => callOf(outcome).id)).size).toBe(1)
    expect(outcomes.filter((outcome) => outcome.outcome === 'call' && outcome.created)).toHaveLength(1)
    const end = { type: 'end', atMs: null, reason: 'busy', target: { externalId: 'CA-1' } } as const
    const [ended] = await world.engine.submitBatch([{ ...end, workspaceId: workspace.workspaceId }])
    expect(callOf(ended).facts).toMatchObject({ endReason: 'busy', settledMs: 0 })
  })
})

describe('a command that cannot be carried out', () => {
  test('says why and leaves the others of its batch alone', async () => {
    const [workspace, stranger] = [await world.workspace(), await world.workspace()]
    const theirs = startOf(stranger)
    await world.engine.submit(theirs)
    const good = callOfAMinute(world, workspace)
    const outcomes = await world.engine.submitBatch([
      startOf(workspace, { workspaceId: newUuid(0) }),
      startOf(workspace, { agentId: stranger.agentId }),
      ...good,
      endOf(world, workspace, theirs.callId),
      { ...endOf(world, workspace, ''), target: { externalId: 'nobody’s' } } as CallCommand,
      startOf(workspace, { atMs: world.clock.now() + dayMs }),
      startOf(workspace, { atMs: world.clock.now() - 2 * dayMs }),
    ])
    expect(
      outcomes.map((outcome) => (outcome.outcome === 'problem' ? outcome.problem.code : 'done')),
    ).toEqual([
      ...[
        'workspace_not_found',
        'agent_not_found',
        'done',
        'done',
        'done',
        'call_not_found',
        'call_not_found',
      ],
      ...['invalid_request', 'invalid_request'],
    ])
    expect(await callsByStatus(world, workspace)).toEqual({ ended: 1 })
    expect(await callsByStatus(world, stranger)).toEqual({ authorized: 1 })
    expect(outcomes[6]).toMatchObject({ detail: expect.stringContaining('nobody’s') })
    expect(outcomes[7]).toMatchObject({ pointer: '/at', detail: expect.stringContaining('future') })
  })

  test('because the database refuses it fails by itself; the others gathered with it are done', async () => {
    const workspace = await world.workspace({ concurrentCallsMax: null })
    const withNul = () => world.engine.submit(startOf(workspace, { from: 'a\u0000b' }))
    const good = Array.from({ length: 9 }, () => callOfAMinute(world, workspace))
    const results = await Promise.allSettled([
      withNul(),
      ...good.flatMap((call) => call.map((command) => world.engine.submit(command))),
      withNul(),
    ])
    const failed = [...results.entries()].filter(([, result]) => result.status === 'rejected')
    expect(failed.map(([index]) => index)).toEqual([0, results.length - 1])
    expect(await callsByStatus(world, workspace)).toEqual({ ended: 9 })
    expect((await world.balance(workspace)).balanceMs).toBe(21 * minuteMs)
  })

  test('fails a batch that was given as a whole, and then none of it is there', async () => {
    const workspace = await world.workspace()
    const batch = [...callOfAMinute(world, workspace), startOf(workspace, { to: '\u0000' })]
    await expect(world.engine.submitBatch(batch)).rejects.toThrow('invalid byte sequence')
    expect(await callsByStatus(world, workspace)).toEqual({})
    expect((await world.balance(workspace)).balanceMs).toBe(30 * minuteMs)
    await world.engine.submitBatch(callOfAMinute(world, workspace))
    expect((await world.balance(workspace)).balanceMs).toBe(29 * minuteMs)
  })
})

describe('the commands of one batch', () => {
  test('are decided one after the other: credit that a correction gives back is there for the next', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * minuteMs })
    const lost = startOf(workspace)
    await world.engine.submitBatch([lost, answerOf(world, workspace, lost.callId)])
    world.clock.advance(dayMs / 2)
    await world.engine.submit(reapOf(workspace, lost.callId))
    expect((await world.balance(workspace)).balanceMs).toBe(-50 * minuteMs)

    const [ended, next] = await Promise.all([
      world.engine.submit(endOf(world, workspace, lost.callId, dayMs / 2 - 4 * minuteMs)),
      world.engine.submit(startOf(workspace)),
    ])
    expect(ended).toMatchObject({ balanceMs: 6 * minuteMs })
    expect(next).toMatchObject({ call: { refusalReason: null }, balanceMs: 6 * minuteMs })
  })

  test('leave the same credits as commands that come one by one, over a reset too', async () => {
    const together = await world.workspace({ monthlyMs: 90 * minuteMs })
    const apart = await world.workspace({ monthlyMs: 90 * minuteMs })
    const starts = [together, apart].map((workspace) => startOf(workspace))
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
    const after = (workspace: TestWorkspace, callId = '') => [
      reapOf(workspace, callId),
      endOf(world, workspace, callId, 5 * minuteMs),
    ]
    await world.engine.submitBatch(after(together, starts[0]?.callId))
    for (const command of after(apart, starts[1]?.callId)) await world.engine.submit(command)
    expect(await world.balance(together)).toEqual(await world.balance(apart))
    expect(await grantsLeft(together)).toEqual(await grantsLeft(apart))
  })
})

async function entriesOf({ workspaceId }: TestWorkspace) {
  const { rows } = await world.database.query(
    `select kind, amount_ms as "amountMs" from ledger_entries where workspace_id = $1 order by seq`,
    [workspaceId],
  )
  return rows
}

async function grantsLeft({ workspaceId }: TestWorkspace) {
  const { rows } = await world.database.query(
    `select kind, returned, granted_ms, remaining_ms, expires_at_ms from grants
     where workspace_id = $1 order by granted_at_ms, expires_at_ms`,
    [workspaceId],
  )
  return rows
}
