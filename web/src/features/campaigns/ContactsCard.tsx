import { Button, SegmentedControl } from '@mantine/core'
import { IconDownload, IconFilterOff, IconUpload, IconUsers } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Campaign, ContactState } from '../../api/types.ts'
import { Card } from '../../design/ui/Card.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { Empty, Updating } from '../../design/ui/states.tsx'
import classes from './ContactsCard.module.css'
import { ContactsTable } from './ContactsTable.tsx'
import { contactsQuery } from './campaign-queries.ts'
import { contactStateLabels, count } from './labels.ts'
import { buildResultsHref } from './results.ts'
import { useCampaignRights } from './use-campaign-rights.ts'

/** The campaign's contacts with the results of their calls. */
export function ContactsCard(props: { campaign: Campaign; timeZone: string; onUpload: () => void }) {
  const { campaign, timeZone } = props
  const { contacts } = campaign
  const { contacts: state } = useSearch({ from: '/shell/campaigns/$campaignId' })
  const navigate = useNavigate({ from: '/campaigns/$campaignId' })
  const list = useInfiniteQuery({
    ...contactsQuery(campaign.id, state),
    placeholderData: keepPreviousData,
  })
  const show = (value: ContactState | 'all') =>
    void navigate({
      search: value === 'all' ? {} : { contacts: value },
      replace: true,
      resetScroll: false,
    })
  return (
    <Card
      title="Contacts"
      caption="Each row opens the receipt of the contact’s last call"
      actions={contacts.total > 0 && <DownloadButton campaignId={campaign.id} />}
      flush
    >
      {contacts.total > 0 && (
        <div className={classes.filters}>
          <SegmentedControl
            size="xs"
            data={listFilters(contacts)}
            value={state ?? 'all'}
            onChange={(value) => show(value as ContactState | 'all')}
            aria-label="Contacts to show"
          />
        </div>
      )}
      <PagedList
        query={list}
        what="Contacts"
        label="contacts"
        empty={
          contacts.total === 0 ? (
            <NoContacts onUpload={props.onUpload} />
          ) : (
            <NoMatch state={state} onShowAll={() => show('all')} />
          )
        }
      >
        {(items) => (
          <Updating active={list.isPlaceholderData}>
            <ContactsTable contacts={items} timeZone={timeZone} />
          </Updating>
        )}
      </PagedList>
    </Card>
  )
}

/** The filters by state, each with its number of contacts. */
function listFilters(contacts: Campaign['contacts']): { value: string; label: string }[] {
  const numbers: Record<ContactState, number> = {
    waiting: contacts.waiting,
    calling: contacts.calling,
    reached: contacts.reached,
    not_reached: contacts.notReached,
  }
  return [
    { value: 'all', label: `All ${count(contacts.total)}` },
    ...(Object.keys(contactStateLabels) as ContactState[]).map((value) => ({
      value,
      label: `${contactStateLabels[value]} ${count(numbers[value])}`,
    })),
  ]
}

function DownloadButton({ campaignId }: { campaignId: string }) {
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={15} stroke={1.75} aria-hidden />}
      component="a"
      href={buildResultsHref(campaignId)}
      download
    >
      Download results
    </Button>
  )
}

function NoContacts({ onUpload }: { onUpload: () => void }) {
  const { mayRun } = useCampaignRights()
  return (
    <Empty
      icon={<IconUsers size={22} stroke={1.5} />}
      title="No contacts yet"
      action={
        <Button
          leftSection={<IconUpload size={16} stroke={1.75} aria-hidden />}
          disabled={!mayRun}
          onClick={onUpload}
        >
          Upload contacts
        </Button>
      }
    >
      Upload a CSV file with a “phone” column and, if you like, a “name” column. Other columns are kept with
      the contact. Invalid rows are reported, and all others are added.
    </Empty>
  )
}

function NoMatch({ state, onShowAll }: { state: ContactState | undefined; onShowAll: () => void }) {
  return (
    <Empty
      icon={<IconFilterOff size={22} stroke={1.5} />}
      title={state === undefined ? 'No contacts' : `No contacts with status “${contactStateLabels[state]}”`}
      action={
        <Button variant="default" onClick={onShowAll}>
          Show all
        </Button>
      }
    />
  )
}
