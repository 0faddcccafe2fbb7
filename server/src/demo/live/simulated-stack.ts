import { randomUUID } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import { instantOf } from '../../platform/http/instant.ts'
import type { Logger } from '../../platform/log.ts'
import type { SeededRandom } from '../../platform/seeded-random.ts'
import { type CallHabits, type EndingWeights, type PlannedCall, planCall } from '../planned-call.ts'
import { createTimeline } from './timeline.ts'
import type { CallVolume } from './call-volume.ts'
import { ApiFailure, type StackAgent, type StackApi, type StartedCall } from './stack-api.ts'

/**
 * A voice stack whose callers and agents are imagined: it knows of Talktime what any voice stack does, its HTTP API,
 * and reports as well and as badly as real ones do.
 */
export type SimulatedStack = {
  /** When it wants to do something next (epoch ms). */
  nextAtMs(): number
  /** Does what is due next. Throws {@link ApiFailure} where going on is pointless: its key is no longer good. */
  step(): Promise<void>
  /** Hangs up every call that is on. */
  hangUpAll(): Promise<void>
  /** Calls in conversation, as far as the stack knows. */
  readonly talking: number
}

export type SimulatedStackDeps = {
  readonly api: StackApi
  readonly clock: Clock
  readonly chance: SeededRandom
  readonly log: Logger
  readonly habitsOf: (agent: StackAgent) => CallHabits
  readonly pace: CallVolume
  /** How well it reports the ends of calls. */
  readonly endings?: EndingWeights
}

/** Calls that ring, talk or are not known to be over. */
const callsMax = 4

const heartbeatMs = 30_000
/** A call that nobody reports the end of still counts until its lease has run out. */
const leaseMs = 100_000
const agentsAgeMsMax = 30_000
const retryMs = 5_000
const retriesMax = 24

const usualEndings: EndingWeights = {
  once: 90,
  three_times: 4,
  late: 3,
  before_the_answer: 1,
  never: 1,
  too_late: 1,
}

/** How long to wait after a refusal before asking again. */
const refusalPauseMs: Readonly<Record<string, number>> = {
  out_of_credits: 60_000,
  workspace_suspended: 60_000,
  concurrency_limit: 15_000,
  agent_disabled: 1_000,
}

type Call = {
  readonly id: string
  readonly plan: PlannedCall
  /** `unreported`: over, but Talktime was not told of it. */
  state: 'ringing' | 'talking' | 'unreported'
  overAtMs: number | null
}

export function createSimulatedStack(deps: SimulatedStackDeps): SimulatedStack {
  const { api, clock, chance, log, habitsOf, pace, endings = usualEndings } = deps
  const agenda = createTimeline()
  const calls = new Map<string, Call>()
  let agents: readonly StackAgent[] = []
  let agentsReadAtMs = Number.NEGATIVE_INFINITY

  const inState = (state: Call['state']) => [...calls.values()].filter((call) => call.state === state).length

  /** Does it at its time, and again a little later where the server is not there. */
  function plan(atMs: number, what: string, run: () => Promise<void>, tries = 1): void {
    agenda.add(atMs, async () => {
      try {
        await run()
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error
        if (error.status === 401) throw error
        if (!error.passes || tries === retriesMax) {
          log.warn({ err: error }, `The simulated voice stack gives up: ${what}`)
        } else {
          if (tries === 1) log.debug({ err: error }, `The simulated voice stack tries again: ${what}`)
          plan(clock.now() + retryMs, what, run, tries + 1)
        }
      }
    })
  }

  /** Sees to it that enough calls are on, again and again. */
  function watchTraffic(atMs: number): void {
    agenda.add(atMs, async () => {
      let pauseMs = Math.round(chance.between(1_500, 5_000))
      try {
        pauseMs = Math.max(pauseMs, await keepCrowd())
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.status === 401) throw error
        log.debug({ err: error }, 'The simulated voice stack cannot start a call')
        pauseMs = retryMs
      }
      watchTraffic(clock.now() + pauseMs)
    })
  }

  /** Starts a call if there are too few. Returns how long to wait at least before the next. */
  async function keepCrowd(): Promise<number> {
    const nowMs = clock.now()
    const crowd = pace.crowd(nowMs, inState('talking') + inState('unreported'))
    // Not every call that rings is answered.
    const expected = inState('talking') + inState('unreported') + inState('ringing') * 0.7
    if (expected >= crowd || calls.size >= callsMax) return 0
    const agent = await anAgent(nowMs)
    return agent === undefined ? agentsAgeMsMax : startCall(agent)
  }

  async function anAgent(nowMs: number): Promise<StackAgent | undefined> {
    if (nowMs - agentsReadAtMs >= agentsAgeMsMax) {
      agents = await api.agents()
      agentsReadAtMs = nowMs
    }
    const index = chance.weighted(agents.map((agent) => habitsOf(agent).callsShare))
    return agents[index]
  }

  async function startCall(agent: StackAgent): Promise<number> {
    const imagined = planCall(chance, habitsOf(agent), clock.now(), endings)
    const started = await api.start({
      agentId: agent.id,
      direction: imagined.habits.direction,
      ...(imagined.from !== null && { from: imagined.from }),
      ...(imagined.to !== null && { to: imagined.to }),
      externalId: `sim-${randomUUID()}`,
    })
    if (started.refusal !== null) {
      log.debug({ reason: started.refusal.reason }, 'A simulated call was refused')
      // The list of agents is out of date.
      if (started.refusal.reason === 'agent_disabled') agentsReadAtMs = Number.NEGATIVE_INFINITY
      return refusalPauseMs[started.refusal.reason] ?? 60_000
    }
    follow(started, imagined)
    return 0
  }

  /** Plans what becomes of a call that may start. */
  function follow(started: StartedCall, imagined: PlannedCall): void {
    const { answeredAtMs, endedAtMs, ending } = imagined
    const call: Call = { id: started.id, plan: imagined, state: 'ringing', overAtMs: null }
    calls.set(call.id, call)
    if (answeredAtMs === null) {
      plan(endedAtMs, 'end', () => hangUp(call, endedAtMs))
      return
    }
    const hardStopMs = answeredAtMs + started.maxDurationSeconds * 1000
    const overAtMs = Math.min(endedAtMs, hardStopMs)
    agenda.add(answeredAtMs, async () => {
      call.state = 'talking'
      heartbeat(call, answeredAtMs)
      if (ending !== 'before_the_answer') plan(answeredAtMs, 'answer', () => tellAnswer(call, answeredAtMs))
    })
    agenda.add(overAtMs, async () => {
      if (call.state !== 'talking') return
      tellEnd(call, overAtMs)
    })
  }

  function tellAnswer(call: Call, atMs: number): Promise<void> {
    return api.answer(call.id, instantOf(atMs))
  }

  /** The conversation is over; who hears of it, and when, is another question. */
  function tellEnd(call: Call, atMs: number): void {
    call.overAtMs = atMs
    call.state = 'unreported'
    const { ending, reportDelayMs, answeredAtMs } = call.plan
    const reportLater = (delayMs: number) => plan(atMs + delayMs, 'end', () => hangUp(call, atMs))
    switch (ending) {
      case 'once':
        reportLater(0)
        break
      case 'three_times':
        for (const delayMs of [0, 900, 4_000]) reportLater(delayMs)
        break
      case 'before_the_answer':
        reportLater(0)
        plan(atMs + 1_500, 'answer', () => tellAnswer(call, answeredAtMs ?? atMs))
        break
      case 'late':
        // Nobody who watches wants to wait for minutes.
        reportLater(Math.min(Math.round(reportDelayMs / 20), 60_000))
        break
      case 'never':
      case 'too_late':
        agenda.add(atMs + leaseMs, async () => {
          calls.delete(call.id)
        })
        if (ending === 'too_late') reportLater(2 * leaseMs)
    }
  }

  function heartbeat(call: Call, atMs: number): void {
    plan(atMs, 'heartbeat', async () => {
      if (call.state !== 'talking') return
      heartbeat(call, clock.now() + heartbeatMs)
      const answer = await api.heartbeat(call.id)
      if (!answer.continue) await hangUp(call, clock.now())
    })
  }

  async function hangUp(call: Call, atMs: number): Promise<void> {
    calls.delete(call.id)
    call.state = 'unreported'
    call.overAtMs = atMs
    await api.end(call.id, instantOf(atMs), call.plan.endReason)
  }

  watchTraffic(clock.now())
  return {
    nextAtMs: () => agenda.nextAtMs() ?? clock.now(),
    step: () => agenda.runNext(),
    async hangUpAll() {
      agenda.clear()
      const nowMs = clock.now()
      const ends = [...calls.values()].map(({ id, overAtMs }) =>
        api.end(id, instantOf(overAtMs ?? nowMs), 'voice_stack_stopped'),
      )
      calls.clear()
      await Promise.allSettled(ends)
    },
    get talking() {
      return inState('talking')
    },
  }
}
