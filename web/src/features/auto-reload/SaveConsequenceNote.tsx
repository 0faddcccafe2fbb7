import { IconAlertTriangle, IconShoppingCart } from '@tabler/icons-react'
import { creditsInWords } from '../../design/format/credits.ts'
import { money } from '../../design/format/money.ts'
import classes from './AutoReload.module.css'
import type { Choice, SaveConsequence } from './choice.ts'

/** Says before saving what saving does besides: that it buys at once, or why it does not. */
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
    buys: `Saving buys at once: the balance is below this threshold, so ${bought} are bought now, and again while it stays below.`,
    passes_cap: `The balance is below this threshold, but nothing is bought now: ${bought} would pass the monthly cap.`,
    no_card: 'The balance is below this threshold, but there is no card to charge. Add one first.',
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
