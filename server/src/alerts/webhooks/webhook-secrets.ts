import { randomBytes } from 'node:crypto'
import { createSealedBox, type Secrets } from '../../platform/sealed-box.ts'
import type { WebhookRef } from './webhook-store.ts'

/** Secrets that messages to webhooks are signed with, unreadable in the database and bound to their webhook. */
export type WebhookSecrets = {
  /** A new one, as receivers get it: whsec_…. */
  fresh(): string
  close(secret: string, webhook: WebhookRef): string
  /** Undefined where it cannot be opened with the server's secret. */
  open(sealed: string, webhook: WebhookRef): string | undefined
  /** The same closed with the server's present secret. Undefined where it cannot be opened. */
  renew(sealed: string, webhook: WebhookRef): string | undefined
}

/** As many random bytes as the hash has; Standard Webhooks asks for 24 to 64. */
const secretLength = 32

/** @param secrets the server's */
export function createWebhookSecrets(secrets: Secrets): WebhookSecrets {
  const seal = createSealedBox(secrets, 'webhook')
  const contextOf = ({ workspaceId, id }: WebhookRef) => `${workspaceId} ${id}`
  return {
    fresh: () => `whsec_${randomBytes(secretLength).toString('base64')}`,
    close: (secret, webhook) => seal.close(secret, contextOf(webhook)),
    open: (sealed, webhook) => seal.open(sealed, contextOf(webhook)),
    renew: (sealed, webhook) => seal.renew(sealed, contextOf(webhook)),
  }
}
