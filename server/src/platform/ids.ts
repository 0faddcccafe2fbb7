import { v7 } from 'uuid'

// Random bytes are drawn for 256 identifiers at once: drawing 16 bytes at a time took ten times as long as everything else.
const randomBytes = new Uint8Array(16 * 256)
let randomBytesUsed = randomBytes.length

/** A new UUIDv7 at `atMs` (epoch milliseconds). UUIDs sort by the time they were made. */
export function newUuid(atMs: number): string {
  return v7({ msecs: atMs, random: drawRandom() })
}

/**
 * A new UUIDv7 at `atMs` (epoch milliseconds) for rows that are made in bulk. UUIDs with a higher `order` (0 to 2³² − 1)
 * sort after those with a lower one.
 */
export function newUuidInOrder(atMs: number, order: number): string {
  return v7({ msecs: atMs, seq: order, random: drawRandom() })
}

/** The least UUIDv7 of the instant `atMs` (epoch milliseconds): it sorts before all others of that instant. */
export function leastUuid(atMs: number): string {
  const hex = Math.max(0, atMs).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

function drawRandom(): Uint8Array {
  if (randomBytesUsed === randomBytes.length) {
    crypto.getRandomValues(randomBytes)
    randomBytesUsed = 0
  }
  randomBytesUsed += 16
  return randomBytes.subarray(randomBytesUsed - 16, randomBytesUsed)
}

/** Converts between UUIDs and public identifiers: a prefix that names the kind, and 32 hexadecimal digits. */
export type PublicIds<Kind extends string> = {
  /** The public identifier of a UUID, such as `call_0199…`. */
  publicId(kind: Kind, uuid: string): string
  /** The UUID inside a public identifier; undefined if the text is no identifier of this kind. */
  uuidFrom(kind: Kind, id: string): string | undefined
}

const HEX_DIGITS = /^[0-9a-f]{32}$/

/** Makes the conversions for a table of kinds and their prefixes. */
export function createPublicIds<Kind extends string>(
  prefixes: Readonly<Record<Kind, string>>,
): PublicIds<Kind> {
  return {
    publicId(kind, uuid) {
      return prefixes[kind] + uuid.replaceAll('-', '')
    },
    uuidFrom(kind, id) {
      const prefix = prefixes[kind]
      if (!id.startsWith(prefix)) return undefined
      const hex = id.slice(prefix.length)
      if (!HEX_DIGITS.test(hex)) return undefined
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    },
  }
}
