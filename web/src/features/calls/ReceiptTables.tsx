import type { Payment, Receipt, ReceiptEntry } from '../../api/types.ts'
import { creditsExact } from '../../design/format/credits.ts'
import { secondsFixed } from '../../design/format/duration.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { grantLabels } from './labels.ts'
import classes from './Receipt.module.css'

/** A row of the payments table. Credits that no grant has paid yet have a row too. */
type Paid = { key: string; name: string; note: string; milliseconds: number }

/** The grants that paid for the call, in burn order. They add up to the charge. */
export function ReceiptPayments({ receipt }: { receipt: Receipt }) {
  const rows = receipt.payments.map((payment) => makeRow(payment, receipt.timeZone))
  if (receipt.unpaid.milliseconds > 0) {
    rows.push({
      key: 'unpaid',
      name: 'Overdraft',
      note: 'the next credits pay this first',
      milliseconds: receipt.unpaid.milliseconds,
    })
  }
  const columns: Column<Paid>[] = [
    {
      label: 'Grant',
      head: true,
      cell: (row) => (
        <>
          {row.name} <span className={classes.quiet}>{row.note}</span>
        </>
      ),
    },
    { label: 'Talk time', end: true, cell: (row) => secondsFixed(row.milliseconds), width: '9rem' },
    { label: 'Credits', end: true, cell: (row) => creditsExact(row.milliseconds), width: '9rem' },
  ]
  return (
    <Card title="Paid by" caption="Credits that expire soonest are used first" flush>
      <DataTable
        name="Credits that paid for this call"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        footer={
          <tr>
            <th scope="row">Charged</th>
            <td data-label="Talk time" className={classes.end}>
              {secondsFixed(receipt.charged.milliseconds)}
            </td>
            <td data-label="Credits" className={classes.end}>
              {creditsExact(receipt.charged.milliseconds)}
            </td>
          </tr>
        }
      />
    </Card>
  )
}

function makeRow(payment: Payment, timeZone: string): Paid {
  const expiry =
    payment.expiresAt === null ? 'never expire' : `expire ${instant(payment.expiresAt, 'date', timeZone)}`
  return {
    key: payment.grantId,
    name: grantLabels[payment.kind],
    note: `granted ${instant(payment.grantedAt, 'date', timeZone)}, ${expiry}`,
    milliseconds: payment.amount.milliseconds,
  }
}

/** The call's ledger entries, with the balance after each. */
export function ReceiptEntries({ receipt }: { receipt: Receipt }) {
  const columns: Column<ReceiptEntry>[] = [
    {
      label: 'Date',
      head: true,
      cell: (entry) => (
        <time dateTime={entry.at}>
          {instant(entry.at, 'date', receipt.timeZone)}, {instant(entry.at, 'timeExact', receipt.timeZone)}
        </time>
      ),
    },
    { label: 'Entry', cell: (entry) => <span className={classes.mono}>{entry.transactionId}</span> },
    { label: 'Credits', end: true, cell: (entry) => creditsExact(entry.amount.milliseconds), width: '8rem' },
    {
      label: 'Balance after',
      end: true,
      cell: (entry) => creditsExact(entry.balanceAfter.milliseconds),
      width: '9rem',
    },
  ]
  return (
    <Card title="Ledger" caption="This call’s entries in the ledger. They are never changed" flush>
      <DataTable
        name="Ledger entries of this call"
        columns={columns}
        rows={receipt.entries}
        rowKey={(entry) => entry.transactionId}
      />
    </Card>
  )
}
