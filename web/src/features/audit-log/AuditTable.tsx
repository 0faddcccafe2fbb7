import type { AuditEntry } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import classes from './AuditTable.module.css'
import { actionInWords, actorDetail, actorInWords, targetInWords } from './audit-labels.ts'
import { StateChanges } from './StateChanges.tsx'

export function AuditTable({ entries, timeZone }: { entries: AuditEntry[]; timeZone: string }) {
  const columns: Column<AuditEntry>[] = [
    {
      label: 'Action',
      head: true,
      width: '25%',
      cell: ({ action, target }) => <Stacked main={actionInWords(action)} detail={targetInWords(target)} />,
    },
    { label: 'Changes', cell: (entry) => <StateChanges entry={entry} timeZone={timeZone} /> },
    {
      label: 'Who',
      width: '21%',
      cell: ({ actor }) => <Stacked main={actorInWords(actor)} detail={actorDetail(actor)} />,
    },
    {
      label: 'When',
      width: '13.5rem',
      cell: ({ at, ip, userAgent }) => (
        <span title={userAgent ?? undefined}>
          <Stacked
            main={<time dateTime={at}>{instant(at, 'dateTime', timeZone)}</time>}
            detail={ip === null ? null : `from ${ip}`}
          />
        </span>
      ),
    },
  ]
  return <DataTable name="Audit log" columns={columns} rows={entries} rowKey={({ id }) => id} top />
}

function Stacked({ main, detail }: { main: React.ReactNode; detail: string | null }) {
  return (
    <>
      <span className={classes.main}>{main}</span>
      {detail !== null && <span className={classes.detail}>{detail}</span>}
    </>
  )
}
