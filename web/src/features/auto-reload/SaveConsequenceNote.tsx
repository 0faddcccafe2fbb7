import { IconAlertTriangle, IconShoppingCart } from '@tabler/icons-react'
import { creditsInWords } from '../../design/format/credits.ts'
import { money } from '../../design/format/money.ts'
import classes from './AutoReload.module.css'
import type { Choice, SaveConsequence } from './choice.ts'

/** Says before saving whether saving buys right away, or why not. */
export function SaveConsequenceNote({
  consequence,
  choice,
}: {
  consequence: SaveConsequence
  choice: Choice
}) {
  const bought = `${choice.quantity} × ${creditsInWords(choice.pack.credits.milliseconds)} for ${money(choice.price)}`
  const words: Record<SaveConsequence, string> = {
    nothing: '',
    buys: `The balance is below this threshold, so saving buys ${bought} right away, and again while the balance stays below it.`,
    passes_cap: `The balance is below this threshold, but nothing is bought now because ${bought} would exceed the monthly cap.`,
    no_card: 'The balance is below this threshold, but there is no card to charge. Add a card first.',
  }
  const Icon = consequence === 'buys' ? IconShoppingCart : IconAlertTriangle
  return (
    <div role="status">
      {consequence !== 'nothing' && (
        <p className={classes.consequence}>
          <Icon size={17} stroke={1.75} className={classes.consequenceIcon} aria-hidden />
          {words[consequence]}
        </p>
      )}
    </div>
  )
}
