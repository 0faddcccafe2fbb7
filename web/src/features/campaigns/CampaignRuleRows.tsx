import { NumberInput, Radio, Select, Switch } from '@mantine/core'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import classes from './CampaignForm.module.css'
import { CALLS_PER_MINUTE_MAX, type CampaignFormProps, CONCURRENCY_MAX } from './campaign-fields.ts'
import { countryOptions } from './countries.ts'
import { HoursEditor } from './HoursEditor.tsx'

export function PaceRows({ form }: CampaignFormProps) {
  return (
    <>
      <SettingsRow
        name="Calls at once"
        note="Your plan’s limit of concurrent calls, including incoming ones, applies too."
      >
        <NumberInput
          aria-label="Calls at once"
          min={1}
          max={CONCURRENCY_MAX}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('concurrency')}
        />
      </SettingsRow>
      <SettingsRow
        name="Calls per minute"
        note="The most calls to start in any 60 seconds, spread evenly. Leave it empty for no limit."
      >
        <NumberInput
          aria-label="Calls per minute"
          placeholder="No limit"
          min={1}
          max={CALLS_PER_MINUTE_MAX}
          clampBehavior="none"
          allowNegative={false}
          hideControls
          {...form.getInputProps('callsPerMinute')}
        />
      </SettingsRow>
    </>
  )
}

export function HoursRow({ form }: CampaignFormProps) {
  const { callingHours: error } = form.errors
  return (
    <SettingsRow
      name="Calling hours"
      note="Nobody is called outside these hours, even when the campaign is resumed. Live calls may finish."
    >
      <HoursEditor
        value={form.values.callingHours}
        onChange={(callingHours) => form.setFieldValue('callingHours', callingHours)}
        error={typeof error === 'string' ? error : null}
      />
    </SettingsRow>
  )
}

export function VoicemailRow({ form }: CampaignFormProps) {
  return (
    <SettingsRow
      name="When voicemail answers"
      note="Works as far as the carrier can detect answering machines."
    >
      <Radio.Group aria-label="When voicemail answers" {...form.getInputProps('onVoicemail')}>
        <div className={classes.stack}>
          <Radio value="hang_up" label="Hang up" description="The contact counts as not reached." />
          <Radio
            value="talk"
            label="Let the agent talk"
            description="The agent leaves a message, and the contact counts as reached."
          />
        </div>
      </Radio.Group>
    </SettingsRow>
  )
}

export function ResumeRow({ form }: CampaignFormProps) {
  return (
    <SettingsRow
      name="Resume when credits return"
      note="Resumes automatically, during calling hours, if the campaign paused because credits ran out. If off, someone has to resume it."
    >
      <Switch
        aria-label="Resume when credits return"
        label={form.values.resumeWhenCreditsReturn ? 'On' : 'Off'}
        {...form.getInputProps('resumeWhenCreditsReturn', { type: 'checkbox' })}
      />
    </SettingsRow>
  )
}

export function CountryRow({ form }: CampaignFormProps) {
  return (
    <SettingsRow
      name="Default country"
      note="Used for uploaded numbers without a country code. Numbers that start with + need none."
    >
      <Select
        aria-label="Default country"
        placeholder="None"
        data={countryOptions}
        searchable
        clearable
        nothingFoundMessage="No countries found"
        {...form.getInputProps('defaultCountry')}
      />
    </SettingsRow>
  )
}
