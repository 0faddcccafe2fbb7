import { Link } from '@tanstack/react-router'
import type { Transaction } from '../../api/types.ts'
import { creditsFixed } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { entryLabels, signedCredits } from './entry-labels.ts'
import classes from './History.module.css'

/** Ledger entries with the balance after each, and links to their receipts. */
export function EntriesTable(props: { name: string; entries: Transaction[]; timeZone: string }) {
  const columns: Column<Transaction>[] = [
    {
      label: 'Date',
      head: true,
      width: '11rem',
      cell: (entry) => <time dateTime={entry.at}>{instant(entry.at, 'dateTime', props.timeZone)}</time>,
    },
    {
      label: 'Description',
      cell: (entry) => (
        <>
          {entryLabels[entry.kind]}
          {entry.reason !== null && <span className={classes.note}>{entry.reason}</span>}
        </>
      ),
    },
    { label: 'Receipt', width: '7rem', cell: (entry) => <ReceiptLink entry={entry} /> },
    { label: 'Credits', end: true, width: '8rem', cell: (entry) => signedCredits(entry.amount.milliseconds) },
    {
      label: 'Balance after',
      end: true,
      width: '8rem',
      cell: (entry) => creditsFixed(entry.balanceAfter.milliseconds),
    },
  ]
  return <DataTable name={props.name} columns={columns} rows={props.entries} rowKey={(entry) => entry.id} />
}

function ReceiptLink({ entry }: { entry: Transaction }) {
  if (entry.purchaseId !== null) {
    return (
      <Link to="/billing/receipts/$purchaseId" params={{ purchaseId: entry.purchaseId }}>
        Receipt
      </Link>
    )
  }
  if (entry.callId === null) return null
  return (
    <Link to="/calls/$callId" params={{ callId: entry.callId }}>
      Receipt
    </Link>
  )
}
