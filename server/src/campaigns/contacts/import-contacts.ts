import { pipeline, Readable } from 'node:stream'
import { parse } from 'csv-parse'
import type { Tx } from '../../platform/database/database.ts'
import { newUuid, newUuidInOrder } from '../../platform/ids.ts'
import { invalid, Problem, platformProblems } from '../../platform/problem.ts'
import type { CampaignRef } from '../campaign.ts'
import {
  type ImportRow,
  insertContacts,
  insertRejections,
  type NewContact,
  REJECTIONS_SHOWN,
  type Rejection,
  rejectionsAfter,
} from './contact-store.ts'
import { contactOf, type Headings, headingsOf } from './parse-contact.ts'

export const ROWS_MAX = 500_000
export const BYTES_MAX = 100 * 1024 * 1024
const TOGETHER = 2_000
const RECORD_LENGTH_MAX = 64 * 1024
const KNOWN = 'This number is in the campaign already.'

export type ImportOptions = {
  readonly campaign: CampaignRef
  readonly country: string | null
  readonly nowMs: number
}

/**
 * Takes a file of contacts as it streams in: what is good is added, what is not is kept with its line and the reason.
 * A file that breaks off, or is no table at all, leaves nothing.
 *
 * @throws Problem invalid_request, body_too_large
 */
export async function importContacts(
  tx: Tx,
  file: AsyncIterable<Buffer>,
  options: ImportOptions,
): Promise<ImportRow> {
  const { campaign, country, nowMs } = options
  const { workspaceId, id } = campaign
  const importId = newUuid(nowMs)
  await tx.query(
    `insert into contact_imports (workspace_id, id, campaign_id, at_ms, row_count, added_count, rejected_count)
     values ($1, $2, $3, $4, 0, 0, 0)`,
    [workspaceId, importId, id, nowMs],
  )
  let headings: Headings | undefined
  let rows = 0
  let rejected = 0
  let contacts: NewContact[] = []
  let rejections: Rejection[] = []
  let writing: Promise<void> = Promise.resolve()

  async function write(some: readonly NewContact[], bad: readonly Rejection[]): Promise<void> {
    const known = await insertContacts(tx, campaign, importId, some)
    const twice = known.map(({ line, phone }) => ({ line, value: phone, reason: KNOWN }))
    rejected += bad.length + twice.length
    await insertRejections(tx, workspaceId, importId, [...bad, ...twice])
  }

  /** Writes what was read. The next rows are read meanwhile, and no more than that. */
  async function handOver(): Promise<void> {
    await writing
    writing = write(contacts, rejections)
    // Where it fails, whoever waits for it says so.
    writing.catch(() => {})
    contacts = []
    rejections = []
  }

  for await (const { record, info } of rowsOf(file)) {
    if (headings === undefined) {
      headings = requireHeadings(record)
      continue
    }
    rows += 1
    if (rows > ROWS_MAX) {
      throw invalid(
        '',
        `The file holds more than ${ROWS_MAX.toLocaleString('en-US')} rows: send it in parts.`,
      )
    }
    const found = contactOf(headings, record, info.lines, country)
    if ('reason' in found) rejections.push(found)
    else contacts.push({ ...found, id: newUuidInOrder(nowMs, rows) })
    if (contacts.length + rejections.length >= TOGETHER) await handOver()
  }
  if (headings === undefined)
    throw invalid(
      '',
      'The file is empty: send a line of headings, phone among them, and a row for each contact.',
    )
  await handOver()
  await writing
  const added = rows - rejected
  await tx.query(
    `update contact_imports set row_count = $3, added_count = $4, rejected_count = $5
     where workspace_id = $1 and id = $2`,
    [workspaceId, importId, rows, added, rejected],
  )
  return {
    id: importId,
    atMs: nowMs,
    rows,
    added,
    rejected,
    rejections: await rejectionsAfter(tx, workspaceId, importId, 0, REJECTIONS_SHOWN),
  }
}

function requireHeadings(firstLine: readonly string[]): Headings {
  const headings = headingsOf(firstLine)
  if (headings !== undefined) return headings
  const given = firstLine.map((heading) => heading.slice(0, 30)).slice(0, 10)
  throw invalid('', `No column is headed "phone". The first line has: ${given.join(', ')}.`)
}

type CsvRow = { readonly record: string[]; readonly info: { readonly lines: number } }

/** The rows of a file, whether they are separated by commas, semicolons or tabs. */
async function* rowsOf(file: AsyncIterable<Buffer>): AsyncGenerator<CsvRow> {
  const chunks = limited(file)
  const head = await firstLine(chunks)
  const parser = parse({
    bom: true,
    info: true,
    delimiter: delimiterOf(head),
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: RECORD_LENGTH_MAX,
  })
  // An error on the way shows at the parser, where the rows are read.
  pipeline(Readable.from(joined(head, chunks)), parser, () => {})
  try {
    for await (const row of parser) yield row as CsvRow
  } catch (error) {
    throw problemOf(error)
  }
}

async function* limited(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of file) {
    bytes += chunk.length
    if (bytes > BYTES_MAX)
      throw new Problem(platformProblems.body_too_large, 'The file has more than 100 MB: send it in parts.')
    yield chunk
  }
}

/** What came up to the end of the first line, and perhaps a little more. */
async function firstLine(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (!head.includes('\n') && head.length < RECORD_LENGTH_MAX) {
    const next = await chunks.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  return head
}

async function* joined(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield* rest
}

/** What separates the headings: spreadsheets write semicolons where the comma is a decimal point. */
function delimiterOf(head: Buffer): string {
  const line = (head.toString('utf8').split('\n')[0] ?? '').replaceAll(/"[^"]*"/g, '')
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }))
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter
}

function problemOf(error: unknown): unknown {
  const { code, message } = error as Error & { code?: string }
  if (code?.startsWith('CSV_'))
    return invalid('', `The file is no table of comma-separated values: ${message}.`)
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return invalid('', 'The file broke off before its end: nothing was taken. Send it again.')
  }
  return error
}
