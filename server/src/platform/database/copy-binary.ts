/**
 * A row of COPY … TO STDOUT (FORMAT binary), where it lies in the bytes that came from PostgreSQL. It holds good only
 * while the row is being looked at.
 */
export type CopyRow = {
  readonly bytes: Buffer
  /** Where each field begins. */
  readonly offsets: Int32Array
  /** How many bytes each field has; −1: null. */
  readonly lengths: Int32Array
}

/** "PGCOPY\n\xff\r\n\0", flags and the length of an extension, which there is none of. */
const HEADER_BYTES = 19
const TRAILER = -1

/**
 * Takes such a copy apart, chunk by chunk, and hands over each row. A row with ten fields costs 0.2 µs: as objects,
 * through a cursor, it costs ten times as much.
 */
export function createCopyReader(fieldCount: number, onRow: (row: CopyRow) => void): (chunk: Buffer) => void {
  const offsets = new Int32Array(fieldCount)
  const lengths = new Int32Array(fieldCount)
  let rest: Buffer = Buffer.alloc(0)
  let headerDue = true

  /** Finds the fields of the row at `start`; returns where the next one begins, or −1 where it is not whole yet. */
  function findFields(bytes: Buffer, start: number): number {
    let at = start + 2
    for (let field = 0; field < fieldCount; field += 1) {
      if (at + 4 > bytes.length) return -1
      const length = bytes.readInt32BE(at)
      at += 4
      offsets[field] = at
      lengths[field] = length
      if (length > 0) at += length
    }
    return at > bytes.length ? -1 : at
  }

  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    if (headerDue) {
      if (bytes.length < HEADER_BYTES) {
        rest = bytes
        return
      }
      headerDue = false
      at = HEADER_BYTES
    }
    while (at + 2 <= bytes.length) {
      const fields = bytes.readInt16BE(at)
      if (fields === TRAILER) break
      if (fields !== fieldCount) throw new TypeError(`A row of ${fields} fields instead of ${fieldCount}`)
      const next = findFields(bytes, at)
      if (next < 0) break
      onRow({ bytes, offsets, lengths })
      at = next
    }
    rest = bytes.subarray(at)
  }
}

/** A field of type bigint. */
export function copiedBigint({ bytes, offsets }: CopyRow, field: number): number {
  const at = offsets[field] ?? 0
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4)
}

export function copiedBoolean({ bytes, offsets }: CopyRow, field: number): boolean {
  return bytes[offsets[field] ?? 0] === 1
}

export function isCopiedNull({ lengths }: CopyRow, field: number): boolean {
  return lengths[field] === -1
}

/** A field of type uuid as the key of a map: 16 characters, cheaper than its written form. */
export function copiedUuidKey({ bytes, offsets }: CopyRow, field: number): string {
  const at = offsets[field] ?? 0
  return bytes.toString('latin1', at, at + 16)
}

/** The same key of a UUID in its written form. */
export function uuidKey(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('latin1')
}
