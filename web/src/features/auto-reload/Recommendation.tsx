import { Button } from '@mantine/core'
import { IconBulb } from '@tabler/icons-react'
import { msFromCredits } from '@talktime/core/billing/credits'
import type { AutoReload } from '../../api/types.ts'
import { creditsBrief, creditsInWords } from '../../design/format/credits.ts'
import classes from './AutoReload.module.css'

/** A threshold recommended from real usage, with the reason. Its button fills in the form and saves nothing. */
export function Recommendation(props: {
  recommendation: AutoReload['recommendation']
  thresholdCredits: number
  disabled: boolean
  onUse: (credits: number) => void
}) {
  const { thresholdCredits, because } = props.recommendation
  const taken = props.thresholdCredits === thresholdCredits
  return (
    <div className={classes.recommendation}>
      <IconBulb size={18} stroke={1.75} className={classes.recommendationIcon} aria-hidden />
      <p className={classes.recommendationText}>
        <span className={classes.strong}>
          {taken
            ? 'This is the recommended threshold.'
            : `Recommended: ${creditsInWords(msFromCredits(thresholdCredits))}.`}
        </span>{' '}
        {because}
      </p>
      {!taken && (
        <Button
          variant="default"
          size="xs"
          disabled={props.disabled}
          onClick={() => props.onUse(thresholdCredits)}
        >
          Use {creditsBrief(msFromCredits(thresholdCredits))}
        </Button>
      )}
    </div>
  )
}
