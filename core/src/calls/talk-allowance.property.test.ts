import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import {
  addAmount,
  addLiveCall,
  type BalanceLine,
  balanceAt,
  findCrossing,
  removeLiveCall,
} from '../billing/balance-line.ts'
import { assertNever } from '../exhaustive.ts'
import { authorizeCall } from './authorize.ts'
import { computeHardStop, computeTalkAllowance, type TalkTerms } from './talk-allowance.ts'

const runs = propertyRuns(500)
const terms: TalkTerms = { overdraft: 'none', durationMsMax: 600_000 }
const startMs = Date.UTC(2026, 0, 10, 12)

type OpenCall = { readonly answeredAtMs: number | null; readonly maxDurationMs: number }

/** A workspace without overdraft. Its calls end when they are ordered to: at their hard stop, or at a balance of zero. */
type World = { readonly line: BalanceLine; readonly calls: readonly OpenCall[]; readonly nowMs: number }

type Step = {
  readonly kind: 'start' | 'answer' | 'end' | 'heartbeat' | 'purchase' | 'wait'
  /** Which of the open calls. */
  readonly pick: number
  readonly ms: number
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('start', 'answer', 'answer', 'end', 'heartbeat', 'purchase', 'wait', 'wait'),
  pick: fc.nat({ max: 20 }),
  ms: fc.integer({ min: 0, max: 90_000 }),
})

function endCall(world: World, index: number): World {
  const call = world.calls[index]
  if (call === undefined) return world
  const isLive = call.answeredAtMs !== null
  return {
    ...world,
    // The conversation was talked: it leaves the line and is charged in one step, which does not move the balance.
    line: isLive ? removeLiveCall(world.line, world.nowMs) : world.line,
    calls: world.calls.filter((_, other) => other !== index),
  }
}

/** Lets time pass. Calls end at the first of: their hard stop, and the instant at which the balance reaches zero. */
function passTime(world: World, untilMs: number): World {
  for (let now = world; ; ) {
    const stops = now.calls.map(({ answeredAtMs, maxDurationMs }) =>
      answeredAtMs === null ? Number.POSITIVE_INFINITY : answeredAtMs + maxDurationMs,
    )
    const zeroMs = findCrossing(now.line, 0) ?? Number.POSITIVE_INFINITY
    const nextMs = Math.max(now.nowMs, Math.min(zeroMs, ...stops))
    if (nextMs >= untilMs) return { ...now, nowMs: Math.max(untilMs, now.nowMs) }
    now = { ...now, nowMs: nextMs }
    const over = zeroMs <= nextMs ? now.calls.findIndex(isLive) : stops.findIndex((atMs) => atMs <= nextMs)
    now = endCall(now, over)
  }
}

const isLive = ({ answeredAtMs }: OpenCall) => answeredAtMs !== null

function renew(world: World, call: OpenCall): OpenCall {
  const { line, calls, nowMs } = world
  return { ...call, maxDurationMs: computeHardStop(terms, line, calls.length, call, nowMs) }
}

function replaceCall(world: World, index: number, call: OpenCall): World {
  return { ...world, calls: world.calls.map((other, at) => (at === index ? call : other)) }
}

function applyStep(world: World, { kind, pick, ms }: Step): World {
  const index = world.calls.length === 0 ? -1 : pick % world.calls.length
  const call = world.calls[index]
  switch (kind) {
    case 'wait':
      return passTime(world, world.nowMs + ms)
    case 'purchase':
      return { ...world, line: addAmount(world.line, ms) }
    case 'start': {
      const { line, calls, nowMs } = world
      const gate = {
        workspaceActive: true,
        agentActive: true,
        line,
        openCalls: calls.length,
        concurrentCallsMax: null,
        awaitsVerification: false,
        ...terms,
      }
      if (authorizeCall(gate, nowMs).decision === 'refused') return world
      const fresh = { answeredAtMs: null, maxDurationMs: 0 }
      const next = { ...world, calls: [...calls, fresh] }
      return replaceCall(next, calls.length, renew(next, fresh))
    }
    case 'answer': {
      if (call === undefined || isLive(call)) return world
      const answered = { ...call, answeredAtMs: world.nowMs }
      const next = { ...world, line: addLiveCall(world.line, world.nowMs) }
      return replaceCall(next, index, renew(next, answered))
    }
    case 'heartbeat':
      return call === undefined ? world : replaceCall(world, index, renew(world, call))
    case 'end':
      return endCall(world, index)
    default:
      return assertNever(kind)
  }
}

const history = fc.record({
  balanceMs: fc.integer({ min: -1_000, max: 400_000 }),
  steps: fc.array(step, { maxLength: 40 }),
})

function play(balanceMs: number, steps: readonly Step[], look: (world: World) => void): void {
  let world: World = { line: { anchorMs: startMs, balanceMs, liveCalls: 0 }, calls: [], nowMs: startMs }
  for (const next of steps) {
    world = applyStep(world, next)
    look(world)
  }
}

test('without overdraft, what the open calls may still talk never adds up to more than the balance', () => {
  fc.assert(
    fc.property(history, ({ balanceMs, steps }) => {
      play(balanceMs, steps, (world) => {
        const { line, calls, nowMs } = world
        const allowedMs = calls
          .map((call) => renew(world, call))
          .map(({ answeredAtMs, maxDurationMs }) => maxDurationMs - (nowMs - (answeredAtMs ?? nowMs)))
          .reduce((sum, ms) => sum + Math.max(0, ms), 0)
        expect(allowedMs).toBeLessThanOrEqual(Math.max(0, balanceAt(line, nowMs)))
        const eachMs = computeTalkAllowance(terms, line, calls.length, nowMs)
        expect(eachMs * calls.length).toBeLessThanOrEqual(Math.max(0, balanceAt(line, nowMs)))
      })
    }),
    runs,
  )
})

test('without overdraft, calls that end when they are ordered to use less than a millisecond each below zero', () => {
  fc.assert(
    fc.property(history, ({ balanceMs, steps }) => {
      let callsMax = 0
      play(balanceMs, steps, ({ line, calls, nowMs }) => {
        callsMax = Math.max(callsMax, calls.length)
        // The balance reaches zero between two whole milliseconds.
        expect(balanceAt(line, nowMs)).toBeGreaterThan(Math.min(0, balanceMs) - callsMax - 1)
      })
    }),
    runs,
  )
})
