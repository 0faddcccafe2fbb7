import { IconListNumbers } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { zoneInWords } from '../../design/format/instant.ts'
import { BackLink } from '../../design/ui/BackLink.tsx'
import { Card } from '../../design/ui/Card.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { EntriesTable } from '../billing/index.ts'
import { workspaceQuery } from '../workspace/index.ts'
import { transactionsQuery } from './usage-queries.ts'

/** The whole ledger, with the balance after each entry. */
export function TransactionsPage() {
  const timeZone = useQuery(workspaceQuery).data?.timeZone
  const entries = useInfiniteQuery(transactionsQuery)
  return (
    <Page
      title="Transactions"
      above={<BackLink to="/usage">Usage</BackLink>}
      caption={`Everything that added or used credits, newest first${timeZone === undefined ? '' : ` · ${zoneInWords(timeZone)}`}`}
    >
      <Card flush>
        <PagedList
          query={entries}
          what="Transactions"
          label="transactions"
          empty={
            <Empty icon={<IconListNumbers size={22} stroke={1.5} />} title="No transactions yet">
              Your plan’s monthly credits will be the first.
            </Empty>
          }
        >
          {(items) => (
            <EntriesTable name="Transactions, newest first" entries={items} timeZone={timeZone ?? 'UTC'} />
          )}
        </PagedList>
      </Card>
    </Page>
  )
}
