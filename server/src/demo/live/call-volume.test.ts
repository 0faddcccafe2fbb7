import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { HOUR_MS } from '@talktime/core/time/durations'
import { describe, expect, test } from 'vitest'
import { createSeededRandom } from '../../platform/seeded-random.ts'
import { createCallVolume } from './call-volume.ts'

const STEP_MS = 3_000

/** The target of every step, for a voice stack that always has as many live calls as the target says. */
function listTargets(hours: number, isWatchedAt: (hour: number) => boolean): number[] {
  let nowMs = 0
  const callVolume = createCallVolume({
    chance: createSeededRandom(1),
    isWatched: () => isWatchedAt(nowMs / HOUR_MS),
    startsAtMs: nowMs,
  })
  const targets: number[] = []
  for (let liveCalls = 0; nowMs < hours * HOUR_MS; nowMs += STEP_MS) {
    liveCalls = callVolume.chooseTarget(nowMs, liveCalls)
    targets.push(liveCalls)
  }
  return targets
}

const sumCredits = (targets: readonly number[]) =>
  targets.reduce((sum, target) => sum + target * STEP_MS, 0) / MS_PER_CREDIT

const between = (targets: readonly number[], fromHour: number, toHour: number) =>
  targets.slice((fromHour * HOUR_MS) / STEP_MS, (toHour * HOUR_MS) / STEP_MS)

describe('the volume of simulated calls', () => {
  test('is lively for an hour after the start, and whenever somebody watches', () => {
    const targets = listTargets(24, (hour) => hour >= 20 && hour < 21)
    for (const lively of [between(targets, 0, 1), between(targets, 20.01, 21)]) {
      expect(Math.min(...lively)).toBeGreaterThanOrEqual(1)
      expect(Math.max(...lively)).toBe(3)
    }
  })

  test('is quiet while nobody watches', () => {
    const targets = listTargets(24, () => false)
    expect(sumCredits(between(targets, 1, 24))).toBeLessThan(300)
    expect(sumCredits(between(targets, 1, 24))).toBeGreaterThan(50)
  })

  test('stays close to a day of the year of history even if a dashboard is left open', () => {
    const targets = listTargets(5 * 24, () => true)
    expect(sumCredits(between(targets, 0, 24))).toBeLessThan(600)
    for (const day of [1, 2, 3, 4]) {
      expect(sumCredits(between(targets, day * 24, (day + 1) * 24))).toBeLessThan(450)
    }
  })
})
