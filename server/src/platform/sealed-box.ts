import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** The server's secret, and the previous one during a rotation. */
export type Secrets = { readonly secret: string; readonly secretPrevious?: string | undefined }

/**
 * Encrypts texts for the database, and hashes them with a key so that they cannot be guessed from the hash. A sealed text
 * has four parts separated by dots: the id of the key, nonce, ciphertext and tag (AES-256-GCM).
 */
export type SealedBox = {
  /**
   * Encrypts a text with the current secret.
   *
   * @param context what the text belongs to; it can only be opened with the same context
   */
  close(text: string, context: string): string
  /**
   * Decrypts a sealed text. Undefined if it was sealed with a secret that is neither the current nor the previous one, or
   * for another context, or if it was changed.
   */
  open(sealed: string, context: string): string | undefined
  /**
   * Re-encrypts a sealed text with the current secret. A text that is already sealed with it is returned unchanged.
   * Undefined if the text cannot be opened.
   */
  renew(sealed: string, context: string): string | undefined
  /** HMAC-SHA256 of a list of parts. Lists that are split differently have different hashes. */
  hash(parts: readonly string[]): Buffer
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Creates a sealed box.
 *
 * @param purpose what the box is for; each purpose has its own keys, deriveKey from the secrets
 */
export function createSealedBox({ secret, secretPrevious }: Secrets, purpose: string): SealedBox {
  const current = deriveSealKey(secret, purpose)
  const keys = secretPrevious === undefined ? [current] : [current, deriveSealKey(secretPrevious, purpose)]
  const hashKey = deriveKey(secret, `${purpose} hash`, 32)
  const seal: SealedBox = {
    close(text, context) {
      const nonce = randomBytes(NONCE_BYTES)
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
      if (nonce?.length !== NONCE_BYTES || tag?.length !== TAG_BYTES) return undefined
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

/** Derives the key of a purpose, and an id that identifies the key without revealing anything about the secret. */
function deriveSealKey(secret: string, purpose: string): { id: string; key: Buffer } {
  return {
    id: deriveKey(secret, `${purpose} key id`, 6).toString('base64url'),
    key: deriveKey(secret, `${purpose} seal`, 32),
  }
}

function deriveKey(secret: string, use: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `talktime ${use}`, length))
}

/** The outcome of re-encrypting stored texts after the secret was changed. */
export type Renewed = {
  /** The number of texts that are now sealed with the current secret. */
  readonly count: number
  /** The texts that neither secret can open, described so that people can find them. */
  readonly unreadable: readonly string[]
}
