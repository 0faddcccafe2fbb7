import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import {
  answerOf,
  callOf,
  endOf,
  openWorld,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
} from '../../test/world.ts'

const runs = propertyRuns(6)
const TIMEOUT_MS = 30_000 + 2_000 * runs.numRuns

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

type Step = { kind: 'start' | 'answer' | 'end' | 'grant' | 'wait'; pick: number; ms: number }

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('start', 'start', 'answer', 'answer', 'end', 'grant', 'wait', 'wait'),
  pick: fc.nat({ max: 20 }),
  ms: fc.integer({ min: 1, max: 100_000 }),
})

/** Asks for every open call how long it may still talk, as heartbeats do. Returns the sum in milliseconds. */
async function sumAllowances({ workspaceId }: TestWorkspace, callIds: readonly string[]): Promise<number> {
  const calls = []
  for (const callId of callIds) {
    calls.push(callOf(await world.engine.submit({ type: 'heartbeat', workspaceId, target: { callId } })))
  }
  return calls
    .map(({ maxDurationMs, facts }) => {
      const talkedMs = facts.answeredAtMs === null ? 0 : world.clock.now() - facts.answeredAtMs
      return Math.max(0, maxDurationMs - talkedMs)
    })
    .reduce((sum, ms) => sum + ms, 0)
}

async function applyStep(workspace: TestWorkspace, open: string[], { kind, pick, ms }: Step): Promise<void> {
  const callId = open[pick % Math.max(1, open.length)]
  if (kind === 'wait') world.clock.advance(ms)
  if (kind === 'grant') await world.grant(workspace, { kind: 'promotional', amountMs: ms })
  if (kind === 'start') {
    const call = callOf(await world.engine.submit(startOf(workspace)))
    if (!call.facts.refused) open.push(call.id)
  }
  if (callId === undefined || (kind !== 'answer' && kind !== 'end')) return
  if (kind === 'answer') await world.engine.submit(answerOf(world, workspace, callId))
  else {
    await world.engine.submit(endOf(world, workspace, callId))
    open.splice(open.indexOf(callId), 1)
  }
}

test(
  'without overdraft, all open calls together may never talk longer than the balance pays for',
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 300_000 }),
        fc.array(step, { maxLength: 25 }),
        async (monthlyMs, steps) => {
          const workspace = await world.workspace({ monthlyMs, overdraft: 'none' })
          const open: string[] = []
          for (const next of steps) {
            await applyStep(workspace, open, next)
            const { balanceMs } = await world.balance(workspace)
            expect(await sumAllowances(workspace, open)).toBeLessThanOrEqual(Math.max(0, balanceMs))
          }
          for (const callId of open) await world.engine.submit(endOf(world, workspace, callId))
        },
      ),
      runs,
    ),
  TIMEOUT_MS,
)
