import { randomBytes } from 'node:crypto'
import { createSealedBox, type Secrets } from '../../platform/sealed-box.ts'
import type { WebhookRef } from './webhook-store.ts'

/** Seals the secrets that sign messages to webhooks. A sealed secret opens only for its own webhook. */
export type WebhookSecrets = {
  /** Generates a secret, in the form that receivers get: whsec_…. */
  generate(): string
  seal(secret: string, webhook: WebhookRef): string
  /** Opens a sealed secret. Returns undefined if the server's secrets cannot open it. */
  open(sealed: string, webhook: WebhookRef): string | undefined
  /** Seals a sealed secret again under the server's current secret. Returns undefined if it cannot be opened. */
  reseal(sealed: string, webhook: WebhookRef): string | undefined
}

/** The length of the HMAC's hash. Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES = 32

/** @param secrets the server's secrets */
export function createWebhookSecrets(secrets: Secrets): WebhookSecrets {
  const box = createSealedBox(secrets, 'webhook')
  const buildContext = ({ workspaceId, id }: WebhookRef) => `${workspaceId} ${id}`
  return {
    generate: () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
    seal: (secret, webhook) => box.close(secret, buildContext(webhook)),
    open: (sealed, webhook) => box.open(sealed, buildContext(webhook)),
    reseal: (sealed, webhook) => box.renew(sealed, buildContext(webhook)),
  }
}
