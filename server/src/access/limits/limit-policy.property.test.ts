import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  countAttempt,
  forgiveAttempt,
  LIMIT_POLICIES,
  type LimitPolicy,
  type LimitState,
} from './limit-policy.ts'

const anyPolicy = fc.constantFrom<LimitPolicy>(...Object.values(LIMIT_POLICIES))

/** Attempts as fast as possible: each as soon as it is allowed. Returns how many are allowed within a time. */
function countAllowed(policy: LimitPolicy, timeMs: number, pausesMs: readonly number[]): number {
  let state: LimitState | undefined
  let nowMs = 1_000_000
  const endMs = nowMs + timeMs
  let allowed = 0
  for (let tries = 0; nowMs <= endMs && tries < 10_000; tries += 1) {
    const outcome = countAttempt(policy, state, nowMs)
    if ('retryAtMs' in outcome) {
      expect(outcome.retryAtMs).toBeGreaterThan(nowMs)
      nowMs = outcome.retryAtMs
      continue
    }
    state = outcome.state
    allowed += 1
    nowMs += pausesMs[tries % pausesMs.length] ?? 0
  }
  return allowed
}

test('however attempts are timed, no more are allowed than the free ones, the doubling waits and one for each forgiven', () => {
  fc.assert(
    fc.property(
      anyPolicy,
      fc.integer({ min: 0, max: 50 }),
      fc.array(fc.nat(120_000), { minLength: 1, maxLength: 5 }),
      (policy, forgiven, pausesMs) => {
        const timeMs = forgiven * policy.forgivenAfterMs
        const doublings = Math.ceil(Math.log2(policy.forgivenAfterMs / policy.delayMs)) + 2
        const allowed = countAllowed(policy, timeMs, pausesMs)
        expect(allowed).toBeLessThanOrEqual(policy.free + Math.max(1, doublings) + forgiven + 1)
      },
    ),
  )
})

test('somebody who waits until everything is forgiven starts over', () => {
  fc.assert(
    fc.property(anyPolicy, fc.integer({ min: 1, max: 100 }), (policy, attempts) => {
      let state: LimitState | undefined
      for (let index = 0; index < attempts; index += 1) {
        const outcome = countAttempt(policy, state, state?.nextAtMs ?? 0)
        if ('state' in outcome) state = outcome.state
      }
      const laterMs = (state?.atMs ?? 0) + (state?.debtMs ?? 0) + policy.delayMsMax
      expect(countAttempt(policy, state, laterMs)).toEqual({
        state: { debtMs: policy.forgivenAfterMs, atMs: laterMs, nextAtMs: laterMs },
      })
    }),
  )
})

test('an attempt that is forgiven leaves the debt as it was', () => {
  fc.assert(
    fc.property(anyPolicy, fc.nat(10), (policy, before) => {
      const start: LimitState = { debtMs: before * policy.forgivenAfterMs, atMs: 0, nextAtMs: 0 }
      const outcome = countAttempt(policy, start, 0)
      if (!('state' in outcome)) throw new Error('It was not counted')
      expect(forgiveAttempt(policy, outcome.state, 0).debtMs).toBe(start.debtMs)
    }),
  )
})

test('a clock that goes back forgives nothing and keeps nobody out for longer', () => {
  const { network } = LIMIT_POLICIES
  const state: LimitState = { debtMs: 5 * network.forgivenAfterMs, atMs: 100_000, nextAtMs: 0 }
  const outcome = countAttempt(network, state, 50_000)
  expect(outcome).toEqual({ state: { debtMs: 6 * network.forgivenAfterMs, atMs: 50_000, nextAtMs: 50_000 } })
})

test('the waits double and are bounded', () => {
  const { account } = LIMIT_POLICIES
  const waits: number[] = []
  let state: LimitState | undefined
  for (let index = 0; index < account.free + 10; index += 1) {
    const outcome = countAttempt(account, state, state?.nextAtMs ?? 0)
    if (!('state' in outcome)) throw new Error('It was not counted')
    state = outcome.state
    waits.push(state.nextAtMs - state.atMs)
  }
  expect(waits.slice(0, account.free - 1).every((wait) => wait === 0)).toBe(true)
  expect(waits.slice(account.free - 1, account.free + 3)).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(Math.max(...waits)).toBeLessThanOrEqual(account.delayMsMax)
})
