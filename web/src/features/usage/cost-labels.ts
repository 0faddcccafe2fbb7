import type { UsageRange } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { money } from '../../design/format/money.ts'

type Cost = UsageRange['cost']

/** What the used credits cost: `$467.20`, or one amount per currency; null when none of them was bought. */
export function formatCost({ amounts }: Cost): string | null {
  return amounts.length === 0 ? null : amounts.map(money).join(' + ')
}

/** Says which used credits the cost does not include, and why; null when it includes all of them. */
export function describeUnpriced({ amounts, free, unknown, unpaid }: Cost): string | null {
  const parts = [
    [free, 'that were free'],
    [unknown, 'from plans without a list price'],
    [unpaid, 'that the next credits will pay'],
  ] as const
  const left = parts
    .filter(([amount]) => amount.milliseconds !== 0)
    .map(([amount, why]) => `${creditsInWords(amount.milliseconds)} ${why}`)
  if (left.length === 0) return null
  const list = new Intl.ListFormat('en').format(left)
  return amounts.length === 0 ? `No cost: ${list}` : `Cost excludes ${list}`
}
