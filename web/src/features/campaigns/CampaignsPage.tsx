import { Button, SegmentedControl } from '@mantine/core'
import { IconFilterOff, IconPlus, IconSpeakerphone } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import type { CampaignStatus } from '../../api/types.ts'
import { zoneInWords } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Freshness } from '../../design/ui/Freshness.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { Empty, Updating } from '../../design/ui/states.tsx'
import { FeatureRequired } from '../pricing/index.ts'
import { ReadOnlyNote } from '../workspace/index.ts'
import classes from './CampaignsPage.module.css'
import { CampaignsTable } from './CampaignsTable.tsx'
import { campaignsQuery } from './campaign-queries.ts'
import { statusLabels } from './labels.ts'
import { useCampaignRights } from './use-campaign-rights.ts'

const filters = [
  { value: 'all', label: 'All' },
  ...(['running', 'paused', 'scheduled', 'draft', 'completed'] as const).map((status) => ({
    value: status,
    label: statusLabels[status],
  })),
]

/** The campaigns, newest first. */
export function CampaignsPage() {
  const { status } = useSearch({ from: '/shell/campaigns' })
  const navigate = useNavigate({ from: '/campaigns' })
  const { inPlan, mayRun, timeZone } = useCampaignRights()
  const campaigns = useInfiniteQuery({ ...campaignsQuery(status), placeholderData: keepPreviousData })
  const reasonId = useId()
  const none = status === undefined && campaigns.data?.pages[0]?.data.length === 0

  const newCampaign = (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      disabled={!mayRun}
      {...(inPlan === false ? { 'aria-describedby': reasonId } : {})}
      {...(mayRun && { renderRoot: (props) => <Link to="/campaigns/new" {...props} /> })}
    >
      New campaign
    </Button>
  )
  const filter = (value: string) =>
    void navigate({ search: value === 'all' ? {} : { status: value as CampaignStatus }, replace: true })
  return (
    <Page
      title="Campaigns"
      caption={<Freshness>Agents that call contact lists · {zoneInWords(timeZone)}</Freshness>}
      actions={none ? undefined : newCampaign}
    >
      <ReadOnlyNote what="create, start or pause campaigns" />
      {inPlan === false && <FeatureRequired id={reasonId} feature="campaigns" what="Campaigns" />}
      {!none && (
        <div className={classes.filters}>
          <SegmentedControl
            size="xs"
            data={filters}
            value={status ?? 'all'}
            onChange={filter}
            aria-label="Campaigns to show"
          />
        </div>
      )}
      <Card flush>
        <PagedList
          query={campaigns}
          what="Campaigns"
          label="campaigns"
          empty={
            none ? (
              <NoCampaigns action={newCampaign} />
            ) : (
              <NoMatch status={status} onShowAll={() => filter('all')} />
            )
          }
        >
          {(items) => (
            <Updating active={campaigns.isPlaceholderData}>
              <CampaignsTable campaigns={items} timeZone={timeZone} />
            </Updating>
          )}
        </PagedList>
      </Card>
    </Page>
  )
}

function NoCampaigns({ action }: { action: ReactNode }) {
  return (
    <Empty icon={<IconSpeakerphone size={22} stroke={1.5} />} title="No campaigns yet" action={action}>
      In a campaign, an agent calls a list of contacts. Upload them as a CSV file, choose when and how fast to
      call, and start it.
    </Empty>
  )
}

function NoMatch({ status, onShowAll }: { status: CampaignStatus | undefined; onShowAll: () => void }) {
  return (
    <Empty
      icon={<IconFilterOff size={22} stroke={1.5} />}
      title={`No ${status === undefined ? '' : `${statusLabels[status].toLowerCase()} `}campaigns`}
      action={
        <Button variant="default" onClick={onShowAll}>
          Show all
        </Button>
      }
    />
  )
}
