import { assertNever } from '@talktime/core/exhaustive'
import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { instantOf } from '../../platform/http/instant.ts'
import type { PlannedCall } from '../planned-call.ts'
import { addRetryingTask, type RetryingTaskDeps } from './retrying-task.ts'
import type { StackApi, StartedCall } from './stack-api.ts'

/** `unreported`: the conversation is over, but Talktime has not heard of it. */
export type SimulatedCallState = 'ringing' | 'talking' | 'unreported'

/** The open calls of the simulated voice stack. */
export type SimulatedCalls = {
  /** Plays a call that Talktime authorized: its answer, heartbeats and end, as planned. */
  play(started: StartedCall, plan: PlannedCall): void
  count(state: SimulatedCallState): number
  /** The number of calls in any state. */
  readonly size: number
  /** Ends every call, and waits until all ends are reported or have failed. */
  hangUpAll(): Promise<void>
}

export type SimulatedCallsDeps = RetryingTaskDeps & { readonly api: StackApi }

type Call = {
  readonly id: string
  readonly plan: PlannedCall
  state: SimulatedCallState
  overAtMs: number | null
}

const HEARTBEAT_MS = 30 * SECOND_MS
/** A call whose end is never reported stays in `unreported` this long: Talktime counts it until its lease is over. */
const LEASE_MS = 100 * SECOND_MS
/** Late reports come at most this late, because people who watch do not want to wait for minutes. */
const REPORT_DELAY_MS_MAX = MINUTE_MS

export function createSimulatedCalls(deps: SimulatedCallsDeps): SimulatedCalls {
  const { api, clock } = deps
  const calls = new Map<string, Call>()

  return {
    play(started, plan) {
      const call: Call = { id: started.id, plan, state: 'ringing', overAtMs: null }
      calls.set(call.id, call)
      const { answeredAtMs, endedAtMs } = plan
      if (answeredAtMs === null) {
        addRetryingTask(deps, {
          atMs: endedAtMs,
          what: 'end',
          run: () => reportEnd(deps, calls, call, endedAtMs),
        })
        return
      }
      const hardStopMs = answeredAtMs + started.maxDurationSeconds * SECOND_MS
      const overAtMs = Math.min(endedAtMs, hardStopMs)
      deps.timeline.add(answeredAtMs, async () => startConversation(deps, calls, call, answeredAtMs))
      deps.timeline.add(overAtMs, async () => {
        if (call.state === 'talking') endConversation(deps, calls, call, overAtMs)
      })
    },
    count: (state) => [...calls.values()].filter((call) => call.state === state).length,
    get size() {
      return calls.size
    },
    async hangUpAll() {
      const nowMs = clock.now()
      const ends = [...calls.values()].map(({ id, overAtMs }) =>
        api.end(id, instantOf(overAtMs ?? nowMs), 'voice_stack_stopped'),
      )
      calls.clear()
      await Promise.allSettled(ends)
    },
  }
}

type Calls = Map<string, Call>

function startConversation(deps: SimulatedCallsDeps, calls: Calls, call: Call, atMs: number): void {
  call.state = 'talking'
  sendHeartbeats(deps, calls, call, atMs)
  if (call.plan.ending !== 'before_the_answer') reportAnswerAt(deps, call, atMs, atMs)
}

/** Ends the conversation. The call's ending decides whether, when and how often Talktime hears of it. */
function endConversation(deps: SimulatedCallsDeps, calls: Calls, call: Call, atMs: number): void {
  call.overAtMs = atMs
  call.state = 'unreported'
  const { ending, reportDelayMs, answeredAtMs } = call.plan
  const reportAfter = (delayMs: number) =>
    addRetryingTask(deps, {
      atMs: atMs + delayMs,
      what: 'end',
      run: () => reportEnd(deps, calls, call, atMs),
    })
  const dropAfterLease = () =>
    deps.timeline.add(atMs + LEASE_MS, async () => {
      calls.delete(call.id)
    })
  switch (ending) {
    case 'once':
      reportAfter(0)
      break
    case 'three_times':
      for (const delayMs of [0, 900, 4_000]) reportAfter(delayMs)
      break
    case 'before_the_answer':
      reportAfter(0)
      reportAnswerAt(deps, call, atMs + 1_500, answeredAtMs ?? atMs)
      break
    case 'late':
      reportAfter(Math.min(Math.round(reportDelayMs / 20), REPORT_DELAY_MS_MAX))
      break
    case 'never':
      dropAfterLease()
      break
    case 'too_late':
      dropAfterLease()
      reportAfter(2 * LEASE_MS)
      break
    default:
      assertNever(ending)
  }
}

/** Sends heartbeats while the call talks, and hangs up when Talktime's response says so. */
function sendHeartbeats(deps: SimulatedCallsDeps, calls: Calls, call: Call, atMs: number): void {
  const { api, clock } = deps
  async function run(): Promise<void> {
    if (call.state !== 'talking') return
    sendHeartbeats(deps, calls, call, clock.now() + HEARTBEAT_MS)
    const response = await api.heartbeat(call.id)
    if (!response.continue) await reportEnd(deps, calls, call, clock.now())
  }
  addRetryingTask(deps, { atMs, what: 'heartbeat', run })
}

function reportAnswerAt(deps: SimulatedCallsDeps, call: Call, atMs: number, answeredAtMs: number): void {
  addRetryingTask(deps, {
    atMs,
    what: 'answer',
    run: () => deps.api.answer(call.id, instantOf(answeredAtMs)),
  })
}

async function reportEnd(
  { api }: SimulatedCallsDeps,
  calls: Calls,
  call: Call,
  endedAtMs: number,
): Promise<void> {
  calls.delete(call.id)
  call.state = 'unreported'
  call.overAtMs = endedAtMs
  await api.end(call.id, instantOf(endedAtMs), call.plan.endReason)
}
