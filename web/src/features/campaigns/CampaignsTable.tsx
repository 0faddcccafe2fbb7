import { Link } from '@tanstack/react-router'
import { serverNow } from '../../api/server-clock.ts'
import type { Campaign } from '../../api/types.ts'
import { creditsBrief } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { CampaignStatusLabel } from './CampaignStatusIcon.tsx'
import classes from './CampaignsTable.module.css'
import { ContactsBar } from './ContactsBar.tsx'
import { contactsLeft, count, describeWhen, pauseReasons, roundEstimate } from './labels.ts'

const makeColumns = (timeZone: string): readonly Column<Campaign>[] => [
  {
    label: 'Name',
    head: true,
    cell: (campaign) => (
      <>
        <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} className={stretched ?? ''}>
          {campaign.name}
        </Link>
        <span className={classes.note}>{campaign.agentName}</span>
      </>
    ),
  },
  {
    label: 'Status',
    width: '13rem',
    cell: (campaign) => <Status campaign={campaign} timeZone={timeZone} />,
  },
  { label: 'Progress', width: '9.5rem', cell: (campaign) => <Progress campaign={campaign} /> },
  { label: 'Contacts left', end: true, width: '6.75rem', cell: (campaign) => count(contactsLeft(campaign)) },
  { label: 'Credits needed', end: true, width: '7.5rem', cell: describeNeeded },
  {
    label: 'Next calls',
    width: '9rem',
    cell: (campaign) => describeNextCall(campaign, timeZone),
  },
]

/** The status, with the reason and time of a pause. */
function Status({ campaign, timeZone }: { campaign: Campaign; timeZone: string }) {
  const { status, pauseReason, pausedAt } = campaign
  return (
    <>
      <CampaignStatusLabel status={status} />
      {status === 'paused' && pauseReason !== null && (
        <span className={classes.note}>
          {pauseReasons[pauseReason]}
          {pausedAt !== null && ` ${describeWhen(pausedAt, timeZone, serverNow())}`}
        </span>
      )}
    </>
  )
}

function Progress({ campaign: { contacts } }: { campaign: Campaign }) {
  if (contacts.total === 0) return <span className={classes.none}>No contacts yet</span>
  return (
    <div className={classes.progress}>
      <ContactsBar contacts={contacts} />
      <span className={classes.note}>
        {count(contacts.reached + contacts.notReached)} of {count(contacts.total)} done
      </span>
    </div>
  )
}

function describeNeeded(campaign: Campaign): string {
  if (contactsLeft(campaign) === 0) return '—'
  if (campaign.creditsToFinish === null) return 'Not known yet'
  return `≈ ${creditsBrief(roundEstimate(campaign.creditsToFinish.milliseconds))}`
}

/** When the campaign calls next, judging by its status and calling hours. */
function describeNextCall(campaign: Campaign, timeZone: string): string {
  const { status, callingNow, nextCallingAt, startsAt } = campaign
  if (status === 'scheduled' && startsAt !== null) return instant(startsAt, 'dayTime', timeZone)
  if (status !== 'running') return '—'
  if (callingNow) return 'Now'
  return nextCallingAt === null ? 'Never' : instant(nextCallingAt, 'dayTime', timeZone)
}

export function CampaignsTable({ campaigns, timeZone }: { campaigns: Campaign[]; timeZone: string }) {
  return (
    <DataTable
      name="Campaigns, newest first"
      columns={makeColumns(timeZone)}
      rows={campaigns}
      rowKey={(campaign) => campaign.id}
    />
  )
}
