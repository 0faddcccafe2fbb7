import { expect, it } from 'vitest'
import type { UsageRange } from '../../api/types.ts'
import { comparisonOf } from './comparison.ts'

const amount = (credits: number) => ({ credits, milliseconds: credits * 60_000 })

const range = (spent: number, before: number | null, to = '2026-11-20') =>
  ({
    asOf: '2026-11-24T10:00:00.000Z',
    window: { preset: 'custom', from: '2026-11-11', to, timeZone: 'UTC', startsAt: '', endsAt: '' },
    total: amount(spent),
    previous:
      before === null ? null : { from: '2026-11-01', to: '2026-11-10', total: amount(before), calls: 1 },
  }) as UsageRange

it.each([
  // spent, before, direction, what is said
  [150, 100, 'more', '50% more than the 10 days before, Nov 1, 2026 – Nov 10, 2026: 100 credits.'],
  [75, 100, 'less', '25% less than the 10 days before, Nov 1, 2026 – Nov 10, 2026: 100 credits.'],
  [100, 100, 'same', 'As much as in the 10 days before, Nov 1, 2026 – Nov 10, 2026: 100 credits.'],
  [100, 0, 'same', 'No comparison: nothing was spent in the 10 days before, Nov 1, 2026 – Nov 10, 2026'],
])('%i credits after %i are said to be %s', (spent, before, direction, said) => {
  const comparison = comparisonOf(range(spent, before), '2026-01-01')
  expect(comparison?.direction).toBe(direction)
  expect(`${comparison?.change}${comparison?.than}`).toBe(said)
})

it('warns that today is not over, and compares with nothing before the workspace began', () => {
  expect(comparisonOf(range(150, 100, '2026-11-24'), '2026-01-01')?.than).toMatch(/Today is not over yet\.$/)
  const early = comparisonOf(range(150, 100), '2026-11-05')
  expect(`${early?.change}${early?.than}`).toBe('No comparison: the workspace began on Nov 5, 2026')
  expect(comparisonOf(range(150, null), '2026-01-01')).toBeNull()
})
