import type { Database } from '../../platform/database/database.ts'
import type { Renewed, Secrets } from '../../platform/sealed-box.ts'
import { publicId } from '../../public-ids.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'
import { listSealedSecrets, replaceSealedSecrets } from './webhook-store.ts'

/**
 * Seals the secrets of all webhooks again under the server's current secret. It may run any number of times, beside running
 * servers: a secret that is rotated meanwhile is left as it is.
 *
 * @returns how many webhooks were resealed, and those whose secret cannot be opened
 */
export async function resealWebhookSecrets(database: Database, serverSecrets: Secrets): Promise<Renewed> {
  const secrets = createWebhookSecrets(serverSecrets)
  const unreadable: string[] = []
  let count = 0
  for (const webhook of await listSealedSecrets(database)) {
    const secret = secrets.reseal(webhook.secret, webhook)
    if (secret === undefined) {
      unreadable.push(`${publicId('workspace', webhook.workspaceId)} ${publicId('webhook', webhook.id)}`)
      continue
    }
    // A previous secret that cannot be opened can sign nothing, so it is dropped.
    const previous = webhook.previous && (secrets.reseal(webhook.previous, webhook) ?? null)
    await replaceSealedSecrets(database, webhook, { secret, previous })
    count += 1
  }
  return { count, unreadable }
}
