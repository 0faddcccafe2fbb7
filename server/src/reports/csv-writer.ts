import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { escapeFormula } from '../platform/http/csv.ts'

/**
 * Writes the lines of a CSV file into buffers, cell by cell. Numbers, IDs and instants become bytes directly: in files
 * of ten million lines, a string for each cell would cost more than everything else.
 */
export type CsvWriter = {
  /** Writes a cell of ASCII that needs no quotes. */
  writePlain(text: string): void
  /** Writes cells that {@link formatCell} has made, with commas between them. */
  writeCells(bytes: Buffer): void
  /** Writes a public ID: a prefix and the 16 bytes of a UUID as hexadecimal digits. */
  writeId(prefix: string, bytes: Buffer, offset: number): void
  /** Writes epoch milliseconds as an instant in UTC: 2026-11-22T10:00:00.000Z. */
  writeInstant(atMs: number): void
  /** Writes a text from its bytes in UTF-8. */
  writeText(bytes: Buffer, offset: number, length: number): void
  endLine(): void
  /** Takes the full buffers out of the writer; with `all`, also the last one as far as it is filled. */
  takeBuffers(all: boolean): Buffer[]
}

const BUFFER_BYTES = 256 * 1024
/** The longest line has two texts of 255 characters, a name of 100, and fields of fixed length. */
const LINE_BYTES_MAX = 8 * 1024

const COMMA = 0x2c
const NEWLINE = 0x0a
const PLUS = 0x2b
const POINT = 0x2e
const COLON = 0x3a
const ZERO = 0x30
const NINE = 0x39
const LETTER_A = 0x61
const LETTER_Z = 0x7a
const CAPITAL_Z = 0x5a
const hexDigits = Buffer.from('0123456789abcdef', 'latin1')

/** Formats a text as a cell: in quotes if it needs them, and so that no spreadsheet takes it for a formula. */
export function formatCell(text: string): string {
  const safe = phoneNumber.test(text) ? text : escapeFormula(text)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** E.164. A spreadsheet reads it as a number and calculates nothing. */
const phoneNumber = /^\+\d{1,15}$/

/** The buffer that is being filled, and those that are full. */
type Output = {
  buffer: Buffer
  /** Where the next byte goes. */
  at: number
  full: Buffer[]
  isAtLineStart: boolean
}

export function createCsvWriter(): CsvWriter {
  const out: Output = {
    buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
    at: 0,
    full: [],
    isAtLineStart: true,
  }
  const writeDate = createDateWriter()

  return {
    writePlain(text) {
      startCell(out)
      out.at += out.buffer.write(text, out.at, 'latin1')
    },
    writeCells(bytes) {
      startCell(out)
      out.at += bytes.copy(out.buffer, out.at)
    },
    writeId(prefix, bytes, offset) {
      startCell(out)
      out.at += out.buffer.write(prefix, out.at, 'latin1')
      writeHex(out, bytes, offset, 16)
    },
    writeInstant(atMs) {
      startCell(out)
      const day = Math.floor(atMs / DAY_MS)
      writeDate(out, day)
      writeTimeOfDay(out, atMs - day * DAY_MS)
    },
    writeText(bytes, offset, length) {
      startCell(out)
      if (isPlain(bytes, offset, length)) out.at += bytes.copy(out.buffer, out.at, offset, offset + length)
      else out.at += out.buffer.write(formatCell(bytes.toString('utf8', offset, offset + length)), out.at)
    },
    endLine() {
      writeByte(out, NEWLINE)
      out.isAtLineStart = true
      if (out.at + LINE_BYTES_MAX > out.buffer.length) startBuffer(out)
    },
    takeBuffers(all) {
      if (all && out.at > 0) startBuffer(out)
      const taken = out.full
      out.full = []
      return taken
    },
  }
}

function startCell(out: Output): void {
  if (!out.isAtLineStart) writeByte(out, COMMA)
  out.isAtLineStart = false
}

function startBuffer(out: Output): void {
  out.full.push(out.buffer.subarray(0, out.at))
  out.buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  out.at = 0
}

function writeByte(out: Output, byte: number): void {
  out.buffer[out.at] = byte
  out.at += 1
}

function writeHex(out: Output, bytes: Buffer, offset: number, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const byte = bytes[offset + index] ?? 0
    out.buffer[out.at] = hexDigits[byte >> 4] ?? 0
    out.buffer[out.at + 1] = hexDigits[byte & 15] ?? 0
    out.at += 2
  }
}

function writeDigits(out: Output, value: number, count: number): void {
  let rest = value
  for (let place = count - 1; place >= 0; place -= 1) {
    const tenth = Math.trunc(rest / 10)
    out.buffer[out.at + place] = ZERO + rest - tenth * 10
    rest = tenth
  }
  out.at += count
}

/** Creates a writer of dates in UTC from days since the epoch. It keeps the last date, because calls come in order. */
function createDateWriter(): (out: Output, day: number) => void {
  const date = Buffer.alloc('2026-11-22T'.length)
  let lastDay = Number.NaN
  return (out, day) => {
    if (day !== lastDay) {
      lastDay = day
      date.write(new Date(day * DAY_MS).toISOString().slice(0, date.length), 'latin1')
    }
    out.at += date.copy(out.buffer, out.at)
  }
}

/** Writes 10:00:00.000Z. */
function writeTimeOfDay(out: Output, ms: number): void {
  writeDigits(out, Math.trunc(ms / HOUR_MS), 2)
  writeByte(out, COLON)
  writeDigits(out, Math.trunc(ms / MINUTE_MS) % 60, 2)
  writeByte(out, COLON)
  writeDigits(out, Math.trunc(ms / SECOND_MS) % 60, 2)
  writeByte(out, POINT)
  writeDigits(out, ms % SECOND_MS, 3)
  writeByte(out, CAPITAL_Z)
}

/**
 * Whether a text's bytes are a cell as they are: a phone number, or lowercase letters and digits alone. Other texts take
 * the slow path through {@link formatCell}.
 */
function isPlain(bytes: Buffer, offset: number, length: number): boolean {
  const isNumber = bytes[offset] === PLUS
  if (isNumber && (length < 2 || length > 16)) return false
  for (let at = isNumber ? offset + 1 : offset; at < offset + length; at += 1) {
    const byte = bytes[at] ?? 0
    const isDigit = byte >= ZERO && byte <= NINE
    if (!isDigit && (isNumber || byte < LETTER_A || byte > LETTER_Z)) return false
  }
  return true
}
