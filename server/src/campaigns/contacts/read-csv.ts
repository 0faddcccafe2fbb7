import { pipeline, Readable } from 'node:stream'
import { findTable } from '@talktime/core/contacts/find-table'
import { createQuoteRepair } from '@talktime/core/contacts/repair-quotes'
import { parse } from 'csv-parse'
import { invalid, Problem, platformProblems } from '../../platform/problem.ts'
import { decodeFile } from './decode-file.ts'

/** The largest file of contacts that is read. */
export const FILE_BYTES_MAX = 100 * 1024 * 1024
const ROW_BYTES_MAX = 64 * 1024

/** A row of a CSV file, and the line at which it ends; the first line is 1. */
export type CsvRow = { readonly record: string[]; readonly info: { readonly lines: number } }

/**
 * Yields the rows of a CSV file, the headings first. Finds out how it is encoded, where its table begins and what separates
 * the columns. Rows without any content are left out.
 *
 * @param charset what the sender says about the encoding; undefined: it is found out
 * @throws Problem `body_too_large`, or `invalid_request` for a file that breaks off or has a row without an end
 */
export async function* readCsv(file: AsyncIterable<Buffer>, charset?: string): AsyncGenerator<CsvRow> {
  const pieces = decodeFile(limitBytes(file), charset)
  const head = await readHead(pieces)
  const { delimiter, headingsLine } = findTable(head.toString('utf8', 0, ROW_BYTES_MAX))
  const parser = parse({
    info: true,
    delimiter,
    from_line: headingsLine,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
    max_record_size: ROW_BYTES_MAX,
  })
  // An error of the file surfaces at the parser, where the rows are read.
  pipeline(Readable.from(repairQuotes(prepend(head, pieces), delimiter)), parser, () => {})
  try {
    for await (const row of parser) yield row as CsvRow
  } catch (error) {
    throw toProblem(error)
  }
}

async function* repairQuotes(pieces: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<Uint8Array> {
  const repair = createQuoteRepair(delimiter)
  for await (const piece of pieces) yield* repair.write(piece)
  yield* repair.end()
}

async function* limitBytes(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of file) {
    bytes += chunk.length
    if (bytes > FILE_BYTES_MAX)
      throw new Problem(
        platformProblems.body_too_large,
        'The file is larger than 100 MB. Send it in several parts.',
      )
    yield chunk
  }
}

/** Reads the beginning of a file, in which the headings are. */
async function readHead(pieces: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < ROW_BYTES_MAX) {
    const next = await pieces.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  return head
}

async function* prepend(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield* rest
}

function toProblem(error: unknown): unknown {
  const { code, message } = error as Error & { code?: string }
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return invalid('', 'The file has a row of more than 64 kB. Shorten it, or remove it.')
  }
  if (code?.startsWith('CSV_')) return invalid('', `The file is not valid CSV: ${message}.`)
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return invalid('', 'The upload broke off before the end of the file. Nothing was added. Send it again.')
  }
  return error
}
