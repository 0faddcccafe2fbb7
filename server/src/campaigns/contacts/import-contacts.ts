import type { DialRules } from '@talktime/core/contacts/judge-number'
import { mapColumns } from '@talktime/core/contacts/map-columns'
import type { Tx } from '../../platform/database/database.ts'
import { newUuid, newUuidInOrder } from '../../platform/ids.ts'
import { invalid } from '../../platform/problem.ts'
import type { CampaignRef } from '../campaign.ts'
import {
  finishImport,
  type ImportRow,
  insertContacts,
  insertImport,
  insertRejections,
  listAgentNumbers,
  listRejections,
  type NewContact,
  REJECTIONS_SHOWN_MAX,
  type Rejection,
} from './contact-store.ts'
import { type ContactRules, keepCells, parseContact } from './parse-contact.ts'
import { readCsv } from './read-csv.ts'

export const ROWS_MAX = 500_000
/** The most rows written at once. */
const BATCH_ROWS_MAX = 2_000
const DUPLICATE_REASON = 'The campaign already has this number.'
/** The first line is quoted in an error, shortened to this. */
const QUOTED_HEADINGS_MAX = 10
const QUOTED_HEADING_LENGTH_MAX = 30

export type ImportOptions = {
  readonly campaign: CampaignRef
  /** ISO 3166 alpha-2 code of numbers without a country code. null: such numbers are rejected. */
  readonly country: string | null
  /** The encoding of the file, as its sender says. undefined: it is found out. */
  readonly charset: string | undefined
  readonly dialRules: DialRules
  readonly nowMs: number
}

/**
 * Imports a CSV file of contacts as it streams in. Good rows become contacts; bad rows are stored with their line and
 * the reason. The import is part of `tx`, so a file that breaks off or is no CSV leaves nothing behind.
 *
 * @throws Problem `invalid_request`, `body_too_large`
 */
export async function importContacts(
  tx: Tx,
  file: AsyncIterable<Buffer>,
  options: ImportOptions,
): Promise<ImportRow> {
  const { campaign, nowMs } = options
  const importId = newUuid(nowMs)
  await insertImport(tx, campaign, importId, nowMs)
  const writer = createWriter(tx, campaign, importId)
  const ownNumbers = new Set(await listAgentNumbers(tx, campaign.workspaceId))
  let rules: ContactRules | undefined
  let headings: readonly string[] = []
  let rows = 0
  for await (const { record, info } of readCsv(file, options.charset)) {
    if (rules === undefined) {
      rules = { ...options, columns: requireColumns(record), ownNumbers }
      headings = keepCells(record)
      continue
    }
    rows += 1
    requireRowCount(rows)
    const parsed = parseContact(rules, record, info.lines)
    await writer.add('reason' in parsed ? parsed : { ...parsed, id: newUuidInOrder(nowMs, rows) })
  }
  if (rules === undefined) {
    throw invalid(
      '',
      'The file is empty. Send a line of headings that includes "phone", then a row for each contact.',
    )
  }
  const rejected = await writer.finish()
  const counts = { id: importId, rows, added: rows - rejected, rejected }
  await finishImport(tx, campaign.workspaceId, counts, headings)
  const rejections = await listRejections(tx, campaign.workspaceId, importId, 0, REJECTIONS_SHOWN_MAX)
  return { ...counts, atMs: nowMs, rejections }
}

function requireColumns(firstLine: readonly string[]): ContactRules['columns'] {
  const columns = mapColumns(firstLine)
  if (columns !== undefined) return columns
  const quoted = firstLine
    .map((heading) => heading.slice(0, QUOTED_HEADING_LENGTH_MAX))
    .slice(0, QUOTED_HEADINGS_MAX)
  throw invalid('', `No column is headed "phone". The first line has: ${quoted.join(', ')}.`)
}

function requireRowCount(rows: number): void {
  if (rows <= ROWS_MAX) return
  const max = ROWS_MAX.toLocaleString('en-US')
  throw invalid('', `The file has more than ${max} rows. Send it in several parts.`)
}

type Writer = {
  /** Adds a row. Resolves when the next row may be read. */
  add(row: NewContact | Rejection): Promise<void>
  /** Writes what is left. Returns how many rows were rejected in all. */
  finish(): Promise<number>
}

/** Creates a writer that writes rows in batches. One batch is written while the next is read. */
function createWriter(tx: Tx, campaign: CampaignRef, importId: string): Writer {
  const { workspaceId } = campaign
  let contacts: NewContact[] = []
  let rejections: Rejection[] = []
  let rejected = 0
  let writing: Promise<void> = Promise.resolve()

  async function write(batch: readonly NewContact[], bad: readonly Rejection[]): Promise<void> {
    const known = await insertContacts(tx, campaign, importId, batch)
    const duplicates = known.map(({ line, phone, cells }) => ({
      line,
      value: phone,
      reason: DUPLICATE_REASON,
      cells: keepCells(cells),
    }))
    rejected += bad.length + duplicates.length
    await insertRejections(tx, workspaceId, importId, [...bad, ...duplicates])
  }

  async function flush(): Promise<void> {
    await writing
    writing = write(contacts, rejections)
    // The next flush or `finish` awaits it and throws its error.
    writing.catch(() => {})
    contacts = []
    rejections = []
  }

  return {
    async add(row) {
      if ('reason' in row) rejections.push(row)
      else contacts.push(row)
      if (contacts.length + rejections.length >= BATCH_ROWS_MAX) await flush()
    },
    async finish() {
      await flush()
      await writing
      return rejected
    },
  }
}
