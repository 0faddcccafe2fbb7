import { describe, expect, test } from 'vitest'
import { MS_PER_CREDIT } from '../billing/credits.ts'
import { recommendThreshold } from './recommended-threshold.ts'

describe('a recommended threshold', () => {
  const credits = (...amounts: number[]) => amounts.map((amount) => amount * MS_PER_CREDIT)

  test('is the usage of the busiest two hours, rounded up to a multiple of 5 credits', () => {
    expect(recommendThreshold(credits(0, 12, 30.5, 1, 0, 40), 0)).toEqual({
      thresholdMs: 45 * MS_PER_CREDIT,
      busiestMs: 42.5 * MS_PER_CREDIT,
      overnightMs: 0,
      because: 'busiest_hours',
    })
  })

  test('is at least 10 credits', () => {
    expect(recommendThreshold(credits(1, 0, 3), 0)).toMatchObject({
      thresholdMs: 10 * MS_PER_CREDIT,
      because: 'little_usage',
    })
    expect(recommendThreshold([], 0)).toEqual({
      thresholdMs: 10 * MS_PER_CREDIT,
      busiestMs: 0,
      overnightMs: 0,
      because: 'no_usage',
    })
  })

  test('adds the campaigns’ usage overnight', () => {
    expect(recommendThreshold(credits(12, 30.5), 240 * MS_PER_CREDIT)).toEqual({
      thresholdMs: 285 * MS_PER_CREDIT,
      busiestMs: 42.5 * MS_PER_CREDIT,
      overnightMs: 240 * MS_PER_CREDIT,
      because: 'campaigns_overnight',
    })
    expect(recommendThreshold([], 2 * MS_PER_CREDIT)).toMatchObject({
      thresholdMs: 10 * MS_PER_CREDIT,
      because: 'campaigns_overnight',
    })
  })
})
