import type { UsageRange } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { money } from '../../design/format/money.ts'

type Cost = UsageRange['cost']

/** What the used credits cost: `$467.20`, or an amount a currency; null where none of them was bought. */
export function costFigure({ amounts }: Cost): string | null {
  return amounts.length === 0 ? null : amounts.map(money).join(' + ')
}

/** Which of the used credits the figure leaves out, and why; null where it covers all of them. */
export function costNote({ amounts, free, unknown, unpaid }: Cost): string | null {
  const parts = [
    [free, 'that were free'],
    [unknown, 'of plans without a list price'],
    [unpaid, 'that the next ones will pay'],
  ] as const
  const left = parts
    .filter(([amount]) => amount.milliseconds !== 0)
    .map(([amount, why]) => `${creditsInWords(amount.milliseconds)} ${why}`)
  if (left.length === 0) return null
  const list = new Intl.ListFormat('en').format(left)
  return amounts.length === 0 ? `No cost: ${list}` : `The cost leaves out ${list}`
}
