import { expect, it } from 'vitest'
import type { UsageRange } from '../../api/types.ts'
import { compareWithPrevious } from './comparison.ts'

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
  [150, 100, 'more', '50% more than the previous 10 days, Nov 1, 2026 – Nov 10, 2026: 100 credits.'],
  [75, 100, 'less', '25% less than the previous 10 days, Nov 1, 2026 – Nov 10, 2026: 100 credits.'],
  [100, 100, 'same', 'Same as the previous 10 days, Nov 1, 2026 – Nov 10, 2026: 100 credits.'],
  [100, 0, 'same', 'No comparison: no credits were used in the previous 10 days, Nov 1, 2026 – Nov 10, 2026'],
])('%i credits after %i are compared as %s', (spent, before, direction, said) => {
  const comparison = compareWithPrevious(range(spent, before), '2026-01-01')
  expect(comparison?.direction).toBe(direction)
  expect(`${comparison?.change}${comparison?.than}`).toBe(said)
})

it('says that today is not over, and does not compare with days before the workspace was created', () => {
  expect(compareWithPrevious(range(150, 100, '2026-11-24'), '2026-01-01')?.than).toMatch(
    /Today is not over yet\.$/,
  )
  const early = compareWithPrevious(range(150, 100), '2026-11-05')
  expect(`${early?.change}${early?.than}`).toBe('No comparison: the workspace was created on Nov 5, 2026')
  expect(compareWithPrevious(range(150, null), '2026-01-01')).toBeNull()
})
