import type { Correction, Receipt } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { reporterNames } from './labels.ts'
import classes from './Receipt.module.css'

/** What the operator or a carrier corrected: what was said by whom, and what it is now. */
export function ReceiptCorrections({ receipt }: { receipt: Receipt }) {
  const columns: Column<Correction>[] = [
    { label: 'Corrected', head: true, cell: ({ fact }) => (fact === 'answer' ? 'Answered' : 'Ended') },
    { label: 'Was', cell: ({ was, reportedBy }) => <Said at={was} by={reportedBy} receipt={receipt} /> },
    { label: 'Is', cell: ({ is, correctedBy }) => <Said at={is} by={correctedBy} receipt={receipt} /> },
    {
      label: 'Since',
      cell: ({ at }) => instant(at, 'dayTime', receipt.timeZone),
      width: '9rem',
    },
  ]
  return (
    <Card
      title="Corrected"
      caption="The operator and carriers outrank the workspace’s own reports. The charge is for the corrected times"
      flush
    >
      <DataTable
        name="Corrections of this call"
        columns={columns}
        rows={receipt.corrections}
        rowKey={({ fact, at }) => `${fact} ${at}`}
      />
    </Card>
  )
}

function Said({ at, by, receipt }: { at: string; by: Correction['reportedBy']; receipt: Receipt }) {
  return (
    <>
      <time dateTime={at}>
        {instant(at, 'date', receipt.timeZone)}, {instant(at, 'timeExact', receipt.timeZone)}
      </time>{' '}
      <span className={classes.quiet}>by {reporterNames[by ?? 'unknown']}</span>
    </>
  )
}
