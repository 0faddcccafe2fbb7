import { pipeline, Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { invalid, Problem, platformProblems } from '../../platform/problem.ts'

/** The largest file of contacts that is read. */
export const FILE_BYTES_MAX = 100 * 1024 * 1024
const ROW_BYTES_MAX = 64 * 1024

/** A row of a CSV file, and the line at which it ends; the first line is 1. */
export type CsvRow = { readonly record: string[]; readonly info: { readonly lines: number } }

/**
 * Yields the rows of a CSV file, the headings first. Finds out whether commas, semicolons or tabs separate the columns.
 *
 * @throws Problem `body_too_large`, or `invalid_request` for a file that breaks off or is no CSV
 */
export async function* readCsv(file: AsyncIterable<Buffer>): AsyncGenerator<CsvRow> {
  const chunks = limitBytes(file)
  const head = await readFirstLine(chunks)
  const parser = parse({
    bom: true,
    info: true,
    delimiter: findDelimiter(head),
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: ROW_BYTES_MAX,
  })
  // An error of the file surfaces at the parser, where the rows are read.
  pipeline(Readable.from(prepend(head, chunks)), parser, () => {})
  try {
    for await (const row of parser) yield row as CsvRow
  } catch (error) {
    throw toProblem(error)
  }
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

/** Reads chunks up to the end of the first line. What follows it in the last chunk is returned too. */
async function readFirstLine(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (!head.includes('\n') && head.length < ROW_BYTES_MAX) {
    const next = await chunks.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  return head
}

async function* prepend(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield* rest
}

/** Finds what separates the headings. Spreadsheets write semicolons where the comma is the decimal sign. */
function findDelimiter(head: Buffer): string {
  const line = (head.toString('utf8').split('\n')[0] ?? '').replaceAll(/"[^"]*"/g, '')
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }))
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter
}

function toProblem(error: unknown): unknown {
  const { code, message } = error as Error & { code?: string }
  if (code?.startsWith('CSV_')) return invalid('', `The file is not valid CSV: ${message}.`)
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return invalid('', 'The upload broke off before the end of the file. Nothing was added. Send it again.')
  }
  return error
}
