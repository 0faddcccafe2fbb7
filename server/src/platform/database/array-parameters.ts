/**
 * Columns of many rows as parameters: arrays in PostgreSQL's binary format. Statements take them apart with
 * `select unnest($1::uuid[]) as a, unnest($2::bigint[]) as b`: in the select list, not in FROM, where each of the
 * arrays would be copied into a table of its own first.
 *
 * Measured with 12 columns and 500 rows, parsing and unnesting alone: 1.0 µs a row, against 2.9 µs for array
 * literals unnested in FROM; the insert of a ledger entry went from 8.2 to 5.2 µs. Writing a literal cost Node.js
 * three times as much, too.
 */
type Read<Row, Value> = (row: Row) => Value | null

/** Type numbers of the catalog (pg_type.oid), the same in every PostgreSQL. */
const oids = { int8: 20, int4: 23, text: 25, uuid: 2950 }

const headerBytes = 20
const nullMark = -1

export function uuidArray<Row>(rows: readonly Row[], read: Read<Row, string>): Buffer {
  return arrayOf(oids.uuid, 16, rows, read, writeUuid)
}

/** Whole numbers within the safe range. */
export function bigintArray<Row>(rows: readonly Row[], read: Read<Row, number>): Buffer {
  return arrayOf(oids.int8, 8, rows, read, writeBigint)
}

export function intArray<Row>(rows: readonly Row[], read: Read<Row, number>): Buffer {
  return arrayOf(oids.int4, 4, rows, read, writeInt)
}

export function textArray<Row>(rows: readonly Row[], read: Read<Row, string>): Buffer {
  const texts = rows.map(read)
  const bytes = texts.reduce((sum, text) => sum + (text === null ? 0 : Buffer.byteLength(text)), 0)
  const buffer = withHeader(oids.text, texts.length, bytes)
  let offset = headerBytes
  for (const text of texts) {
    const size = text === null ? 0 : buffer.write(text, offset + 4)
    offset = buffer.writeInt32BE(text === null ? nullMark : size, offset) + size
  }
  return buffer.subarray(0, offset)
}

function arrayOf<Row, Value>(
  oid: number,
  size: number,
  rows: readonly Row[],
  read: Read<Row, Value>,
  write: (buffer: Buffer, value: Value, offset: number) => void,
): Buffer {
  const buffer = withHeader(oid, rows.length, rows.length * size)
  let offset = headerBytes
  for (const row of rows) {
    const value = read(row)
    if (value === null) {
      offset = buffer.writeInt32BE(nullMark, offset)
    } else {
      write(buffer, value, buffer.writeInt32BE(size, offset))
      offset += 4 + size
    }
  }
  return buffer.subarray(0, offset)
}

/** One dimension that begins at 1; "may hold nulls" is always said. An empty array has no dimension at all. */
function withHeader(oid: number, length: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(headerBytes + length * 4 + bytes)
  buffer.writeInt32BE(1, 0)
  buffer.writeInt32BE(1, 4)
  buffer.writeInt32BE(oid, 8)
  buffer.writeInt32BE(length, 12)
  buffer.writeInt32BE(1, 16)
  return buffer
}

/** Where the two digits of each of a UUID's 16 bytes stand in its text. */
const uuidPlaces = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34)
const uuidLength = 36

const NO_DIGIT = 255

/** The value of a hexadecimal digit by its character code; anything else: above 15. */
const digitValues = new Uint8Array(128).fill(NO_DIGIT)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  digitValues[digit.charCodeAt(0)] = value
  digitValues[digit.toUpperCase().charCodeAt(0)] = value
}

/** Digit by digit: three times as fast as taking the dashes out and writing 'hex'. */
function writeUuid(buffer: Buffer, uuid: string, offset: number): void {
  let wrong = uuid.length !== uuidLength
  for (let index = 0; index < 16; index += 1) {
    const place = uuidPlaces[index] as number
    const high = digitValues[uuid.charCodeAt(place)] ?? NO_DIGIT
    const low = digitValues[uuid.charCodeAt(place + 1)] ?? NO_DIGIT
    wrong ||= high > 15 || low > 15
    buffer[offset + index] = high * 16 + low
  }
  if (wrong) throw new TypeError(`Not a UUID: ${uuid}`)
}

function writeBigint(buffer: Buffer, value: number, offset: number): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`Not a whole number in the safe range: ${value}`)
  const high = Math.floor(value / 0x1_0000_0000)
  buffer.writeInt32BE(high, offset)
  buffer.writeUInt32BE(value - high * 0x1_0000_0000, offset + 4)
}

function writeInt(buffer: Buffer, value: number, offset: number): void {
  buffer.writeInt32BE(value, offset)
}
