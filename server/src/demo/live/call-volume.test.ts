import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { describe, expect, test } from 'vitest'
import { createSeededRandom } from '../../platform/seeded-random.ts'
import { createPace } from './call-volume.ts'

const stepMs = 3_000
const hourMs = 60 * 60_000

/** Asks as a stack does that always has as many calls as it should; returns the crowd of every moment. */
function crowdsOf(hours: number, isWatchedAt: (hour: number) => boolean): number[] {
  let nowMs = 0
  const pace = createPace({
    chance: createSeededRandom(1),
    isWatched: () => isWatchedAt(nowMs / hourMs),
    startsAtMs: nowMs,
  })
  const crowds: number[] = []
  for (let talking = 0; nowMs < hours * hourMs; nowMs += stepMs) {
    talking = pace.crowd(nowMs, talking)
    crowds.push(talking)
  }
  return crowds
}

const creditsOf = (crowds: readonly number[]) =>
  crowds.reduce((sum, crowd) => sum + crowd * stepMs, 0) / MS_PER_CREDIT

const between = (crowds: readonly number[], fromHour: number, toHour: number) =>
  crowds.slice((fromHour * hourMs) / stepMs, (toHour * hourMs) / stepMs)

describe('the pace of the simulated calls', () => {
  test('is lively for an hour after the start, and whenever somebody watches', () => {
    const crowds = crowdsOf(24, (hour) => hour >= 20 && hour < 21)
    for (const lively of [between(crowds, 0, 1), between(crowds, 20.01, 21)]) {
      expect(Math.min(...lively)).toBeGreaterThanOrEqual(1)
      expect(Math.max(...lively)).toBe(3)
    }
  })

  test('is quiet while nobody does', () => {
    const crowds = crowdsOf(24, () => false)
    expect(creditsOf(between(crowds, 1, 24))).toBeLessThan(300)
    expect(creditsOf(between(crowds, 1, 24))).toBeGreaterThan(50)
  })

  test('stays near what a day of the year before was, also where a dashboard is left open', () => {
    const crowds = crowdsOf(5 * 24, () => true)
    expect(creditsOf(between(crowds, 0, 24))).toBeLessThan(600)
    for (const day of [1, 2, 3, 4]) {
      expect(creditsOf(between(crowds, day * 24, (day + 1) * 24))).toBeLessThan(450)
    }
  })
})
