import { createHash, type Hash } from 'node:crypto'
import { StartProblem } from '../../start-problem.ts'

// A backup is text that psql understands, compressed with zstd: a header, then for each table a COPY statement, its rows,
// the line `\.`, and a footer with the number of the rows and their hash, then an end. Header, footers and end are SQL
// comments with JSON. Text instead of PostgreSQL's binary form: it can be looked at with `zstdcat`, and any version of
// PostgreSQL reads it.

/** What a backup says about itself, before its rows. */
export type BackupHeader = {
  readonly format: 1
  /** The version of Talktime that wrote it. */
  readonly version: string
  /** When the snapshot was taken, RFC 3339. */
  readonly createdAt: string
  readonly postgres: string
  /** The schema: the migrations that were applied, in order. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[]
  readonly sequences: readonly {
    readonly name: string
    readonly value: string
    readonly isCalled: boolean
  }[]
  /** Identifies the secret that opens what is sealed in the rows, without telling anything about it. */
  readonly secretId: string | null
  /** The secret, where the operator asked for it. */
  readonly secret?: string
}

/** What a backup says about a table, after its rows. */
export type TableFooter = {
  readonly table: string
  readonly rows: number
  /** SHA-256 of the rows' bytes, in hexadecimal. */
  readonly sha256: string
}

export type BackupEnd = { readonly end: true; readonly tables: number; readonly rows: number }

const TITLE = '-- Talktime backup. Restore it with: talktime restore FILE\n'

export const formatHeader = (header: BackupHeader): string => TITLE + formatComment(header)

export function formatComment(value: object): string {
  return `-- ${JSON.stringify(value)}\n`
}

/** The statement that reads a table's rows, from the backup or into it. Names are quoted already. */
export function formatCopy(table: string, columns: string): string {
  return `COPY ${table} (${columns}) FROM stdin;\n`
}

export const END_OF_ROWS = '\\.\n'

/** Counts and hashes rows of COPY’s text form as they pass. A line break inside a value is escaped, so lines are rows. */
export function createRowCounter(): { add(chunk: Buffer): void; readonly rows: number; digest(): string } {
  const hash: Hash = createHash('sha256')
  let rows = 0
  return {
    add(chunk) {
      hash.update(chunk)
      for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, at + 1)) rows += 1
    },
    get rows() {
      return rows
    },
    digest: () => hash.digest('hex'),
  }
}

const LINE_BREAK = 0x0a

/** Reads a backup from front to back. */
export type BackupReader = {
  /** The next line, without its line break. Undefined at the end. */
  readLine(): Promise<string | undefined>
  /** The bytes of the rows that follow a COPY statement. Consumes the line after them, too. */
  readRows(): AsyncGenerator<Buffer>
}

const LINE_BYTES_MAX = 1_000_000

/** @param chunks the uncompressed bytes */
export function createBackupReader(chunks: AsyncIterable<Buffer>): BackupReader {
  const source = chunks[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)

  /** Adds the next bytes to `rest`. Returns false at the end. */
  async function more(): Promise<boolean> {
    const { value, done } = await source.next()
    if (done === true) return false
    rest = rest.length === 0 ? value : Buffer.concat([rest, value])
    return true
  }

  return {
    async readLine() {
      for (;;) {
        const at = rest.indexOf(LINE_BREAK)
        if (at >= 0) {
          const line = rest.toString('utf8', 0, at)
          rest = rest.subarray(at + 1)
          return line
        }
        if (rest.length > LINE_BYTES_MAX) throw new StartProblem('It is no backup of Talktime.')
        if (!(await more())) return undefined
      }
    },
    async *readRows() {
      for (;;) {
        // Only whole lines are passed on, so the end cannot hide between two chunks.
        const end = rest.lastIndexOf(LINE_BREAK) + 1
        const lines = rest.subarray(0, end)
        const marker = findEndOfRows(lines)
        if (marker >= 0) {
          rest = rest.subarray(marker + END_OF_ROWS.length)
          if (marker > 0) yield lines.subarray(0, marker)
          return
        }
        rest = rest.subarray(end)
        if (lines.length > 0) yield lines
        if (!(await more())) throw new StartProblem('It ends in the middle of a table.')
      }
    },
  }
}

/** The position of the line `\.` in whole lines, or −1. COPY escapes backslashes, so no row looks like it. */
function findEndOfRows(lines: Buffer): number {
  if (lines.subarray(0, END_OF_ROWS.length).toString('latin1') === END_OF_ROWS) return 0
  const at = lines.indexOf(`\n${END_OF_ROWS}`, 0, 'latin1')
  return at < 0 ? -1 : at + 1
}

/** Reads a comment with JSON. */
export function parseComment<T>(line: string | undefined): T {
  if (line?.startsWith('-- {')) {
    try {
      return JSON.parse(line.slice(3)) as T
    } catch {
      // Falls through to the problem below.
    }
  }
  throw new StartProblem('It is no backup of Talktime, or it is damaged.')
}
