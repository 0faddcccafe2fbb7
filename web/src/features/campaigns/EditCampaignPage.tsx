import { Button, Skeleton } from '@mantine/core'
import { IconHeadset } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { Campaign } from '../../api/types.ts'
import { BackLink } from '../../design/ui/BackLink.tsx'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { toast } from '../../design/ui/toast.ts'
import { agentsQuery } from '../agents/index.ts'
import { FeatureRequired } from '../pricing/index.ts'
import { ReadOnlyNote, workspaceQuery } from '../workspace/index.ts'
import { CampaignForm } from './CampaignForm.tsx'
import { campaignQuery } from './campaign-queries.ts'
import { useCampaignRights } from './use-campaign-rights.ts'

/** The form of a new campaign. */
export function NewCampaignPage() {
  const { manages, inPlan } = useCampaignRights()
  return (
    <Page
      title="New campaign"
      above={<BackLink to="/campaigns">Campaigns</BackLink>}
      caption="You add contacts in the next step. Nobody is called yet."
    >
      <ReadOnlyNote what="create campaigns" />
      {inPlan === false && <FeatureRequired feature="campaigns" what="Campaigns" />}
      {manages && inPlan !== false && <Form />}
    </Page>
  )
}

/** The form of an existing campaign. */
export function EditCampaignPage() {
  const { campaignId } = useParams({ from: '/shell/campaigns/$campaignId/edit' })
  const campaign = useQuery(campaignQuery(campaignId))
  const { manages } = useCampaignRights()
  return (
    <Page
      title={campaign.data ? `Edit ${campaign.data.name}` : 'Edit campaign'}
      above={
        <BackLink to="/campaigns/$campaignId" params={{ campaignId }}>
          {campaign.data?.name ?? 'Campaign'}
        </BackLink>
      }
      caption="Changes apply to calls that have not started yet"
    >
      <ReadOnlyNote what="edit campaigns" />
      {manages && (
        <Loaded query={campaign} what="The campaign" skeleton={<FormSkeleton />}>
          {(data) => <Form key={data.id} campaign={data} />}
        </Loaded>
      )}
    </Page>
  )
}

function Form({ campaign }: { campaign?: Campaign }) {
  const navigate = useNavigate()
  const agents = useQuery(agentsQuery)
  const workspace = useQuery(workspaceQuery)
  const open = (id: string, search: { open?: 'upload' }) =>
    void navigate({ to: '/campaigns/$campaignId', params: { campaignId: id }, search })
  const data =
    agents.data && workspace.data ? { agents: agents.data, timeZone: workspace.data.timeZone } : undefined
  const error = agents.error ?? workspace.error
  const refetch = () => Promise.all([agents.refetch(), workspace.refetch()])
  return (
    <Loaded
      query={{ data, error, isFetching: agents.isFetching || workspace.isFetching, refetch }}
      what="Agents"
      skeleton={<FormSkeleton />}
    >
      {(loaded) =>
        campaign === undefined && loaded.agents.every((agent) => agent.status !== 'active') ? (
          <NoAgent />
        ) : (
          <CampaignForm
            {...loaded}
            {...(campaign && { campaign })}
            onSaved={(saved) => {
              toast(campaign ? `${saved.name} saved` : `${saved.name} created. Add its contacts next.`)
              open(saved.id, campaign ? {} : { open: 'upload' })
            }}
            onCancel={() =>
              campaign ? open(campaign.id, {}) : void navigate({ to: '/campaigns', search: {} })
            }
          />
        )
      }
    </Loaded>
  )
}

function NoAgent() {
  return (
    <Card>
      <Empty
        icon={<IconHeadset size={22} stroke={1.5} />}
        title="No active agents"
        action={
          <Button renderRoot={(props) => <Link to="/agents" search={{ edit: 'new' }} {...props} />}>
            New agent
          </Button>
        }
      >
        A campaign needs an agent to make the calls. Add one, then come back.
      </Empty>
    </Card>
  )
}

function FormSkeleton() {
  return (
    <Card>
      <div role="status" aria-label="Loading the form">
        {['name', 'agent', 'pace', 'hours'].map((row) => (
          <Skeleton key={row} height={52} my="md" />
        ))}
      </div>
    </Card>
  )
}
