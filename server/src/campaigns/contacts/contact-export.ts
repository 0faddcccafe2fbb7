import type { Readable } from 'node:stream'
import { REJECTION_HEADINGS } from '@talktime/core/contacts/map-columns'
import type { Queryable } from '../../platform/database/database.ts'
import { type CsvCell, escapeFormula, writeCsv } from '../../platform/http/csv.ts'
import { instantOrNull } from '../../platform/http/instant.ts'
import { publicId } from '../../public-ids.ts'
import type { CampaignRef } from '../campaign.ts'
import {
  type ContactRow,
  type ContactState,
  listContacts,
  listRejections,
  type Rejection,
} from './contact-store.ts'

const PAGE_ROWS = 2_000

/**
 * Streams the results of a campaign's contacts as CSV, in the order in which they were added.
 *
 * @param options.headings the imported files' other columns, which follow the results
 */
export function exportContacts(
  db: Queryable,
  ref: CampaignRef,
  options: { readonly state: ContactState | undefined; readonly headings: readonly string[] },
): Readable {
  const { state, headings } = options
  const cells = readPages(async (afterId: string | undefined) => {
    const rows = await listContacts(db, ref, { state, afterId, limit: PAGE_ROWS })
    return { rows: rows.map((contact) => toResultCells(contact, headings)), next: rows.at(-1)?.id }
  })
  return writeCsv(nameColumns(headings), cells)
}

/**
 * Streams all rejected rows of an imported file as CSV, by line, with all their cells and, at the end, the line and the
 * reason: repaired, it can be sent again as it is.
 *
 * @param headings of the file. Null: its rows were not kept, only the numbers
 */
export function exportRejections(
  db: Queryable,
  workspaceId: string,
  importId: string,
  headings: readonly string[] | null,
): Readable {
  const cells = readPages(async (afterLine: number | undefined) => {
    const rows = await listRejections(db, workspaceId, importId, afterLine ?? 0, PAGE_ROWS)
    return { rows: rows.map((row) => toRejectionCells(row, headings)), next: rows.at(-1)?.line }
  })
  if (headings === null) return writeCsv(['line', 'reason', 'value'], cells)
  const { line, reason } = REJECTION_HEADINGS
  return writeCsv([...withoutRejection(headings, headings).map(escapeFormula), line, reason], cells)
}

/** Yields all rows, reading the next page when it is needed. */
async function* readPages<Row, Position>(
  readPage: (after: Position | undefined) => Promise<{ rows: Row[]; next: Position | undefined }>,
): AsyncGenerator<Row> {
  let after: Position | undefined
  for (;;) {
    const { rows, next } = await readPage(after)
    yield* rows
    if (rows.length < PAGE_ROWS || next === undefined) return
    after = next
  }
}

const resultColumns = [
  'contact_id',
  'phone',
  'name',
  'state',
  'attempts',
  'last_outcome',
  'last_attempt_at',
  'last_call_id',
]

/** Names all columns. A file's column with the name of a result column gets " (file)" after it. */
function nameColumns(headings: readonly string[]): string[] {
  const named = headings.map((heading) => (resultColumns.includes(heading) ? `${heading} (file)` : heading))
  return [...resultColumns, ...named.map(escapeFormula)]
}

function toRejectionCells(
  { line, reason, value, cells }: Rejection,
  headings: readonly string[] | null,
): CsvCell[] {
  if (headings === null) return [line, reason, escapeFormula(value)]
  return [...withoutRejection(cells ?? [], headings).map(escapeFormula), line, reason]
}

/** Takes a cell for each heading, except for those that an earlier file of rejected rows has added. */
function withoutRejection(cells: readonly string[], headings: readonly string[]): string[] {
  const added: readonly string[] = Object.values(REJECTION_HEADINGS)
  return headings.flatMap((heading, index) => (added.includes(heading) ? [] : (cells[index] ?? '')))
}

function toResultCells(contact: ContactRow, headings: readonly string[]): CsvCell[] {
  return [
    publicId('contact', contact.id),
    contact.phone,
    contact.name === null ? null : escapeFormula(contact.name),
    contact.state,
    contact.attempts,
    contact.lastOutcome,
    instantOrNull(contact.lastAttemptAtMs),
    contact.lastCallId && publicId('call', contact.lastCallId),
    ...headings.map((heading) => {
      const detail = contact.details?.[heading]
      return detail === undefined ? null : escapeFormula(detail)
    }),
  ]
}
