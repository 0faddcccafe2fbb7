import { hash, randomBytes } from 'node:crypto'

const keyPattern = /^tt_(op_)?[0-9a-f]{40}$/

/** Whether a text has the form of an API key. A text that does not costs no query. */
export function isKeyShaped(text: string): boolean {
  return keyPattern.test(text)
}

/** Generates a key: 160 random bits behind `tt_`, or `tt_op_` for an operator. */
export function generateKey(owner: 'workspace' | 'operator'): string {
  return `${owner === 'operator' ? 'tt_op_' : 'tt_'}${randomBytes(20).toString('hex')}`
}

/** Hashes a key with SHA-256. A key is 160 random bits, so storing its hash needs no slower function. */
export function hashKey(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}
