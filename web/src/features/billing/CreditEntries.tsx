import { IconCoins } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { creditEntriesQuery } from './billing-queries.ts'
import { EntriesTable } from './EntriesTable.tsx'

/** Changes of credits other than calls: grants, top-ups, expiries, adjustments and refunds. */
export function CreditEntries({ timeZone }: { timeZone: string }) {
  const entries = useInfiniteQuery(creditEntriesQuery)
  return (
    <PagedList
      query={entries}
      what="Credits"
      label="credits"
      empty={
        <Empty icon={<IconCoins size={22} stroke={1.5} />} title="No credits yet">
          Monthly credits, top-ups, grants and expiries appear here.
        </Empty>
      }
    >
      {(items) => <EntriesTable name="Credits" entries={items} timeZone={timeZone} />}
    </PagedList>
  )
}
