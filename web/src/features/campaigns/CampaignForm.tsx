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
  ATTEMPTS_MAX,
  CALLS_PER_MINUTE_MAX,
  type CampaignFields,
  CONCURRENCY_MAX,
  fieldsOf,
  makeNewFields,
  RETRY_AFTER_MINUTES_MAX,
  type RetryOutcome,
  readCampaign,
  retryOutcomes,
  validateFields,
} from './campaign-fields.ts'
import { campaignsKey } from './campaign-queries.ts'
import { countryOptions } from './countries.ts'
import { HoursEditor } from './HoursEditor.tsx'
import { outcomeLabel } from './labels.ts'

/** Creates or edits a campaign. Leaving with unsaved changes asks first. */
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
    initialValues: campaign ? fieldsOf(campaign, timeZone) : makeNewFields(timeZone),
    validate: validateFields,
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => {
      const body = readCampaign(values)
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
            <span role="status">{campaign && (dirty ? 'Unsaved changes' : 'All changes saved')}</span>
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
          <SettingsRow name="Name" note="For you and your team. Contacts never hear it.">
            <TextInput
              aria-label="Name"
              maxLength={100}
              autoComplete="off"
              data-autofocus
              {...form.getInputProps('name')}
            />
          </SettingsRow>
          <SettingsRow
            name="Agent"
            note="The agent that makes the calls, from its phone number if it has one."
          >
            <Select
              aria-label="Agent"
              placeholder="Choose an agent"
              data={listAgentOptions(agents, campaign)}
              searchable
              allowDeselect={false}
              nothingFoundMessage="No agents found"
              {...form.getInputProps('agentId')}
            />
          </SettingsRow>
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
          <SettingsRow
            name="Calling hours"
            note="Nobody is called outside these hours, even when the campaign is resumed. Live calls may finish."
          >
            <HoursEditor
              value={form.values.callingHours}
              onChange={(callingHours) => form.setFieldValue('callingHours', callingHours)}
              error={readError(form.errors.callingHours)}
            />
          </SettingsRow>
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
        </div>
      </Card>
      {blocker.status === 'blocked' && <UnsavedDialog onStay={blocker.reset} onLeave={blocker.proceed} />}
    </form>
  )
}

/** Lists the active agents, and the campaign's own agent even if it is disabled or archived. */
function listAgentOptions(agents: Agent[], campaign: Campaign | undefined) {
  const options = agents
    .filter((agent) => agent.status === 'active' || agent.id === campaign?.agentId)
    .map((agent) => ({
      value: agent.id,
      label: agent.status === 'active' ? agent.name : `${agent.name} (disabled)`,
    }))
  if (campaign === undefined || options.some(({ value }) => value === campaign.agentId)) return options
  return [...options, { value: campaign.agentId, label: `${campaign.agentName} (archived)` }]
}

const readError = (error: unknown) => (typeof error === 'string' ? error : null)
