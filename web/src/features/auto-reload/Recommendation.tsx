import { Button } from '@mantine/core'
import { IconBulb } from '@tabler/icons-react'
import type { AutoReload } from '../../api/types.ts'
import { creditsBrief, creditsInWords } from '../../design/format/credits.ts'
import classes from './AutoReload.module.css'

/** A threshold from what was really used, why, and the button that takes it over (which saves nothing yet). */
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
            : `Recommended: ${creditsInWords(thresholdCredits * 60_000)}.`}
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
          Use {creditsBrief(thresholdCredits * 60_000)}
        </Button>
      )}
    </div>
  )
}
