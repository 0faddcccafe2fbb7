import { hasPhoneHeading } from './map-columns.ts'

/** Where the table of a file begins, and what separates its columns. */
export type TablePlace = {
  readonly delimiter: string
  /** The line of the headings; the first line is 1. */
  readonly headingsLine: number
}

const DELIMITERS = [',', ';', '\t', '|']
/** Titles and notes above the headings are this many lines at most. */
const LINES_MAX = 30
/** The line by which spreadsheets are stated the separator. */
const SEPARATOR_LINE = /^"?sep=(.)"?[,;\t|]*$/iu

/**
 * Finds the table in the beginning of a file: the separator and the line under which a known heading of phone numbers
 * appears. Titles may stand above. If there is no such heading, the table begins at the first line that is not empty, with
 * the separator that it has most of.
 *
 * @param text the beginning of the file, decoded; its last line may be cut off
 */
export function findTable(text: string): TablePlace {
  const lines = text.split(/\r\n|\n|\r/u, LINES_MAX)
  const stated = SEPARATOR_LINE.exec(lines[0] ?? '')?.[1]
  const delimiters = stated === undefined ? DELIMITERS : [stated]
  const first = Math.max(
    0,
    lines.findIndex((line, index) => line.trim() !== '' && !(index === 0 && stated)),
  )
  for (const [index, line] of lines.entries()) {
    const found = delimiters
      .map((delimiter) => ({ delimiter, cells: splitCells(line, delimiter) }))
      .filter(({ cells }) => hasPhoneHeading(cells))
      .reduce<{ delimiter: string; cells: string[] } | undefined>(
        (best, one) => (best === undefined || one.cells.length > best.cells.length ? one : best),
        undefined,
      )
    if (found !== undefined) return { delimiter: found.delimiter, headingsLine: index + 1 }
  }
  const counts = delimiters.map((delimiter) => splitCells(lines[first] ?? '', delimiter).length)
  return { delimiter: delimiters[counts.indexOf(Math.max(...counts))] ?? ',', headingsLine: first + 1 }
}

/** Splits a line at separators outside of quotes. */
function splitCells(line: string, delimiter: string): string[] {
  const cells = ['']
  let isQuoted = false
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted
    else if (character === delimiter && !isQuoted) cells.push('')
    else cells.push(`${cells.pop()}${character}`)
  }
  return cells
}
