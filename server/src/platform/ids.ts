import { v7 } from 'uuid'

/**
 * Identifiers are UUIDv7 in the database and carry a prefix outside: `call_` + 32 hexadecimal digits.
 * They sort by the time they were made, inside and outside.
 */
const prefixes = {
  workspace: 'ws_',
  user: 'usr_',
  agent: 'agt_',
  call: 'call_',
  transaction: 'txn_',
  grant: 'grant_',
  purchase: 'pur_',
  paymentMethod: 'pm_',
  reloadAttempt: 'rld_',
  key: 'key_',
  invitation: 'inv_',
  alert: 'alert_',
  campaign: 'camp_',
  contact: 'cont_',
  contactImport: 'imp_',
  webhook: 'wh_',
  delivery: 'dlv_',
  llmKey: 'lkey_',
  llmRequest: 'llm_',
} as const

export type IdKind = keyof typeof prefixes

// Random bytes are drawn for many identifiers at once: asking for 16 at a time took ten times as long as all the rest.
const randomBytes = new Uint8Array(16 * 256)
let randomBytesUsed = randomBytes.length

/** A new UUIDv7 whose time part is `atMs` (epoch milliseconds). */
export function newUuid(atMs: number): string {
  return v7({ msecs: atMs, random: drawRandom() })
}

/** The same where many are made at once: those with a higher `order` (0 to 2³² − 1) sort after those with a lower. */
export function newUuidInOrder(atMs: number, order: number): string {
  return v7({ msecs: atMs, seq: order, random: drawRandom() })
}

/** Where UUIDv7 of an instant (epoch milliseconds) begin: it sorts before each of them, and after all earlier ones. */
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

/** The outside form of a UUID: `call_0199…`. */
export function publicId(kind: IdKind, uuid: string): string {
  return prefixes[kind] + uuid.replaceAll('-', '')
}

const hexOnly = /^[0-9a-f]{32}$/

/** The UUID inside an outside identifier, or undefined when the text is no identifier of that kind. */
export function uuidFrom(kind: IdKind, id: string): string | undefined {
  const prefix = prefixes[kind]
  if (!id.startsWith(prefix)) return undefined
  const hex = id.slice(prefix.length)
  if (!hexOnly.test(hex)) return undefined
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
