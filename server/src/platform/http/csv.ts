import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'

/**
 * Makes a text safe as a cell of a CSV file: an apostrophe is put before texts that a spreadsheet would take for a formula
 * (OWASP: CSV injection). Not for phone numbers in E.164, which begin with a plus sign.
 */
export function escapeFormula(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text
}

/** A cell of a CSV file. null: it stays empty. */
export type CsvCell = string | number | null

/**
 * Writes a CSV file at the speed of its reader. Where reading a row fails, the file breaks off with that error, and a
 * download is aborted instead of completed. A reader that leaves ends the rows.
 */
export function writeCsv(columns: readonly string[], rows: AsyncIterable<readonly CsvCell[]>): Readable {
  const file = stringify({ header: true, columns: [...columns] })
  // The error of a row surfaces at the file.
  pipeline(Readable.from(rows), file, () => {})
  return file
}
