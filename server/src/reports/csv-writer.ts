import { escapeFormula } from '../platform/http/csv.ts'

/**
 * Writes lines of a CSV file into buffers, cell by cell: numbers, identifiers and instants straight as bytes. Made for
 * files of ten million lines, where a string for each cell would cost more than everything else.
 */
export type CsvWriter = {
  /** What needs no quotes, in ASCII. */
  plain(text: string): void
  /** Cells made before by {@link cellOf}, with commas between. */
  cells(bytes: Buffer): void
  /** A UUID from its 16 bytes, behind the prefix of its kind. */
  id(prefix: string, bytes: Buffer, offset: number): void
  /** Epoch milliseconds as an instant in UTC. */
  instant(atMs: number): void
  /** A text from its bytes in UTF-8. */
  text(bytes: Buffer, offset: number, length: number): void
  endLine(): void
  /** The full buffers; with `all`, what stands in the last one too. */
  take(all: boolean): Buffer[]
}

const BUFFER_BYTES = 256 * 1024
/** No line is longer: two texts of 255 characters, a name of 100, and fields of fixed length. */
const LINE_BYTES_MAX = 8 * 1024

const comma = 0x2c
const newline = 0x0a
const hexDigits = Buffer.from('0123456789abcdef', 'latin1')
const DAY_MS = 24 * 60 * 60_000

/** A text as a cell: safe in a spreadsheet, in quotes where it must be. */
export function cellOf(text: string): string {
  const safe = phoneNumber.test(text) ? text : escapeFormula(text)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** E.164: a number, which no spreadsheet calculates with. */
const phoneNumber = /^\+\d{1,15}$/

export function createCsvWriter(): CsvWriter {
  let full: Buffer[] = []
  let buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  let at = 0
  let lineBegins = true
  let lastDay = Number.NaN
  const lastDate = Buffer.alloc('2026-11-22T'.length)

  function nextCell(): void {
    if (!lineBegins) {
      buffer[at] = comma
      at += 1
    }
    lineBegins = false
  }

  function digits(value: number, count: number): void {
    let rest = value
    for (let place = count - 1; place >= 0; place -= 1) {
      const tenth = Math.trunc(rest / 10)
      buffer[at + place] = 0x30 + rest - tenth * 10
      rest = tenth
    }
    at += count
  }

  function mark(character: number): void {
    buffer[at] = character
    at += 1
  }

  return {
    plain(text) {
      nextCell()
      at += buffer.write(text, at, 'latin1')
    },
    cells(bytes) {
      nextCell()
      at += bytes.copy(buffer, at)
    },
    id(prefix, bytes, offset) {
      nextCell()
      at += buffer.write(prefix, at, 'latin1')
      for (let index = 0; index < 16; index += 1) {
        const byte = bytes[offset + index] ?? 0
        buffer[at] = hexDigits[byte >> 4] ?? 0
        buffer[at + 1] = hexDigits[byte & 15] ?? 0
        at += 2
      }
    },
    instant(atMs) {
      nextCell()
      const day = Math.floor(atMs / DAY_MS)
      if (day !== lastDay) {
        lastDay = day
        lastDate.write(new Date(atMs).toISOString().slice(0, lastDate.length), 'latin1')
      }
      at += lastDate.copy(buffer, at)
      const ms = atMs - day * DAY_MS
      digits(Math.trunc(ms / 3_600_000), 2)
      mark(0x3a)
      digits(Math.trunc(ms / 60_000) % 60, 2)
      mark(0x3a)
      digits(Math.trunc(ms / 1000) % 60, 2)
      mark(0x2e)
      digits(ms % 1000, 3)
      mark(0x5a)
    },
    text(bytes, offset, length) {
      nextCell()
      if (isPlain(bytes, offset, length)) at += bytes.copy(buffer, at, offset, offset + length)
      else at += buffer.write(cellOf(bytes.toString('utf8', offset, offset + length)), at)
    },
    endLine() {
      mark(newline)
      lineBegins = true
      if (at + LINE_BYTES_MAX > buffer.length) {
        full.push(buffer.subarray(0, at))
        buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
        at = 0
      }
    },
    take(all) {
      const taken = full
      full = []
      if (all && at > 0) {
        taken.push(buffer.subarray(0, at))
        buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
        at = 0
      }
      return taken
    },
  }
}

/** Digits, letters, spaces and what is between them, as in a phone number or a SIP address: the same as a cell. */
function isPlain(bytes: Buffer, offset: number, length: number): boolean {
  const first = bytes[offset] ?? 0
  for (let at = first === 0x2b ? offset + 1 : offset; at < offset + length; at += 1) {
    const byte = bytes[at] ?? 0
    const isDigit = byte >= 0x30 && byte <= 0x39
    if (first === 0x2b ? !isDigit : !isDigit && !(byte >= 0x61 && byte <= 0x7a)) return false
  }
  return first !== 0x2b || (length > 1 && length <= 16)
}
