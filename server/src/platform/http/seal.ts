import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Keeps texts unreadable in the database, and hashes of texts from being guessed there. */
export type Seal = {
  /** @param context what the text belongs to; it opens nowhere else */
  close(text: string, context: string): string
  /** Undefined where the text was closed with another secret, for another context, or was changed. */
  open(sealed: string, context: string): string | undefined
  /** HMAC-SHA256 of the parts, which cannot be mistaken for each other. */
  hash(parts: readonly string[]): Buffer
}

const ivLength = 12
const tagLength = 16

/** @param secret the server's; each purpose gets keys of its own from it */
export function createSeal(secret: string, purpose: string): Seal {
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `talktime ${purpose} ${use}`, 32))
  const sealKey = derive('seal')
  const hashKey = derive('hash')
  return {
    close(text, context) {
      const iv = randomBytes(ivLength)
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(context))
      const parts = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return Buffer.concat(parts).toString('base64url')
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < ivLength + tagLength) return undefined
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, ivLength))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(bytes.length - tagLength))
      try {
        const text = decipher.update(bytes.subarray(ivLength, bytes.length - tagLength))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
    hash(parts) {
      const hmac = createHmac('sha256', hashKey)
      for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part)
      return hmac.digest()
    },
  }
}
