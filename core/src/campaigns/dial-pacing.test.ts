import { describe, expect, test } from 'vitest'
import { MINUTE_MS } from '../time/durations.ts'
import { type DialingPace, planDials } from './dial-pacing.ts'

describe('the pace of a campaign', () => {
  test('fills the free places at once when only concurrency limits it', () => {
    const situation = { calling: 3, due: 50, startedLastMinute: 400, nextSlotMs: 0 }
    expect(planDials({ concurrency: 20, callsPerMinute: null }, situation, 1_000).count).toBe(17)
  })

  test('spreads a minute’s calls evenly', () => {
    const pace = { concurrency: 100, callsPerMinute: 60 }
    const startedAtMs = simulateDials(pace, { everyMs: 50, untilMs: 3 * MINUTE_MS, talkMs: 1_000 })
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

  test('allows the next dial at the time to look again, and not before', () => {
    const pace = { concurrency: 10, callsPerMinute: 30 }
    const first = planDials(pace, { calling: 0, due: 5, startedLastMinute: 0, nextSlotMs: 0 }, 5_000)
    expect(first.count).toBe(1)
    const again = { calling: 1, due: 4, startedLastMinute: 1, nextSlotMs: first.nextSlotMs }
    expect(planDials(pace, again, (first.lookAgainMs ?? 0) - 1).count).toBe(0)
    expect(planDials(pace, again, first.lookAgainMs ?? 0).count).toBe(1)
  })
})

/** Plans at regular intervals, with calls of equal length. Returns when each dial began. */
function simulateDials(
  pace: DialingPace,
  { everyMs, untilMs, talkMs }: { everyMs: number; untilMs: number; talkMs: number },
): number[] {
  const starts: number[] = []
  let nextSlotMs = 0
  for (let nowMs = 0; nowMs < untilMs; nowMs += everyMs) {
    const calling = starts.filter((atMs) => atMs + talkMs > nowMs).length
    const startedLastMinute = starts.filter((atMs) => atMs > nowMs - MINUTE_MS).length
    const plan = planDials(pace, { calling, due: 1_000, startedLastMinute, nextSlotMs }, nowMs)
    for (let n = 0; n < plan.count; n += 1) starts.push(nowMs)
    nextSlotMs = plan.nextSlotMs
  }
  return starts
}
