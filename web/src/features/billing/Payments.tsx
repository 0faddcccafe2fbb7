import { IconReceipt } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Purchase } from '../../api/types.ts'
import { creditsBrief } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { money } from '../../design/format/money.ts'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { cardInWords } from '../cards/index.ts'
import { purchasesQuery } from './billing-queries.ts'
import classes from './History.module.css'
import { PaymentStatus } from './PaymentStatus.tsx'

const kinds: Record<Purchase['purpose'], string> = {
  top_up: 'Purchase',
  plan_change: 'Upgrade',
  renewal: 'Renewal',
}

/** What kind of payment a purchase is. */
export const describeKind = ({ purpose, origin }: Pick<Purchase, 'purpose' | 'origin'>) =>
  origin === 'auto_reload' ? 'Auto-reload' : kinds[purpose]

/** All payments, including failed and open ones. Each row opens its receipt. */
export function Payments({ timeZone }: { timeZone: string }) {
  const purchases = useInfiniteQuery(purchasesQuery)
  const columns: Column<Purchase>[] = [
    {
      label: 'Date',
      head: true,
      width: '11rem',
      cell: (purchase) => (
        <Link
          to="/billing/receipts/$purchaseId"
          params={{ purchaseId: purchase.id }}
          className={stretched ?? ''}
        >
          <time dateTime={purchase.createdAt}>{instant(purchase.createdAt, 'dateTime', timeZone)}</time>
        </Link>
      ),
    },
    {
      label: 'Description',
      cell: (purchase) => (
        <>
          {purchase.description}
          <span className={classes.note}>
            {describeKind(purchase)}
            {purchase.paymentMethod && ` · ${cardInWords(purchase.paymentMethod)}`}
          </span>
        </>
      ),
    },
    {
      label: 'Status',
      width: '12rem',
      cell: (purchase) => <PaymentStatus status={purchase.status} />,
    },
    {
      label: 'Credits',
      end: true,
      width: '7rem',
      cell: ({ credits, status }) =>
        status === 'succeeded' && credits.milliseconds > 0 ? `+${creditsBrief(credits.milliseconds)}` : '—',
    },
    { label: 'Amount', end: true, width: '7rem', cell: (purchase) => money(purchase.amount) },
  ]
  return (
    <PagedList
      query={purchases}
      what="Payments"
      label="payments"
      empty={
        <Empty icon={<IconReceipt size={22} stroke={1.5} />} title="No payments yet">
          Purchases, auto-reloads and renewals appear here, each with a printable receipt.
        </Empty>
      }
    >
      {(items) => (
        <DataTable name="Payments" columns={columns} rows={items} rowKey={(purchase) => purchase.id} />
      )}
    </PagedList>
  )
}
