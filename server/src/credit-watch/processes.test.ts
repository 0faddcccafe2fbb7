import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createLife, killableDatabase, killablePipeline, ProcessKilled } from '../../test/killable-process.ts'
import { until } from '../../test/start-server.ts'
import { openTestCreditWatch } from '../../test/watches.ts'
import { answerOf, openWorld, startOf, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { creditConsequences } from '../credit-consequences.ts'
import { lockWorkspaces, readLine } from '../ledger/index.ts'
import type { CreditWatch, CreditWatchDeps } from './watch.ts'

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

/** Starts the credit watch of a server process. It is closed after the test. */
function startWatch(deps?: Partial<CreditWatchDeps>): CreditWatch {
  const watch = openTestCreditWatch(world, deps)
  watches.push(watch)
  return watch
}

/** Creates a workspace that ends its calls, with one credit and two calls in conversation since now. */
async function createTwoCallsAndACredit(): Promise<TestWorkspace> {
  const workspace = await world.workspace({ monthlyMs: MINUTE_MS, whenCreditsRunOut: 'end' })
  const calls = [startOf(workspace), startOf(workspace)]
  await world.engine.submitBatch([...calls, ...calls.map(({ callId }) => answerOf(world, workspace, callId))])
  return workspace
}

/** Reads what the database says about the workspace. */
async function readState({ workspaceId }: TestWorkspace) {
  const count = async (text: string) => (await world.database.query(text, [workspaceId])).rowCount ?? 0
  const { outSinceMs } = await readLine(world.database, workspaceId)
  const hungUp = await count('select from calls where workspace_id = $1 and hang_up_at_ms is not null')
  const alerts = await count(`select from alerts where workspace_id = $1 and kind = 'balance_zero'`)
  const events = await count(`select from events where workspace_id = $1 and topic = 'alert'`)
  return { outSinceMs, hungUp, alerts, events }
}

const nothing = { outSinceMs: null, hungUp: 0, alerts: 0 }

describe('a process that dies at any step of acting on a crossing', () => {
  test('has done all of it or nothing, and the next process does the rest, once', async () => {
    // The balance is low from the start. This test is about zero.
    const ends: string[] = []
    for (let stepsMax = 0; ; stepsMax += 1) {
      const workspace = await createTwoCallsAndACredit()
      await startWatch().runDue()
      const before = await readState(workspace)
      const outSinceMs = world.clock.now() + 30 * SECOND_MS
      world.clock.advance(30 * SECOND_MS)
      const all = { outSinceMs, hungUp: 2, alerts: 1, events: before.events + 1 }
      const life = createLife(stepsMax)
      const database = killableDatabase(world.database, life)
      const killable = startWatch({ database, openPipeline: () => killablePipeline(database) })
      await killable.runDue().catch((error: unknown) => {
        if (!(error instanceof ProcessKilled)) throw error
      })
      const left = await readState(workspace)
      ends.push(left.outSinceMs === null ? 'nothing' : 'all')
      expect(left).toEqual(left.outSinceMs === null ? { ...nothing, events: before.events } : all)
      world.clock.advance(5 * SECOND_MS)
      await startWatch().runDue()
      expect(await readState(workspace)).toEqual(all)
      if (!life.isKilled) break
    }
    // The processes died before and after the commit.
    expect([...new Set(ends)]).toEqual(['nothing', 'all'])
    expect(ends.filter((end) => end === 'nothing').length).toBeGreaterThanOrEqual(3)
  })
})

describe('a process that starts', () => {
  test('acts on everything that was missed, dated at the instant of the crossing', async () => {
    const workspaces = [
      await createTwoCallsAndACredit(),
      await createTwoCallsAndACredit(),
      await createTwoCallsAndACredit(),
    ]
    const outSinceMs = world.clock.now() + 30 * SECOND_MS
    world.clock.advance(10 * MINUTE_MS)
    await startWatch().runDue()
    for (const workspace of workspaces) {
      expect(await readState(workspace)).toMatchObject({ outSinceMs, hungUp: 2, alerts: 1 })
    }
  })

  test('learns what another process knew, and sleeps until then', async () => {
    const workspace = await createTwoCallsAndACredit()
    await startWatch().runDue()
    const acted: number[] = []
    // This process has a running clock.
    const skewMs = world.clock.now() - Date.now() + 30 * SECOND_MS - 100
    const clock = { now: () => Date.now() + skewMs }
    const done = new Promise<void>((resolve) => {
      const watch = startWatch({
        clock,
        onActed: (latenessMs) => acted.push(latenessMs),
        commits: { publish: (commits) => commits.length > 0 && resolve(), subscribe() {} },
      })
      void watch.lookAhead()
    })
    await done
    expect(await readState(workspace)).toMatchObject({ hungUp: 2, alerts: 1 })
    expect(acted).toHaveLength(1)
    world.clock.advance(MINUTE_MS)
  })
})

test('a failure in one workspace does not affect the others', async () => {
  const [bad, good] = [await createTwoCallsAndACredit(), await createTwoCallsAndACredit()]
  world.clock.advance(30 * SECOND_MS)
  const errors: unknown[] = []
  let broken = true
  const watch = startWatch({
    consequences: {
      ...creditConsequences,
      async onOut(tx, unit, atMs, nowMs) {
        if (broken && unit.line.workspaceId === bad.workspaceId) {
          await tx.query('select 1 / 0')
        }
        return creditConsequences.onOut(tx, unit, atMs, nowMs)
      },
    },
    onError: (error) => errors.push(error),
  })
  await watch.runDue()
  expect(await readState(good)).toMatchObject({ hungUp: 2, alerts: 1 })
  expect(await readState(bad)).toMatchObject(nothing)
  expect(errors).toHaveLength(1)
  broken = false
  await watch.runDue()
  expect(await readState(bad)).toMatchObject({ hungUp: 2, alerts: 1 })
})

test('a workspace whose credit expires is out from that instant, however late it is noticed', async () => {
  const workspace = await world.workspace({ monthlyMs: 0, whenCreditsRunOut: 'end' })
  const expiresAtMs = world.clock.now() + 5 * MINUTE_MS
  await world.grant(workspace, { kind: 'promotional', amountMs: 100 * MINUTE_MS, expiresAtMs })
  await startWatch().runDue()
  const call = startOf(workspace)
  await world.engine.submitBatch([call, answerOf(world, workspace, call.callId)])
  world.clock.advance(7 * MINUTE_MS)
  // The boundary comes first, then the crossing that it causes.
  await startWatch().runDue()
  await startWatch().runDue()
  expect(await readState(workspace)).toMatchObject({ outSinceMs: expiresAtMs, hungUp: 1, alerts: 1 })
})

test('processes that sleep until one instant act once', async () => {
  const workspaces = await Promise.all(Array.from({ length: 30 }, () => createTwoCallsAndACredit()))
  const outSinceMs = world.clock.now() + 30 * SECOND_MS
  const processes = Array.from({ length: 3 }, () => startWatch())
  for (const watch of processes) await watch.lookAhead()
  world.clock.advance(30 * SECOND_MS)
  await Promise.all(processes.map((watch) => watch.runDue()))
  for (const workspace of workspaces) {
    expect(await readState(workspace)).toMatchObject({ outSinceMs, hungUp: 2, alerts: 1 })
  }
})

test('a line that is held at the instant is acted on once it is free, and does not delay others', async () => {
  const [busy, free] = [await createTwoCallsAndACredit(), await createTwoCallsAndACredit()]
  const outSinceMs = world.clock.now() + 30 * SECOND_MS
  world.clock.advance(30 * SECOND_MS)
  const watch = startWatch()
  let ran: Promise<void> = Promise.resolve()
  await world.database.transaction(async (tx) => {
    await lockWorkspaces(tx, [busy.workspaceId])
    ran = watch.runDue()
    await until(async () => (await readState(free)).alerts === 1 || undefined)
    expect(await readState(busy)).toMatchObject(nothing)
  })
  await ran
  for (const workspace of [busy, free]) {
    expect(await readState(workspace)).toMatchObject({ outSinceMs, hungUp: 2, alerts: 1 })
  }
})
