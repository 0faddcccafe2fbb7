import { Checkbox, NumberInput, Select } from '@mantine/core'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import classes from './CampaignForm.module.css'
import {
  ATTEMPTS_MAX,
  type CampaignFormProps,
  RETRY_AFTER_MINUTES_MAX,
  type RetryOutcome,
  retryOutcomes,
} from './campaign-fields.ts'
import { outcomeLabel } from './labels.ts'

/** How many times to call a contact, and when to retry. */
export function AttemptsRow({ form }: CampaignFormProps) {
  return (
    <SettingsRow name="Attempts" note="How often to call a contact, and after which outcomes to retry.">
      <div className={classes.stack}>
        <NumberInput
          label="Attempts per contact"
          min={1}
          max={ATTEMPTS_MAX}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('attemptsMax')}
        />
        <div className={classes.pair}>
          <NumberInput
            label="Retry after"
            min={1}
            max={RETRY_AFTER_MINUTES_MAX}
            clampBehavior="none"
            allowDecimal={false}
            allowNegative={false}
            hideControls
            {...form.getInputProps('afterMinutes')}
          />
          <Select
            aria-label="Unit of the time between attempts"
            data={['minutes', 'hours', 'days']}
            allowDeselect={false}
            {...form.getInputProps('afterUnit')}
          />
        </div>
        <Checkbox.Group
          label="Retry if"
          value={form.values.on}
          onChange={(on) => form.setFieldValue('on', on as RetryOutcome[])}
        >
          <div className={classes.choices}>
            {retryOutcomes.map((outcome) => (
              <Checkbox key={outcome} value={outcome} label={outcomeLabel(outcome)} />
            ))}
          </div>
        </Checkbox.Group>
      </div>
    </SettingsRow>
  )
}
