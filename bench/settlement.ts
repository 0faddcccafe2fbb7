import type { CallCommand } from '../server/src/calls/command.ts'
import type { CallEngine } from '../server/src/calls/engine.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { newUuid } from '../server/src/platform/ids.ts'
import { secondsOf } from './stopwatch.ts'
import type { TestWorkspace } from './world.ts'

/** Commands under way at once: a full batch of 500 for each of the engine's two lanes. */
const IN_FLIGHT = 1000
/** How long each conversation is said to have taken. */
const CALL_MS = 1000

type Call = { readonly testWorkspace: TestWorkspace; readonly callId: string }

/** Takes `count` calls from start to end, each step behind the one before it. Returns calls per second. */
export async function measureLives(
  engine: CallEngine,
  testWorkspaces: readonly TestWorkspace[],
  count: number,
): Promise<number> {
  const seconds = await secondsOf(() =>
    forEach(newCalls(testWorkspaces, count), async (call) => {
      await start(engine, call)
      await answer(engine, call)
      await end(engine, call)
    }),
  )
  return count / seconds
}

/** The same in three steps, all calls of one before the next. Returns the calls per second of each step. */
export async function measureSteps(
  engine: CallEngine,
  testWorkspaces: readonly TestWorkspace[],
  count: number,
): Promise<Record<'starts' | 'answers' | 'ends', number>> {
  const calls = newCalls(testWorkspaces, count)
  const starts = await secondsOf(() => forEach(calls, (call) => start(engine, call)))
  const answers = await secondsOf(() => forEach(calls, (call) => answer(engine, call)))
  const ends = await secondsOf(() => forEach(calls, (call) => end(engine, call)))
  return { starts: count / starts, answers: count / answers, ends: count / ends }
}

/** Calls of all workspaces in turn. */
function newCalls(testWorkspaces: readonly TestWorkspace[], count: number): Call[] {
  const rounds = Array.from({ length: Math.ceil(count / testWorkspaces.length) }, () => testWorkspaces).flat()
  return rounds
    .slice(0, count)
    .map((testWorkspace) => ({ testWorkspace, callId: newUuid(systemClock.now()) }))
}

async function forEach(calls: readonly Call[], step: (call: Call) => Promise<void>): Promise<void> {
  const rest = calls.values()
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const call of rest) await step(call)
    }),
  )
}

function start(engine: CallEngine, { testWorkspace, callId }: Call): Promise<void> {
  return submit(engine, {
    type: 'start',
    workspaceId: testWorkspace.workspaceId,
    agentId: testWorkspace.agentId,
    callId,
    direction: 'outbound',
    from: '+14155550100',
    to: '+14155550101',
    externalId: null,
    atMs: null,
  })
}

function answer(engine: CallEngine, { testWorkspace: { workspaceId }, callId }: Call): Promise<void> {
  const atMs = systemClock.now() - CALL_MS
  return submit(engine, { type: 'answer', workspaceId, target: { callId }, atMs })
}

function end(engine: CallEngine, { testWorkspace: { workspaceId }, callId }: Call): Promise<void> {
  return submit(engine, { type: 'end', workspaceId, target: { callId }, atMs: null, reason: 'hangup' })
}

async function submit(engine: CallEngine, command: CallCommand): Promise<void> {
  const result = await engine.submit(command)
  if (result.outcome !== 'call' || result.call.facts.refused)
    throw new Error(`A ${command.type} failed: ${JSON.stringify(result)}`)
}
