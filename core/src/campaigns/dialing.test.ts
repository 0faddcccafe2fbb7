import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { classifyDisposition, decideContactState, planDials, type RetryPolicy } from './dialing.ts'

const MINUTE_MS = 60_000

describe('the pace of a campaign', () => {
  test('fills the free places at once where no pace is set', () => {
    const situation = { calling: 3, due: 50, startedLastMinute: 400, nextSlotMs: 0 }
    expect(planDials({ concurrency: 20, callsPerMinute: null }, situation, 1_000).count).toBe(17)
  })

  test('spreads a minute’s calls evenly', () => {
    const pace = { concurrency: 100, callsPerMinute: 60 }
    const startedAtMs = simulate(pace, { everyMs: 50, untilMs: 3 * MINUTE_MS, talkMs: 1_000 })
    expect(startedAtMs).toHaveLength(180)
    const gaps = startedAtMs.slice(1).map((atMs, index) => atMs - (startedAtMs[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(900)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_100)
  })

  test('is not made up for after a long silence', () => {
    const pace = { concurrency: 100, callsPerMinute: 60 }
    const situation = { calling: 0, due: 100, startedLastMinute: 0, nextSlotMs: 0 }
    expect(planDials(pace, situation, 10 * MINUTE_MS).count).toBeLessThanOrEqual(2)
  })

  test('no 60 seconds see more calls than it allows, nor more at once than the concurrency, however it is looked at', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 30, maxLength: 200 }),
        fc.integer({ min: 1, max: 20_000 }),
        (concurrency, callsPerMinute, distances, talkMs) => {
          const starts: number[] = []
          let nowMs = 0
          let nextSlotMs = 0
          for (const distance of distances) {
            nowMs += distance
            const calling = starts.filter((atMs) => atMs + talkMs > nowMs).length
            const startedLastMinute = starts.filter((atMs) => atMs > nowMs - MINUTE_MS).length
            const situation = { calling, due: 1_000, startedLastMinute, nextSlotMs }
            const dialing = planDials({ concurrency, callsPerMinute }, situation, nowMs)
            expect(calling + dialing.count).toBeLessThanOrEqual(concurrency)
            for (let n = 0; n < dialing.count; n += 1) starts.push(nowMs)
            nextSlotMs = dialing.nextSlotMs
          }
          for (const fromMs of starts) {
            const within = starts.filter((atMs) => atMs >= fromMs && atMs < fromMs + MINUTE_MS)
            expect(within.length).toBeLessThanOrEqual(callsPerMinute)
          }
        },
      ),
      propertyRuns(200),
    )
  })

  test('says when to look again, and then there is something to do', () => {
    const pace = { concurrency: 10, callsPerMinute: 30 }
    const first = planDials(pace, { calling: 0, due: 5, startedLastMinute: 0, nextSlotMs: 0 }, 5_000)
    expect(first.count).toBe(1)
    const again = { calling: 1, due: 4, startedLastMinute: 1, nextSlotMs: first.nextSlotMs }
    expect(planDials(pace, again, (first.lookAgainMs ?? 0) - 1).count).toBe(0)
    expect(planDials(pace, again, first.lookAgainMs ?? 0).count).toBe(1)
  })
})

function simulate(
  pace: { concurrency: number; callsPerMinute: number },
  { everyMs, untilMs, talkMs }: { everyMs: number; untilMs: number; talkMs: number },
): number[] {
  const starts: number[] = []
  let nextSlotMs = 0
  for (let nowMs = 0; nowMs < untilMs; nowMs += everyMs) {
    const calling = starts.filter((atMs) => atMs + talkMs > nowMs).length
    const startedLastMinute = starts.filter((atMs) => atMs > nowMs - MINUTE_MS).length
    const dialing = planDials(pace, { calling, due: 1_000, startedLastMinute, nextSlotMs }, nowMs)
    for (let n = 0; n < dialing.count; n += 1) starts.push(nowMs)
    nextSlotMs = dialing.nextSlotMs
  }
  return starts
}

describe('a contact after its dial', () => {
  const policy: RetryPolicy = { attemptsMax: 3, afterMs: 10 * MINUTE_MS, on: ['no_answer', 'busy'] }
  test.each([
    { outcome: 'reached', attempts: 1, next: { state: 'reached' } },
    { outcome: 'no_answer', attempts: 1, next: { state: 'waiting', nextAttemptAtMs: 700_000, counts: true } },
    { outcome: 'busy', attempts: 2, next: { state: 'waiting', nextAttemptAtMs: 700_000, counts: true } },
    { outcome: 'busy', attempts: 3, next: { state: 'not_reached' } },
    { outcome: 'failed', attempts: 1, next: { state: 'not_reached' } },
    { outcome: 'voicemail', attempts: 1, next: { state: 'not_reached' } },
    { outcome: 'canceled', attempts: 3, next: { state: 'waiting', nextAttemptAtMs: 700_000, counts: false } },
    {
      outcome: 'not_called',
      attempts: 1,
      next: { state: 'waiting', nextAttemptAtMs: 100_000, counts: false },
    },
  ] as const)('that $outcome at attempt $attempts is $next.state', ({ outcome, attempts, next }) => {
    expect(decideContactState(outcome, attempts, policy, 100_000)).toEqual(next)
  })
})

describe('what became of a dial', () => {
  const call = { refused: false, answered: false, endReason: null, lost: false }
  test.each([
    { what: 'spoken with', call: { ...call, answered: true, endReason: 'completed' }, outcome: 'reached' },
    {
      what: 'cut off while speaking',
      call: { ...call, answered: true, endReason: 'hung_up' },
      outcome: 'reached',
    },
    { what: 'a machine', call: { ...call, answered: true, endReason: 'voicemail' }, outcome: 'voicemail' },
    { what: 'busy', call: { ...call, endReason: 'busy' }, outcome: 'busy' },
    { what: 'nobody', call: { ...call, endReason: 'no_answer' }, outcome: 'no_answer' },
    { what: 'no line', call: { ...call, endReason: 'invalid_number' }, outcome: 'failed' },
    { what: 'taken back', call: { ...call, endReason: 'canceled' }, outcome: 'canceled' },
    { what: 'refused by the gate', call: { ...call, refused: true }, outcome: 'not_called' },
    { what: 'not placed', call: { ...call, endReason: 'not_placed' }, outcome: 'not_called' },
    { what: 'withdrawn', call: { ...call, endReason: 'withdrawn' }, outcome: 'not_called' },
    {
      what: 'an end that came before its answer',
      call: { ...call, endReason: 'completed' },
      outcome: 'reached',
    },
    {
      what: 'never heard of again',
      call: { ...call, lost: true, endReason: 'no_answer_reported' },
      outcome: 'no_answer',
    },
  ])('$what: $outcome', ({ call, outcome }) => {
    expect(classifyDisposition(call)).toBe(outcome)
  })
})
