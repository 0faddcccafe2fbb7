import type { CallCommand, CallEngine } from '../server/src/calls/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { newUuid } from '../server/src/platform/ids.ts'
import { measureSeconds } from './stopwatch.ts'
import type { TestWorkspace } from './world.ts'

/** Commands in flight at once: a full batch of 500 for each of the engine's two lanes. */
const COMMANDS_IN_FLIGHT = 1000
/** The reported length of each conversation. */
const CALL_MS = 1000

type Call = { readonly testWorkspace: TestWorkspace; readonly callId: string }

/** Takes `count` calls through start, answer and end. Returns calls per second. */
export async function measureLives(
  engine: CallEngine,
  testWorkspaces: readonly TestWorkspace[],
  count: number,
): Promise<number> {
  const seconds = await measureSeconds(() =>
    runConcurrently(planCalls(testWorkspaces, count), async (call) => {
      await start(engine, call)
      await answer(engine, call)
      await end(engine, call)
    }),
  )
  return count / seconds
}

/** Starts `count` calls, then answers all of them, then ends all of them. Returns the calls per second of each step. */
export async function measureSteps(
  engine: CallEngine,
  testWorkspaces: readonly TestWorkspace[],
  count: number,
): Promise<Record<'starts' | 'answers' | 'ends', number>> {
  const calls = planCalls(testWorkspaces, count)
  const starts = await measureSeconds(() => runConcurrently(calls, (call) => start(engine, call)))
  const answers = await measureSeconds(() => runConcurrently(calls, (call) => answer(engine, call)))
  const ends = await measureSeconds(() => runConcurrently(calls, (call) => end(engine, call)))
  return { starts: count / starts, answers: count / answers, ends: count / ends }
}

/** Creates ids for `count` calls that take turns over the workspaces. */
function planCalls(testWorkspaces: readonly TestWorkspace[], count: number): Call[] {
  const rounds = Array.from({ length: Math.ceil(count / testWorkspaces.length) }, () => testWorkspaces).flat()
  return rounds
    .slice(0, count)
    .map((testWorkspace) => ({ testWorkspace, callId: newUuid(systemClock.now()) }))
}

async function runConcurrently(calls: readonly Call[], step: (call: Call) => Promise<void>): Promise<void> {
  const remaining = calls.values()
  await Promise.all(
    Array.from({ length: COMMANDS_IN_FLIGHT }, async () => {
      for (const call of remaining) await step(call)
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
  return submit(engine, { type: 'answer', by: 'workspace', workspaceId, target: { callId }, atMs })
}

function end(engine: CallEngine, { testWorkspace: { workspaceId }, callId }: Call): Promise<void> {
  return submit(engine, {
    type: 'end',
    by: 'workspace',
    workspaceId,
    target: { callId },
    atMs: null,
    reason: 'hangup',
  })
}

async function submit(engine: CallEngine, command: CallCommand): Promise<void> {
  const result = await engine.submit(command)
  if (result.outcome !== 'call' || result.call.facts.refused)
    throw new Error(`A ${command.type} failed: ${JSON.stringify(result)}`)
}
