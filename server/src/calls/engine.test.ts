import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
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

let world: World
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.clock.advance(MINUTE_MS))
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

const chargedMs = (outcome: CallOutcome | undefined) => callOf(outcome).facts.settledMs

describe('batches side by side', () => {
  test('of one engine and one workspace are all carried out', async () => {
    const workspace = await world.workspace({ monthlyMs: 100 * MINUTE_MS })
    const batches = await Promise.all(
      Array.from({ length: 8 }, () => world.engine.submitBatch(callOfAMinute(world, workspace))),
    )
    expect(batches.map((outcomes) => chargedMs(outcomes[2]))).toEqual(Array(8).fill(MINUTE_MS))
    expect((await world.balance(workspace)).balanceMs).toBe(92 * MINUTE_MS)
  })
})

test('closing an engine waits for its commands, even if a reset has to come first', async () => {
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

test('a command for another workspace’s call finds none, although the batch has loaded the call', async () => {
  const [owner, stranger] = [await world.workspace(), await world.workspace()]
  const [start, answer, end] = callOfAMinute(world, owner)
  if (!start || !answer || !end) throw new Error('A call has three commands')
  await world.engine.submitBatch([start, answer])
  for (const commands of [
    [{ ...end, workspaceId: stranger.workspaceId }, end],
    [end, { ...end, workspaceId: stranger.workspaceId }],
  ]) {
    const outcomes = await world.engine.submitBatch(commands)
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['call', 'problem'])
  }
  expect(await callsByStatus(world, stranger)).toEqual({})
  expect(await callsByStatus(world, owner)).toEqual({ ended: 1 })
})

describe('several server processes on one database', () => {
  test('lose nothing and charge nothing twice, whichever of them gets a call’s events', async () => {
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
      expect((await world.balance(workspace)).balanceMs).toBe(18 * MINUTE_MS)
      expect(await callsByStatus(world, workspace)).toEqual({ ended: 12 })
    }
  })

  test('that reach a reset at one moment make one new cycle', async () => {
    const workspace = await world.workspace({ callDurationSecondsMax: 10 * DAY_MS })
    const engines = Array.from({ length: 4 }, () => world.anotherEngine())
    const live = startOf(workspace)
    const resetAtMs = (await readLine(world.database, workspace.workspaceId)).nextBoundaryMs ?? 0
    world.clock.set(resetAtMs - 5 * MINUTE_MS)
    await world.engine.submitBatch([live, answerOf(world, workspace, live.callId)])
    world.clock.set(resetAtMs)
    await Promise.all([
      ...engines.map((engine) => engine.submit(startOf(workspace))),
      ...engines.map(() => world.ledger.catchUp([workspace.workspaceId])),
      ...engines.map(() => world.ledger.catchUpDue(100)),
    ])
    expect(await readEntries(workspace)).toEqual([
      { kind: 'monthly_grant', amountMs: 30 * MINUTE_MS },
      { kind: 'call', amountMs: -5 * MINUTE_MS },
      { kind: 'expiry', amountMs: -25 * MINUTE_MS },
      { kind: 'monthly_grant', amountMs: 30 * MINUTE_MS },
    ])
  })

  test('may have clocks that differ by seconds, even at a reset', async () => {
    const workspace = await world.workspace()
    const { clock, database } = world
    const behind = openQuietRooms({ database, clock: { now: () => clock.now() - 3_000 } }).engine
    const [live, next] = [startOf(workspace), startOf(workspace)]
    const resetAtMs = (await readLine(database, workspace.workspaceId)).nextBoundaryMs ?? 0
    clock.set(resetAtMs - 5 * MINUTE_MS)
    await world.engine.submitBatch([live, answerOf(world, workspace, live.callId)])
    clock.set(resetAtMs + 1_000)
    await world.engine.submit(next)
    // By the clock of the process that is behind, the call ended two seconds before the reset.
    const target = { callId: live.callId }
    const end = {
      type: 'end',
      by: 'workspace',
      workspaceId: workspace.workspaceId,
      target,
      atMs: null,
      reason: null,
    } as const
    expect(chargedMs(await behind.submit(end))).toBe(5 * MINUTE_MS - 2_000)
    await behind.close()
    expect(await world.balance(workspace)).toMatchObject({
      balanceMs: 30 * MINUTE_MS,
      monthlyRemainingMs: 30 * MINUTE_MS,
    })
    expect((await readEntries(workspace)).filter(({ kind }) => kind === 'monthly_grant')).toHaveLength(2)
  })

  test('never deadlock, in whatever order their batches name workspaces', async () => {
    const workspaces = await Promise.all(Array.from({ length: 6 }, () => world.workspace()))
    const engines = [world.engine, world.anotherEngine()]
    const rounds = Array.from({ length: 10 }, (_, round) => {
      const turned = [...workspaces.slice(round % 6), ...workspaces.slice(0, round % 6)]
      const ordered = round % 2 === 0 ? turned : turned.reverse()
      return engines[round % 2]?.submitBatch(ordered.flatMap((workspace) => callOfAMinute(world, workspace)))
    })
    await Promise.all(rounds)
    for (const workspace of workspaces) {
      expect((await world.balance(workspace)).balanceMs).toBe(20 * MINUTE_MS)
    }
  })

  test('make one call for one external id', async () => {
    const workspace = await world.workspace()
    const engines = [world.engine, world.anotherEngine(), world.anotherEngine()]
    const outcomes = await Promise.all(
      [...engines, ...engines].map((engine) => engine.submit(startOf(workspace, { externalId: 'CA-1' }))),
    )
    expect(new Set(outcomes.map((outcome) => callOf(outcome).id)).size).toBe(1)
    expect(outcomes.filter((outcome) => outcome.outcome === 'call' && outcome.created)).toHaveLength(1)
    const end = {
      type: 'end',
      by: 'workspace',
      atMs: null,
      reason: 'busy',
      target: { externalId: 'CA-1' },
    } as const
    const [ended] = await world.engine.submitBatch([{ ...end, workspaceId: workspace.workspaceId }])
    expect(callOf(ended).facts).toMatchObject({ endReason: 'busy', settledMs: 0 })
  })
})

describe('a command that cannot be carried out', () => {
  test('says why and does not affect the others of its batch', async () => {
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
      startOf(workspace, { atMs: world.clock.now() + DAY_MS }),
      startOf(workspace, { atMs: world.clock.now() - 2 * DAY_MS }),
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

  test('because the database refuses it fails alone; the others gathered with it are carried out', async () => {
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
    expect((await world.balance(workspace)).balanceMs).toBe(21 * MINUTE_MS)
  })

  test('fails a batch that was submitted as a whole, and nothing of it is stored', async () => {
    const workspace = await world.workspace()
    const batch = [...callOfAMinute(world, workspace), startOf(workspace, { to: '\u0000' })]
    await expect(world.engine.submitBatch(batch)).rejects.toThrow('invalid byte sequence')
    expect(await callsByStatus(world, workspace)).toEqual({})
    expect((await world.balance(workspace)).balanceMs).toBe(30 * MINUTE_MS)
    await world.engine.submitBatch(callOfAMinute(world, workspace))
    expect((await world.balance(workspace)).balanceMs).toBe(29 * MINUTE_MS)
  })
})

describe('the commands of one batch', () => {
  test('are decided one after the other: the next can use the credit that a correction returns', async () => {
    const workspace = await world.workspace({ monthlyMs: 10 * MINUTE_MS })
    const lost = startOf(workspace)
    await world.engine.submitBatch([lost, answerOf(world, workspace, lost.callId)])
    world.clock.advance(DAY_MS / 2)
    await world.engine.submit(reapOf(workspace, lost.callId))
    expect((await world.balance(workspace)).balanceMs).toBe(-50 * MINUTE_MS)

    const [ended, next] = await Promise.all([
      world.engine.submit(endOf(world, workspace, lost.callId, DAY_MS / 2 - 4 * MINUTE_MS)),
      world.engine.submit(startOf(workspace)),
    ])
    expect(ended).toMatchObject({ balanceMs: 6 * MINUTE_MS })
    expect(next).toMatchObject({ call: { refusalReason: null }, balanceMs: 6 * MINUTE_MS })
  })

  test('leave the credits that commands sent one by one leave, even over a reset', async () => {
    const together = await world.workspace({ monthlyMs: 90 * MINUTE_MS })
    const apart = await world.workspace({ monthlyMs: 90 * MINUTE_MS })
    const starts = [together, apart].map((workspace) => startOf(workspace))
    const resetAtMs = (await readLine(world.database, together.workspaceId)).nextBoundaryMs ?? 0
    world.clock.set(resetAtMs - 20 * MINUTE_MS)
    for (const { workspaceId, ...start } of starts) {
      const target = { callId: start.callId }
      await world.engine.submitBatch([
        { ...start, workspaceId },
        { type: 'answer', by: 'workspace', workspaceId, target, atMs: null },
        { type: 'heartbeat', workspaceId, target },
      ])
    }
    world.clock.set(resetAtMs + 10 * MINUTE_MS)
    // The call is cut at the reset, then presumed to have ended before it, then reported to have ended after it.
    const after = (workspace: TestWorkspace, callId = '') => [
      reapOf(workspace, callId),
      endOf(world, workspace, callId, 5 * MINUTE_MS),
    ]
    await world.engine.submitBatch(after(together, starts[0]?.callId))
    for (const command of after(apart, starts[1]?.callId)) await world.engine.submit(command)
    expect(await world.balance(together)).toEqual(await world.balance(apart))
    expect(await readGrants(together)).toEqual(await readGrants(apart))
  })
})

async function readEntries({ workspaceId }: TestWorkspace) {
  const { rows } = await world.database.query(
    `select kind, amount_ms as "amountMs" from ledger_entries where workspace_id = $1 order by seq`,
    [workspaceId],
  )
  return rows
}

async function readGrants({ workspaceId }: TestWorkspace) {
  const { rows } = await world.database.query(
    `select kind, returned, granted_ms, remaining_ms, expires_at_ms from grants
     where workspace_id = $1 order by granted_at_ms, expires_at_ms`,
    [workspaceId],
  )
  return rows
}
