import { Select, TextInput } from '@mantine/core'
import type { Agent, Campaign } from '../../api/types.ts'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import type { CampaignFormProps } from './campaign-fields.ts'

export function NameRow({ form }: CampaignFormProps) {
  return (
    <SettingsRow name="Name" note="For you and your team. Contacts never hear it.">
      <TextInput
        aria-label="Name"
        maxLength={100}
        autoComplete="off"
        data-autofocus
        {...form.getInputProps('name')}
      />
    </SettingsRow>
  )
}

export function AgentRow(props: CampaignFormProps & { agents: Agent[]; campaign: Campaign | undefined }) {
  return (
    <SettingsRow name="Agent" note="The agent that makes the calls, from its phone number if it has one.">
      <Select
        aria-label="Agent"
        placeholder="Choose an agent"
        data={listAgentOptions(props.agents, props.campaign)}
        searchable
        allowDeselect={false}
        nothingFoundMessage="No agents found"
        {...props.form.getInputProps('agentId')}
      />
    </SettingsRow>
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
