import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { BUDGET_STEPS, type BudgetWatch, decideBudget } from './budget.ts'

/** Plays a month, or several, and lists what is told. A line is a month, a budget, what was used of it by then. */
function play(...lines: [month: string, budgetMs: number, usedMs: number][]): (number | null)[] {
  let watch: BudgetWatch | undefined
  return lines.map(([month, budgetMs, usedMs]) => {
    const decision = decideBudget(watch, { month, budgetMs, usedMs })
    watch = decision.watch
    return decision.tell
  })
}

describe('people are told', () => {
  test.each<[string, [string, number, number][], (number | null)[]]>([
    [
      'of each step once',
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
      'of the highest of several',
      [
        ['11', 100, 10],
        ['11', 100, 120],
      ],
      [null, 100],
    ],
    [
      'anew each month',
      [
        ['11', 100, 100],
        ['12', 100, 0],
        ['12', 100, 50],
      ],
      [100, null, 50],
    ],
    [
      'once, also where a correction takes some back',
      [
        ['11', 100, 80],
        ['11', 100, 70],
        ['11', 100, 81],
      ],
      [80, null, null],
    ],
    [
      'of steps of a raised budget that are still to come',
      [
        ['11', 100, 100],
        ['11', 200, 100],
        ['11', 200, 160],
        ['11', 200, 200],
      ],
      [100, null, 80, 100],
    ],
    [
      'nothing of a raised budget’s steps behind',
      [
        ['11', 100, 90],
        ['11', 110, 90],
      ],
      [80, null],
    ],
    [
      'where a lowered budget is used up at once',
      [
        ['11', 200, 110],
        ['11', 100, 110],
        ['11', 100, 120],
      ],
      [50, 100, null],
    ],
    [
      'nothing where a lowered budget changes no step',
      [
        ['11', 100, 81],
        ['11', 90, 81],
      ],
      [80, null],
    ],
    [
      'nothing of a budget of nothing',
      [
        ['11', 0, 0],
        ['11', 0, 50],
      ],
      [null, null],
    ],
  ])('%s', (_what, lines, told) => {
    expect(play(...lines)).toEqual(told)
  })
})

test('however often it is looked at, each step is told once, and nothing is told before it is reached', () => {
  const usage = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 30 })
  fc.assert(
    fc.property(usage, fc.integer({ min: 1, max: 5_000 }), (growth, budgetMs) => {
      let usedMs = 0
      let watch: BudgetWatch | undefined
      const told: number[] = []
      for (const ms of growth) {
        usedMs += ms
        const { watch: next, tell, nextStepAtMs } = decideBudget(watch, { month: '11', budgetMs, usedMs })
        if (tell !== null) {
          expect(usedMs * 100).toBeGreaterThanOrEqual(budgetMs * tell)
          told.push(tell)
        }
        if (nextStepAtMs === null) expect(usedMs).toBeGreaterThanOrEqual(budgetMs)
        else expect(usedMs).toBeLessThan(nextStepAtMs)
        watch = next
      }
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b))
      const reached = BUDGET_STEPS.filter((step) => usedMs * 100 >= budgetMs * step)
      if (growth.length > 0) expect(told.at(-1) ?? null).toBe(reached.at(-1) ?? null)
    }),
    propertyRuns(300),
  )
})
