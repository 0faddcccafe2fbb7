import { IconAlertTriangle, IconCircleCheck, IconDownload } from '@tabler/icons-react'
import type { ContactImport } from '../../api/types.ts'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import classes from './ImportResult.module.css'
import { contactsInWords, count } from './labels.ts'
import { buildRejectedHref } from './results.ts'

type Rejection = ContactImport['rejections'][number]

const columns: readonly Column<Rejection>[] = [
  {
    label: 'Line',
    head: true,
    width: '5rem',
    cell: ({ line }) => (
      <span className="numeric">
        <span className={classes.word}>Line </span>
        {line}
      </span>
    ),
  },
  { label: 'Number', width: '10rem', cell: ({ value }) => (value === '' ? '—' : value) },
  { label: 'Reason', cell: ({ reason }) => reason },
]

/** The result of an import: how many contacts were added, and which rows were rejected and why. */
export function ImportResult({ campaignId, result }: { campaignId: string; result: ContactImport }) {
  const { added, rejected, rejections, rows } = result
  return (
    <div className={classes.result}>
      <p className={classes.line}>
        <IconCircleCheck size={18} stroke={1.75} className={classes.good} aria-hidden />
        {contactsInWords(added)} of {count(rows)} {rows === 1 ? 'row' : 'rows'} added.
      </p>
      {rejected > 0 && (
        <>
          <p className={classes.line}>
            <IconAlertTriangle size={18} stroke={1.75} className={classes.warn} aria-hidden />
            <span>
              {count(rejected)} {rejected === 1 ? 'row was' : 'rows were'} rejected. Fix{' '}
              {rejected === 1 ? 'it' : 'them'} and upload the file again. Contacts already in the campaign are
              not added twice.
            </span>
          </p>
          <div className={classes.rejections}>
            <DataTable
              name="Rejected rows"
              columns={columns}
              rows={rejections}
              rowKey={({ line }) => String(line)}
            />
          </div>
          <p className={classes.all}>
            {rejections.length < rejected && `Showing the first ${count(rejections.length)}. `}
            <a href={buildRejectedHref(campaignId, result.id)} download className={classes.download}>
              <IconDownload size={15} stroke={1.75} aria-hidden />
              Download {rejected === 1 ? 'it' : `all ${count(rejected)}`} as CSV
            </a>
          </p>
        </>
      )}
    </div>
  )
}
