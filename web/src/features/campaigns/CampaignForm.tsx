import { Button, Checkbox, Group, NumberInput, Radio, Select, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useRef } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { Agent, Campaign } from '../../api/types.ts'
import { Card } from '../../design/ui/Card.tsx'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { UnsavedDialog } from '../../design/ui/UnsavedDialog.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import classes from './CampaignForm.module.css'
import {
  afterMinutesMax,
  attemptsMax,
  type CampaignFields,
  callsPerMinuteMax,
  campaignOf,
  concurrencyMax,
  fieldsOf,
  newFields,
  problemsOf,
  type RetryOutcome,
  retryOutcomes,
} from './campaign-fields.ts'
import { campaignsKey } from './campaign-queries.ts'
import { countryOptions } from './countries.ts'
import { HoursEditor } from './HoursEditor.tsx'
import { outcomeLabel } from './labels.ts'

/** Makes a campaign, or changes one. Leaving with changes asks first. */
export function CampaignForm(props: {
  campaign?: Campaign
  agents: Agent[]
  timeZone: string
  onSaved: (campaign: Campaign) => void
  onCancel: () => void
}) {
  const { campaign, agents, timeZone } = props
  const queryClient = useQueryClient()
  const saved = useRef(false)
  const form = useForm<CampaignFields>({
    initialValues: campaign ? fieldsOf(campaign, timeZone) : newFields(timeZone),
    validate: problemsOf,
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => {
      const body = campaignOf(values)
      return readBody(
        campaign
          ? api.PATCH('/v1/campaigns/{id}', { params: { path: { id: campaign.id } }, body })
          : api.POST('/v1/campaigns', { body }),
      )
    },
    async (answer) => {
      saved.current = true
      await queryClient.invalidateQueries({ queryKey: campaignsKey })
      props.onSaved(answer)
    },
  )
  const dirty = form.isDirty()
  const blocker = useBlocker({
    shouldBlockFn: () => dirty && !saved.current,
    withResolver: true,
    enableBeforeUnload: () => dirty && !saved.current,
  })

  return (
    <form onSubmit={onSubmit} noValidate aria-label="Campaign">
      <Card
        footer={
          <>
            <span role="status">{campaign && (dirty ? 'Unsaved changes' : 'Everything is saved')}</span>
            <Group gap="xs">
              <Button variant="default" size="xs" onClick={props.onCancel}>
                Cancel
              </Button>
              <Button type="submit" size="xs" loading={pending} disabled={campaign !== undefined && !dirty}>
                {campaign ? 'Save' : 'Create campaign'}
              </Button>
            </Group>
          </>
        }
      >
        <FormMessage message={message} />
        <div>
          <SettingsRow name="Name" note="For you and your colleagues; contacts never hear it.">
            <TextInput
              aria-label="Name"
              maxLength={100}
              autoComplete="off"
              data-autofocus
              {...form.getInputProps('name')}
            />
          </SettingsRow>
          <SettingsRow name="Agent" note="The voice that calls. Calls show its number where it has one.">
            <Select
              aria-label="Agent"
              placeholder="Choose an agent"
              data={agentOptions(agents, campaign)}
              searchable
              allowDeselect={false}
              nothingFoundMessage="No agent has that name"
              {...form.getInputProps('agentId')}
            />
          </SettingsRow>
          <SettingsRow
            name="Calls at once"
            note="The plan’s limit of calls at the same time, incoming ones among them, holds besides."
          >
            <NumberInput
              aria-label="Calls at once"
              min={1}
              max={concurrencyMax}
              clampBehavior="none"
              allowDecimal={false}
              allowNegative={false}
              {...form.getInputProps('concurrency')}
            />
          </SettingsRow>
          <SettingsRow
            name="Calls a minute"
            note="So many begin in any 60 seconds at the most, spread evenly. Empty: as many as are allowed at once."
          >
            <NumberInput
              aria-label="Calls a minute"
              placeholder="No limit"
              min={1}
              max={callsPerMinuteMax}
              clampBehavior="none"
              allowNegative={false}
              hideControls
              {...form.getInputProps('callsPerMinute')}
            />
          </SettingsRow>
          <SettingsRow
            name="Calling hours"
            note="Nobody is called outside of them, also when the campaign is resumed. Calls that are on at their end go on."
          >
            <HoursEditor
              value={form.values.callingHours}
              onChange={(callingHours) => form.setFieldValue('callingHours', callingHours)}
              error={errorText(form.errors.callingHours)}
            />
          </SettingsRow>
          <SettingsRow
            name="Attempts"
            note="How often one contact is called at the most, and after what again."
          >
            <div className={classes.stack}>
              <NumberInput
                label="Attempts for each contact"
                min={1}
                max={attemptsMax}
                clampBehavior="none"
                allowDecimal={false}
                allowNegative={false}
                {...form.getInputProps('attemptsMax')}
              />
              <div className={classes.pair}>
                <NumberInput
                  label="Again after"
                  min={1}
                  max={afterMinutesMax}
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
                label="Call again after"
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
          <SettingsRow
            name="When voicemail answers"
            note="As far as the carrier can tell a machine from a person."
          >
            <Radio.Group aria-label="When voicemail answers" {...form.getInputProps('onVoicemail')}>
              <div className={classes.stack}>
                <Radio value="hang_up" label="Hang up" description="The contact counts as not reached." />
                <Radio
                  value="talk"
                  label="Let the agent talk"
                  description="It leaves a message, and the contact counts as reached."
                />
              </div>
            </Radio.Group>
          </SettingsRow>
          <SettingsRow
            name="Resume when credits return"
            note="A campaign that paused because credits ran out goes on by itself, within its calling hours, when there are some again. Off: somebody resumes it."
          >
            <Switch
              aria-label="Resume when credits return"
              label={form.values.resumeWhenCreditsReturn ? 'On' : 'Off'}
              {...form.getInputProps('resumeWhenCreditsReturn', { type: 'checkbox' })}
            />
          </SettingsRow>
          <SettingsRow
            name="Default country"
            note="Of numbers in files that have no country code. Numbers that begin with + need none."
          >
            <Select
              aria-label="Default country"
              placeholder="None"
              data={countryOptions}
              searchable
              clearable
              nothingFoundMessage="No country has that name"
              {...form.getInputProps('defaultCountry')}
            />
          </SettingsRow>
        </div>
      </Card>
      {blocker.status === 'blocked' && <UnsavedDialog onStay={blocker.reset} onLeave={blocker.proceed} />}
    </form>
  )
}

/** Agents that take calls; the campaign's own is among them also when it does not. */
function agentOptions(agents: Agent[], campaign: Campaign | undefined) {
  const options = agents
    .filter((agent) => agent.status === 'active' || agent.id === campaign?.agentId)
    .map((agent) => ({
      value: agent.id,
      label: agent.status === 'active' ? agent.name : `${agent.name} (disabled)`,
    }))
  if (campaign === undefined || options.some(({ value }) => value === campaign.agentId)) return options
  return [...options, { value: campaign.agentId, label: `${campaign.agentName} (archived)` }]
}

const errorText = (error: unknown) => (typeof error === 'string' ? error : null)
