import { DAY_MS } from '@talktime/core/time/durations'
import { describe, expect, test } from 'vitest'
import { DEMO_AGENTS, DEMO_WORKSPACE } from '../demo-agents.ts'
import { findLastReportMs } from '../planned-call.ts'
import { planYear, type YearCall } from './year-plan.ts'

const endsAtMs = Date.parse('2026-11-22T11:40:00.000Z')
const year = {
  seed: 20,
  timeZone: DEMO_WORKSPACE.timeZone,
  startsAtMs: Date.parse('2025-11-11T15:40:00.000Z'),
  endsAtMs,
}
const calls = planYear(year)

const local = (atMs: number) => Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(year.timeZone)
const share = (some: readonly YearCall[]) => some.length / calls.length

describe('the planned year', () => {
  test('is equal for the same seed, and different for another one', () => {
    expect(planYear(year)).toEqual(calls)
    expect(planYear({ ...year, seed: 21 })).not.toEqual(calls)
  })

  test('has 15,000 to 25,000 calls, all of them over and reported before it ends', () => {
    expect(calls.length).toBeGreaterThan(15_000)
    expect(calls.length).toBeLessThan(25_000)
    expect(Math.max(...calls.map(findLastReportMs))).toBeLessThan(endsAtMs)
    expect(Math.min(...calls.map((call) => call.ringsAtMs))).toBeGreaterThanOrEqual(year.startsAtMs)
  })

  test('follows business hours and has quieter weekends', () => {
    const working = calls.filter(({ ringsAtMs }) => {
      const { hour, dayOfWeek } = local(ringsAtMs)
      return dayOfWeek <= 5 && hour >= 8 && hour < 19
    })
    expect(share(working)).toBeGreaterThan(0.75)
    const weekend = calls.filter(({ ringsAtMs }) => local(ringsAtMs).dayOfWeek > 5)
    expect(share(weekend)).toBeGreaterThan(0.02)
    expect(share(weekend)).toBeLessThan(0.15)
    const night = calls.filter(({ ringsAtMs }) => local(ringsAtMs).hour < 6)
    expect(share(night)).toBeLessThan(0.02)
  })

  test('has more calls in its last month than in its first', () => {
    const monthMs = 30 * DAY_MS
    const first = calls.filter(({ ringsAtMs }) => ringsAtMs < year.startsAtMs + monthMs)
    const last = calls.filter(({ ringsAtMs }) => ringsAtMs > endsAtMs - monthMs)
    expect(last.length).toBeGreaterThan(1.5 * first.length)
  })

  test('has no call of an agent before its first day', () => {
    for (const agent of DEMO_AGENTS) {
      const firstAtMs = Math.min(...calls.filter((c) => c.agent === agent).map((c) => c.ringsAtMs))
      const begins = year.startsAtMs + agent.beginsAtShare * (endsAtMs - year.startsAtMs)
      expect(firstAtMs).toBeGreaterThan(begins - DAY_MS)
    }
  })

  test('uses only phone numbers that are reserved for fiction', () => {
    const numbers = calls.flatMap(({ from, to }) => [from, to]).filter((number) => number !== null)
    for (const number of new Set(numbers)) expect(number).toMatch(/^\+1\d{3}55501\d{2}$/)
  })

  test('has calls with every ending and direction, and unanswered ones', () => {
    const endings = new Set(calls.map(({ ending }) => ending))
    expect([...endings].sort()).toEqual([
      'before_the_answer',
      'late',
      'never',
      'once',
      'three_times',
      'too_late',
    ])
    expect(new Set(calls.map(({ habits }) => habits.direction))).toEqual(
      new Set(['inbound', 'outbound', 'web']),
    )
    expect(share(calls.filter(({ answeredAtMs }) => answeredAtMs === null))).toBeGreaterThan(0.05)
  })
})
