import { ActionIcon, Button, Menu, Skeleton } from '@mantine/core'
import { IconDots, IconDownload, IconFileOff, IconPencil, IconTrash, IconUpload } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ApiProblem } from '../../api/problem.ts'
import type { Campaign } from '../../api/types.ts'
import { zoneInWords } from '../../design/format/instant.ts'
import { BackLink } from '../../design/ui/BackLink.tsx'
import { Card } from '../../design/ui/Card.tsx'
import { Freshness } from '../../design/ui/Freshness.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { FeatureRequired } from '../pricing/index.ts'
import { ReadOnlyNote, useMembership } from '../workspace/index.ts'
import { CampaignDialogs } from './CampaignDialogs.tsx'
import classes from './CampaignPage.module.css'
import { ContactsCard } from './ContactsCard.tsx'
import { campaignQuery, campaignsKey } from './campaign-queries.ts'
import type { CampaignDialog } from './campaigns-search.ts'
import { HowItCalls } from './HowItCalls.tsx'
import { ImportsCard } from './ImportsCard.tsx'
import { buildResultsHref } from './results.ts'
import { StandingCard } from './StandingCard.tsx'
import { useCampaignRights } from './use-campaign-rights.ts'

/** One campaign: its status, its settings, its contacts and their results. */
export function CampaignPage() {
  const { campaignId } = useParams({ from: '/shell/campaigns/$campaignId' })
  const campaign = useQuery(campaignQuery(campaignId))
  const { timeZone, inPlan } = useCampaignRights()
  const open = useOpen()
  const data = campaign.data
  return (
    <Page
      title={data?.name ?? 'Campaign'}
      documentTitle={data ? `${data.name} · Campaigns` : 'Campaigns'}
      above={<BackLink to="/campaigns">Campaigns</BackLink>}
      caption={<Freshness>{data ? `${data.agentName} calls · ${zoneInWords(timeZone)}` : ''}</Freshness>}
      actions={data && <CampaignActions campaign={data} onOpen={open} />}
    >
      <ReadOnlyNote what="edit, start or pause campaigns" />
      {inPlan === false && <FeatureRequired feature="campaigns" what="Campaigns" />}
      {campaign.error instanceof ApiProblem && campaign.error.status === 404 ? (
        <NoSuchCampaign />
      ) : (
        <Loaded query={campaign} what="The campaign" skeleton={<CampaignSkeleton />}>
          {(loaded) => (
            <>
              <StandingCard campaign={loaded} onOpen={open} />
              <div className={classes.columns}>
                <HowItCalls campaign={loaded} />
                <ImportsCard campaign={loaded} timeZone={timeZone} onUpload={() => open('upload')} />
              </div>
              <ContactsCard campaign={loaded} timeZone={timeZone} onUpload={() => open('upload')} />
              <Dialogs campaign={loaded} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  )
}

function useOpen(): (dialog: CampaignDialog | undefined) => void {
  const navigate = useNavigate({ from: '/campaigns/$campaignId' })
  return (dialog) =>
    void navigate({
      search: ({ contacts }) => ({ ...(contacts && { contacts }), ...(dialog && { open: dialog }) }),
      replace: true,
      resetScroll: false,
    })
}

function Dialogs({ campaign }: { campaign: Campaign }) {
  const { open } = useSearch({ from: '/shell/campaigns/$campaignId' })
  const { mayRun } = useCampaignRights()
  const queryClient = useQueryClient()
  const go = useOpen()
  const navigate = useNavigate()
  if (open === undefined || !mayRun) return null
  return (
    <CampaignDialogs
      dialog={open}
      campaign={campaign}
      onChanged={() => void queryClient.invalidateQueries({ queryKey: campaignsKey })}
      onDeleted={() => void navigate({ to: '/campaigns', search: {} })}
      onClose={() => go(undefined)}
    />
  )
}

function CampaignActions(props: { campaign: Campaign; onOpen: (dialog: CampaignDialog) => void }) {
  const { campaign } = props
  const { mayRun } = useCampaignRights()
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true }
  const completed = campaign.status === 'completed'
  const running = campaign.status === 'running' || campaign.contacts.calling > 0
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPencil {...icon} />}
        disabled={!mayRun}
        {...(mayRun && {
          renderRoot: (rest) => (
            <Link to="/campaigns/$campaignId/edit" params={{ campaignId: campaign.id }} {...rest} />
          ),
        })}
      >
        Edit
      </Button>
      <Menu width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={`More actions for ${campaign.name}`}>
            <IconDots {...icon} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconUpload {...icon} />}
            disabled={!mayRun || completed}
            onClick={() => props.onOpen('upload')}
          >
            Upload contacts…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDownload {...icon} />}
            component="a"
            href={buildResultsHref(campaign.id)}
            download
          >
            Download results
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconTrash {...icon} />}
            color="red"
            disabled={!mayRun || running}
            onClick={() => props.onOpen('delete')}
          >
            {running ? 'Delete (no live calls)' : 'Delete…'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

function CampaignSkeleton() {
  return (
    <Card>
      <div role="status" aria-label="Loading the campaign">
        <Skeleton height={24} width="40%" my="sm" />
        <Skeleton height={10} my="md" />
        <Skeleton height={44} width="80%" />
      </div>
    </Card>
  )
}

function NoSuchCampaign() {
  const { session, workspace } = useMembership()
  return (
    <Card>
      <Empty icon={<IconFileOff size={22} stroke={1.5} />} title={`Campaign not found in ${workspace.name}`}>
        It may have been deleted.
        {session.workspaces.length > 1 &&
          ' Or it belongs to another workspace. You can switch workspaces in the sidebar.'}
      </Empty>
    </Card>
  )
}
