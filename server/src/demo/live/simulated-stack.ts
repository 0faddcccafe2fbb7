import { randomUUID } from 'node:crypto'
import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/log.ts'
import type { SeededRandom } from '../../platform/seeded-random.ts'
import { type CallHabits, type EndingWeights, planCall } from '../planned-call.ts'
import type { CallVolume } from './call-volume.ts'
import { RETRY_MS } from './retrying-task.ts'
import { createSimulatedCalls } from './simulated-calls.ts'
import { ApiFailure, type StackAgent, type StackApi } from './stack-api.ts'
import { createTimeline } from './timeline.ts'

/**
 * A voice stack with invented callers. It knows Talktime only through the HTTP API, as any voice stack does, and its
 * reports are as unreliable as real ones.
 */
export type SimulatedStack = {
  /** When the stack next has something to do (epoch ms). */
  findNextAtMs(): number
  /** Does the next thing. Throws {@link ApiFailure} when the stack cannot continue: its API key was refused. */
  step(): Promise<void>
  /** Ends every open call. */
  hangUpAll(): Promise<void>
}

export type SimulatedStackDeps = {
  readonly api: StackApi
  readonly clock: Clock
  readonly chance: SeededRandom
  readonly log: Logger
  readonly chooseHabits: (agent: StackAgent) => CallHabits
  readonly callVolume: CallVolume
  /** How the ends of calls are reported. By default mostly once, and rarely in each of the other ways. */
  readonly endings?: EndingWeights
}

/** The most calls that ring, talk or are not yet reported as over. */
const CALLS_MAX = 4
/** Not every call that rings is answered. */
const ANSWERED_SHARE = 0.7
/** How long a list of agents is used before it is read again. */
const AGENTS_AGE_MS_MAX = 30 * SECOND_MS

const usualEndings: EndingWeights = {
  once: 90,
  three_times: 4,
  late: 3,
  before_the_answer: 1,
  never: 1,
  too_late: 1,
}

/** How long to wait after a refusal before the next call, by the reason. */
const refusalPausesMs: Readonly<Record<string, number>> = {
  out_of_credits: MINUTE_MS,
  workspace_suspended: MINUTE_MS,
  email_unverified: MINUTE_MS,
  concurrency_limit: 15 * SECOND_MS,
  agent_disabled: SECOND_MS,
}

export function createSimulatedStack(deps: SimulatedStackDeps): SimulatedStack {
  const { api, clock, chance, log, chooseHabits, callVolume, endings = usualEndings } = deps
  const timeline = createTimeline()
  const calls = createSimulatedCalls({ api, clock, log, timeline })
  const agents = createAgentList(deps)

  /** Starts calls at random intervals as long as there are too few. */
  function watchTraffic(atMs: number): void {
    timeline.add(atMs, async () => {
      let pauseMs = Math.round(chance.between(1_500, 5_000))
      try {
        pauseMs = Math.max(pauseMs, await startCallIfFew())
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.status === 401) throw error
        log.debug({ err: error }, 'The simulated voice stack cannot start a call')
        pauseMs = RETRY_MS
      }
      watchTraffic(clock.now() + pauseMs)
    })
  }

  /** Starts a call if there are too few. Returns how long to wait at least before the next one. */
  async function startCallIfFew(): Promise<number> {
    const nowMs = clock.now()
    const liveCalls = calls.count('talking') + calls.count('unreported')
    const target = callVolume.chooseTarget(nowMs, liveCalls)
    const expected = liveCalls + calls.count('ringing') * ANSWERED_SHARE
    if (expected >= target || calls.size >= CALLS_MAX) return 0
    const agent = await agents.choose(nowMs)
    return agent === undefined ? AGENTS_AGE_MS_MAX : startCall(agent)
  }

  async function startCall(agent: StackAgent): Promise<number> {
    const plan = planCall(chance, chooseHabits(agent), clock.now(), endings)
    const started = await api.start({
      agentId: agent.id,
      direction: plan.habits.direction,
      ...(plan.from !== null && { from: plan.from }),
      ...(plan.to !== null && { to: plan.to }),
      externalId: `sim-${randomUUID()}`,
    })
    if (started.refusal !== null) {
      log.debug({ reason: started.refusal.reason }, 'A simulated call was refused')
      if (started.refusal.reason === 'agent_disabled') agents.expire()
      return refusalPausesMs[started.refusal.reason] ?? MINUTE_MS
    }
    calls.play(started, plan)
    return 0
  }

  watchTraffic(clock.now())
  return {
    findNextAtMs: () => timeline.findNextAtMs() ?? clock.now(),
    step: () => timeline.runNext(),
    async hangUpAll() {
      timeline.clear()
      await calls.hangUpAll()
    },
  }
}

/** The agents that take calls, read from the API and kept for a while. */
type AgentList = {
  /** Chooses an agent at random by its share of the calls. Undefined if no agent takes calls. */
  choose(nowMs: number): Promise<StackAgent | undefined>
  /** Has the next `choose` read the list again. */
  expire(): void
}

function createAgentList({
  api,
  chance,
  chooseHabits,
}: Pick<SimulatedStackDeps, 'api' | 'chance' | 'chooseHabits'>): AgentList {
  let agents: readonly StackAgent[] = []
  let readAtMs = Number.NEGATIVE_INFINITY
  return {
    async choose(nowMs) {
      if (nowMs - readAtMs >= AGENTS_AGE_MS_MAX) {
        agents = await api.listAgents()
        readAtMs = nowMs
      }
      return agents[chance.weighted(agents.map((agent) => chooseHabits(agent).callsShare))]
    },
    expire() {
      readAtMs = Number.NEGATIVE_INFINITY
    },
  }
}
