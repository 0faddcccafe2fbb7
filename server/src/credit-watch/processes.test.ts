import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createLife, killableDatabase, killablePipeline, ProcessKilled } from '../../test/killable-process.ts'
import { until } from '../../test/start-server.ts'
import { watchOver } from '../../test/watches.ts'
import { answerOf, openWorld, startOf, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { creditConsequences } from '../credit-consequences.ts'
import { lockWorkspaces, readLine } from '../ledger/index.ts'
import type { CreditWatch, CreditWatchDeps } from './watch.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs

let world: World
const watches: CreditWatch[] = []
beforeAll(async () => {
  world = await openWorld()
})
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.close()))
  expect(await verifyAll(world.database)).toEqual([])
})
afterAll(() => world.close())

/** The credit watch of a server process, until that dies. */
function watchOf(deps?: Partial<CreditWatchDeps>): CreditWatch {
  const watch = watchOver(world, deps)
  watches.push(watch)
  return watch
}

/** A workspace that ends its calls, with a credit and two calls in conversation since now. */
async function twoCallsAndACredit(): Promise<TestWorkspace> {
  const workspace = await world.workspace({ monthlyMs: minuteMs, whenCreditsRunOut: 'end' })
  const calls = [startOf(workspace), startOf(workspace)]
  await world.engine.submitBatch([...calls, ...calls.map(({ callId }) => answerOf(world, workspace, callId))])
  return workspace
}

/** What the books say of the workspace. */
async function stateOf({ workspaceId }: TestWorkspace) {
  const count = async (text: string) => (await world.database.query(text, [workspaceId])).rowCount ?? 0
  const { outSinceMs } = await readLine(world.database, workspaceId)
  const hungUp = await count('select from calls where workspace_id = $1 and hang_up_at_ms is not null')
  const alerts = await count(`select from alerts where workspace_id = $1 and kind = 'balance_zero'`)
  const events = await count(`select from events where workspace_id = $1 and topic = 'alert'`)
  return { outSinceMs, hungUp, alerts, events }
}

const nothing = { outSinceMs: null, hungUp: 0, alerts: 0 }

describe('a process that dies at any step of acting on a crossing', () => {
  test('has done all of it or nothing, and the next one does it, once', async () => {
    // The low level is crossed from the start, and not what this is about.
    const ends: string[] = []
    for (let stepsMax = 0; ; stepsMax += 1) {
      const workspace = await twoCallsAndACredit()
      await watchOf().runDue()
      const before = await stateOf(workspace)
      const outSinceMs = world.clock.now() + 30 * secondMs
      world.clock.advance(30 * secondMs)
      const all = { outSinceMs, hungUp: 2, alerts: 1, events: before.events + 1 }
      const life = createLife(stepsMax)
      const database = killableDatabase(world.database, life)
      const mortal = watchOf({ database, openPipeline: () => killablePipeline(database) })
      await mortal.runDue().catch((error: unknown) => {
        if (!(error instanceof ProcessKilled)) throw error
      })
      const left = await stateOf(workspace)
      ends.push(left.outSinceMs === null ? 'nothing' : 'all')
      expect(left).toEqual(left.outSinceMs === null ? { ...nothing, events: before.events } : all)
      world.clock.advance(5 * secondMs)
      await watchOf().runDue()
      expect(await stateOf(workspace)).toEqual(all)
      if (!life.isKilled) break
    }
    // The deaths were where they were meant to be.
    expect([...new Set(ends)]).toEqual(['nothing', 'all'])
    expect(ends.filter((end) => end === 'nothing').length).toBeGreaterThanOrEqual(3)
  })
})

describe('a process that starts', () => {
  test('acts on everything that was missed, at the instant at which it was', async () => {
    const workspaces = [await twoCallsAndACredit(), await twoCallsAndACredit(), await twoCallsAndACredit()]
    const outSinceMs = world.clock.now() + 30 * secondMs
    world.clock.advance(10 * minuteMs)
    await watchOf().runDue()
    for (const workspace of workspaces) {
      expect(await stateOf(workspace)).toMatchObject({ outSinceMs, hungUp: 2, alerts: 1 })
    }
  })

  test('takes up what another had in mind, and sleeps until then', async () => {
    const workspace = await twoCallsAndACredit()
    await watchOf().runDue()
    const acted: number[] = []
    // Its clock goes on by itself.
    const skewMs = world.clock.now() - Date.now() + 30 * secondMs - 100
    const clock = { now: () => Date.now() + skewMs }
    const done = new Promise<void>((resolve) => {
      const watch = watchOf({
        clock,
        onActed: (latenessMs) => acted.push(latenessMs),
        commits: { publish: (commits) => commits.length > 0 && resolve(), subscribe() {} },
      })
      void watch.lookAhead()
    })
    await done
    expect(await stateOf(workspace)).toMatchObject({ hungUp: 2, alerts: 1 })
    expect(acted).toHaveLength(1)
    world.clock.advance(minuteMs)
  })
})

test('a workspace in which something fails spoils no other', async () => {
  const [bad, good] = [await twoCallsAndACredit(), await twoCallsAndACredit()]
  world.clock.advance(30 * secondMs)
  const errors: unknown[] = []
  let broken = true
  const watch = watchOf({
    consequences: {
      ...creditConsequences,
      async wentOut(tx, unit, atMs, nowMs) {
        if (broken && unit.line.workspaceId === bad.workspaceId) {
          await tx.query('select 1 / 0')
        }
        return creditConsequences.wentOut(tx, unit, atMs, nowMs)
      },
    },
    onError: (error) => errors.push(error),
  })
  await watch.runDue()
  expect(await stateOf(good)).toMatchObject({ hungUp: 2, alerts: 1 })
  expect(await stateOf(bad)).toMatchObject(nothing)
  expect(errors).toHaveLength(1)
  broken = false
  await watch.runDue()
  expect(await stateOf(bad)).toMatchObject({ hungUp: 2, alerts: 1 })
})

test('credit that expires leaves the workspace without it at that instant, whenever that is seen', async () => {
  const workspace = await world.workspace({ monthlyMs: 0, whenCreditsRunOut: 'end' })
  const expiresAtMs = world.clock.now() + 5 * minuteMs
  await world.grant(workspace, { kind: 'promotional', amountMs: 100 * minuteMs, expiresAtMs })
  await watchOf().runDue()
  const call = startOf(workspace)
  await world.engine.submitBatch([call, answerOf(world, workspace, call.callId)])
  world.clock.advance(7 * minuteMs)
  // The boundary first, then what it leaves.
  await watchOf().runDue()
  await watchOf().runDue()
  expect(await stateOf(workspace)).toMatchObject({ outSinceMs: expiresAtMs, hungUp: 1, alerts: 1 })
})

test('processes that sleep until the same instant act once', async () => {
  const workspaces = await Promise.all(Array.from({ length: 30 }, () => twoCallsAndACredit()))
  const outSinceMs = world.clock.now() + 30 * secondMs
  const processes = Array.from({ length: 3 }, () => watchOf())
  for (const watch of processes) await watch.lookAhead()
  world.clock.advance(30 * secondMs)
  await Promise.all(processes.map((watch) => watch.runDue()))
  for (const workspace of workspaces) {
    expect(await stateOf(workspace)).toMatchObject({ outSinceMs, hungUp: 2, alerts: 1 })
  }
})

test('a line that somebody holds at the instant is acted on when it is free, and keeps no other waiting', async () => {
  const [busy, free] = [await twoCallsAndACredit(), await twoCallsAndACredit()]
  const outSinceMs = world.clock.now() + 30 * secondMs
  world.clock.advance(30 * secondMs)
  const watch = watchOf()
  let ran: Promise<void> = Promise.resolve()
  await world.database.transaction(async (tx) => {
    await lockWorkspaces(tx, [busy.workspaceId])
    ran = watch.runDue()
    await until(async () => (await stateOf(free)).alerts === 1 || undefined)
    expect(await stateOf(busy)).toMatchObject(nothing)
  })
  await ran
  for (const workspace of [busy, free]) {
    expect(await stateOf(workspace)).toMatchObject({ outSinceMs, hungUp: 2, alerts: 1 })
  }
})
