import { Button, Group } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { Agent, Campaign } from '../../api/types.ts'
import { Card } from '../../design/ui/Card.tsx'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { useUnsavedGuard } from '../../design/ui/use-unsaved-guard.tsx'
import { AttemptsRow } from './AttemptsRow.tsx'
import { AgentRow, NameRow } from './CampaignIdentityRows.tsx'
import { CountryRow, HoursRow, PaceRows, ResumeRow, VoicemailRow } from './CampaignRuleRows.tsx'
import {
  type CampaignFields,
  fieldsOf,
  makeNewFields,
  readCampaign,
  validateFields,
} from './campaign-fields.ts'
import { campaignsKey } from './campaign-queries.ts'

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
  const unsavedDialog = useUnsavedGuard(() => dirty && !saved.current)
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
          <NameRow form={form} />
          <AgentRow form={form} agents={agents} campaign={campaign} />
          <PaceRows form={form} />
          <HoursRow form={form} />
          <AttemptsRow form={form} />
          <VoicemailRow form={form} />
          <ResumeRow form={form} />
          <CountryRow form={form} />
        </div>
      </Card>
      {unsavedDialog}
    </form>
  )
}
