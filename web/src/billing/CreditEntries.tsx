import { IconCoins } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { creditEntriesQuery } from '../api/billing-queries.ts'
import type { Transaction } from '../api/types.ts'
import { creditsFixed } from '../format/credits.ts'
import { instant } from '../format/instant.ts'
import { type Column, DataTable } from '../ui/DataTable.tsx'
import { Empty } from '../ui/states.tsx'
import classes from './History.module.css'
import { PagedList } from './PagedList.tsx'

const kindWords: Record<Transaction['kind'], string> = {
  call: 'Call',
  monthly_grant: 'Monthly credits',
  top_up: 'Top-up credits',
  promotional: 'Promotional credits',
  adjustment: 'Adjustment',
  expiry: 'Expired',
  refund: 'Refund',
}

/** What changed the credits besides calls: grants, top-ups, expiries, adjustments, refunds. */
export function CreditEntries({ timeZone }: { timeZone: string }) {
  const entries = useInfiniteQuery(creditEntriesQuery)
  const columns: Column<Transaction>[] = [
    {
      label: 'Date',
      head: true,
      width: '11rem',
      cell: (entry) => <time dateTime={entry.at}>{instant(entry.at, 'dateTime', timeZone)}</time>,
    },
    {
      label: 'What',
      cell: (entry) => (
        <>
          {kindWords[entry.kind]}
          {entry.reason !== null && <span className={classes.note}>{entry.reason}</span>}
        </>
      ),
    },
    {
      label: 'Receipt',
      width: '7rem',
      cell: (entry) =>
        entry.purchaseId !== null && (
          <Link to="/billing/receipts/$purchaseId" params={{ purchaseId: entry.purchaseId }}>
            Receipt
          </Link>
        ),
    },
    { label: 'Credits', end: true, width: '8rem', cell: (entry) => signed(entry.amount.milliseconds) },
    {
      label: 'Balance after',
      end: true,
      width: '8rem',
      cell: (entry) => creditsFixed(entry.balanceAfter.milliseconds),
    },
  ]
  return (
    <PagedList
      query={entries}
      what="The credits"
      label="credits"
      empty={
        <Empty icon={<IconCoins size={22} stroke={1.5} />} title="No credits yet">
          Monthly credits, top-ups, grants and expiries stand here.
        </Empty>
      }
    >
      {(items) => <DataTable name="Credits" columns={columns} rows={items} rowKey={(entry) => entry.id} />}
    </PagedList>
  )
}

function signed(milliseconds: number): string {
  if (milliseconds < 0) return `−${creditsFixed(-milliseconds)}`
  return `+${creditsFixed(milliseconds)}`
}
