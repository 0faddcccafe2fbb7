import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { MINUTE_MS } from '../time/durations.ts'
import { planDials } from './dial-pacing.ts'

const runs = propertyRuns(200)

describe('the pace of a campaign', () => {
  test('allows no more dials in 60 seconds, nor calls at once, than it says, however irregularly it is planned', () => {
    const concurrencies = fc.integer({ min: 1, max: 20 })
    const paces = fc.integer({ min: 1, max: 300 })
    const intervals = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 30, maxLength: 200 })
    const talkTimes = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(
        concurrencies,
        paces,
        intervals,
        talkTimes,
        (concurrency, callsPerMinute, waits, talkMs) => {
          const starts: number[] = []
          let nowMs = 0
          let nextSlotMs = 0
          for (const waitMs of waits) {
            nowMs += waitMs
            const calling = starts.filter((atMs) => atMs + talkMs > nowMs).length
            const startedLastMinute = starts.filter((atMs) => atMs > nowMs - MINUTE_MS).length
            const situation = { calling, due: 1_000, startedLastMinute, nextSlotMs }
            const plan = planDials({ concurrency, callsPerMinute }, situation, nowMs)
            expect(calling + plan.count).toBeLessThanOrEqual(concurrency)
            for (let n = 0; n < plan.count; n += 1) starts.push(nowMs)
            nextSlotMs = plan.nextSlotMs
          }
          for (const fromMs of starts) {
            const within = starts.filter((atMs) => atMs >= fromMs && atMs < fromMs + MINUTE_MS)
            expect(within.length).toBeLessThanOrEqual(callsPerMinute)
          }
        },
      ),
      runs,
    )
  })

  const situation = fc.record({
    calling: fc.integer({ min: 0, max: 30 }),
    due: fc.integer({ min: 0, max: 300 }),
    startedLastMinute: fc.integer({ min: 0, max: 300 }),
    nextSlotMs: fc.integer({ min: 0, max: 10 * MINUTE_MS }),
  })
  const pace = fc.record({
    concurrency: fc.integer({ min: 1, max: 20 }),
    callsPerMinute: fc.option(fc.double({ min: 0.1, max: 600, noNaN: true })),
  })
  const now = fc.integer({ min: 0, max: 10 * MINUTE_MS })

  test('never begins more dials than contacts are due, nor fewer than none', () => {
    fc.assert(
      fc.property(pace, situation, now, (limits, given, nowMs) => {
        const { count } = planDials(limits, given, nowMs)
        expect(count).toBeGreaterThanOrEqual(0)
        expect(count).toBeLessThanOrEqual(given.due)
      }),
      runs,
    )
  })

  test('says when to look again exactly when it holds back dials that concurrency would allow', () => {
    fc.assert(
      fc.property(pace, situation, now, (limits, given, nowMs) => {
        const { count, lookAgainMs } = planDials(limits, given, nowMs)
        const wanted = Math.min(given.due, Math.max(0, limits.concurrency - given.calling))
        expect(lookAgainMs !== null).toBe(count < wanted)
        if (lookAgainMs !== null) expect(lookAgainMs).toBeGreaterThanOrEqual(nowMs)
      }),
      runs,
    )
  })
})
