import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { BUDGET_STEPS, type BudgetWatch, decideBudget } from './budget.ts'

/** Decides line after line and lists the alerts. A line holds a month, its budget and the usage so far. */
function play(...lines: [month: string, budgetMs: number, usedMs: number][]): (number | null)[] {
  let watch: BudgetWatch | undefined
  return lines.map(([month, budgetMs, usedMs]) => {
    const decision = decideBudget(watch, { month, budgetMs, usedMs })
    watch = decision.watch
    return decision.alert
  })
}

describe('budget alerts', () => {
  test.each<[string, [string, number, number][], (number | null)[]]>([
    [
      'come once for each step',
      [
        ['11', 100, 49],
        ['11', 100, 50],
        ['11', 100, 79],
        ['11', 100, 80],
        ['11', 100, 100],
        ['11', 100, 170],
      ],
      [null, 50, null, 80, 100, null],
    ],
    [
      'name only the highest of several steps',
      [
        ['11', 100, 10],
        ['11', 100, 120],
      ],
      [null, 100],
    ],
    [
      'start over each month',
      [
        ['11', 100, 100],
        ['12', 100, 0],
        ['12', 100, 50],
      ],
      [100, null, 50],
    ],
    [
      'do not repeat after a correction takes usage back',
      [
        ['11', 100, 80],
        ['11', 100, 70],
        ['11', 100, 81],
      ],
      [80, null, null],
    ],
    [
      'come for the steps of a raised budget that are still ahead',
      [
        ['11', 100, 100],
        ['11', 200, 100],
        ['11', 200, 160],
        ['11', 200, 200],
      ],
      [100, null, 80, 100],
    ],
    [
      'do not come for the steps of a raised budget that are behind',
      [
        ['11', 100, 90],
        ['11', 110, 90],
      ],
      [80, null],
    ],
    [
      'come at once when a lowered budget is used up',
      [
        ['11', 200, 110],
        ['11', 100, 110],
        ['11', 100, 120],
      ],
      [50, 100, null],
    ],
    [
      'do not come when a lowered budget reaches no new step',
      [
        ['11', 100, 81],
        ['11', 90, 81],
      ],
      [80, null],
    ],
    [
      'never come for a budget of zero',
      [
        ['11', 0, 0],
        ['11', 0, 50],
      ],
      [null, null],
    ],
  ])('%s', (_what, lines, alerts) => {
    expect(play(...lines)).toEqual(alerts)
  })
})

test('each step is alerted once and not before it is reached, however often usage is checked', () => {
  const usage = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 30 })
  fc.assert(
    fc.property(usage, fc.integer({ min: 1, max: 5_000 }), (growth, budgetMs) => {
      let usedMs = 0
      let watch: BudgetWatch | undefined
      const alerts: number[] = []
      for (const ms of growth) {
        usedMs += ms
        const { watch: next, alert, nextStepAtMs } = decideBudget(watch, { month: '11', budgetMs, usedMs })
        if (alert !== null) {
          expect(usedMs * 100).toBeGreaterThanOrEqual(budgetMs * alert)
          alerts.push(alert)
        }
        if (nextStepAtMs === null) expect(usedMs).toBeGreaterThanOrEqual(budgetMs)
        else expect(usedMs).toBeLessThan(nextStepAtMs)
        watch = next
      }
      expect(alerts).toEqual([...new Set(alerts)].sort((a, b) => a - b))
      const reached = BUDGET_STEPS.filter((step) => usedMs * 100 >= budgetMs * step)
      if (growth.length > 0) expect(alerts.at(-1) ?? null).toBe(reached.at(-1) ?? null)
    }),
    propertyRuns(300),
  )
})
