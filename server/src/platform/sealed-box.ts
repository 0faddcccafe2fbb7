import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** The server's secret, and the one before it while a rotation is under way. */
export type Secrets = { readonly secret: string; readonly secretPrevious?: string | undefined }

/**
 * Keeps texts unreadable in the database, and hashes of texts from being guessed there. A sealed text is four parts
 * with dots between: which secret closed it, nonce, ciphertext and tag (AES-256-GCM).
 */
export type SealedBox = {
  /** @param context what the text belongs to; it opens nowhere else */
  close(text: string, context: string): string
  /**
   * Undefined where the text was closed with a secret that is neither the present one nor the one before, for another
   * context, or was changed.
   */
  open(sealed: string, context: string): string | undefined
  /** The same text closed with the present secret, as it was where that had closed it. Undefined where it does not open. */
  renew(sealed: string, context: string): string | undefined
  /** HMAC-SHA256 of the parts, which cannot be mistaken for each other. */
  hash(parts: readonly string[]): Buffer
}

const nonceLength = 12
const tagLength = 16

/** @param secrets the server's; each purpose gets keys of its own from them */
export function createSealedBox({ secret, secretPrevious }: Secrets, purpose: string): SealedBox {
  const current = sealKey(secret, purpose)
  const keys = secretPrevious === undefined ? [current] : [current, sealKey(secretPrevious, purpose)]
  const hashKey = derived(secret, `${purpose} hash`, 32)
  const seal: SealedBox = {
    close(text, context) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(Buffer.from(context))
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const parts = [nonce, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))
      return [current.id, ...parts].join('.')
    },
    open(sealed, context) {
      const [id, ...parts] = sealed.split('.')
      const key = keys.find((one) => one.id === id)
      const [nonce, ciphertext, tag] = parts.map((part) => Buffer.from(part, 'base64url'))
      if (key === undefined || ciphertext === undefined || parts.length !== 3) return undefined
      if (nonce?.length !== nonceLength || tag?.length !== tagLength) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key.key, nonce)
        .setAAD(Buffer.from(context))
        .setAuthTag(tag)
      try {
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
    renew(sealed, context) {
      const text = seal.open(sealed, context)
      if (text === undefined) return undefined
      return sealed.startsWith(`${current.id}.`) ? sealed : seal.close(text, context)
    },
    hash(parts) {
      const hmac = createHmac('sha256', hashKey)
      for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part)
      return hmac.digest()
    },
  }
  return seal
}

/** The key of a secret, under a name by which it is known again and which gives nothing of the secret away. */
function sealKey(secret: string, purpose: string): { id: string; key: Buffer } {
  return {
    id: derived(secret, `${purpose} key id`, 6).toString('base64url'),
    key: derived(secret, `${purpose} seal`, 32),
  }
}

function derived(secret: string, use: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `talktime ${use}`, length))
}

/** What came of closing stored texts anew, after the secret was changed. */
export type Renewed = {
  /** How many are closed with the present secret now. */
  readonly count: number
  /** Those that neither secret opens, as people can find them. */
  readonly unreadable: readonly string[]
}
