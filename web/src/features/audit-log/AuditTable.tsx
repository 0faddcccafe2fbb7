import type { AuditEntry } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import classes from './AuditTable.module.css'
import { actionInWords, actorDetail, actorInWords } from './audit-labels.ts'
import { StateChanges } from './StateChanges.tsx'

export function AuditTable({ entries, timeZone }: { entries: AuditEntry[]; timeZone: string }) {
  const columns: Column<AuditEntry>[] = [
    {
      label: 'Action',
      head: true,
      width: '26%',
      cell: ({ action, target }) => (
        <Stacked main={actionInWords(action)} detail={target.name ?? target.id} />
      ),
    },
    { label: 'Changes', cell: (entry) => <StateChanges entry={entry} timeZone={timeZone} /> },
    {
      label: 'Who',
      width: '22%',
      cell: ({ actor }) => <Stacked main={actorInWords(actor)} detail={actorDetail(actor)} />,
    },
    {
      label: 'When',
      width: '12rem',
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
  return <DataTable name="Audit log" columns={columns} rows={entries} rowKey={({ id }) => id} />
}

function Stacked({ main, detail }: { main: React.ReactNode; detail: string | null }) {
  return (
    <>
      <span className={classes.main}>{main}</span>
      {detail !== null && <span className={classes.detail}>{detail}</span>}
    </>
  )
}
