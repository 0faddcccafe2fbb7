import type { Database } from '../../platform/database/database.ts'
import type { Renewed, Secrets } from '../../platform/sealed-box.ts'
import { publicId } from '../../public-ids.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'
import { listSealedSecrets, replaceSealedSecrets } from './webhook-store.ts'

/**
 * Encrypts every webhook's secrets under the server's present secret. As often as you like, beside running servers: a
 * secret that is rotated meanwhile is left as it is.
 */
export async function resealWebhookSecrets(database: Database, serverSecrets: Secrets): Promise<Renewed> {
  const secrets = createWebhookSecrets(serverSecrets)
  const unreadable: string[] = []
  let count = 0
  for (const webhook of await listSealedSecrets(database)) {
    const secret = secrets.renew(webhook.secret, webhook)
    if (secret === undefined) {
      unreadable.push(`${publicId('workspace', webhook.workspaceId)} ${publicId('webhook', webhook.id)}`)
      continue
    }
    // One of before that does not open signs nothing any more: it need not be kept.
    const previous = webhook.previous && (secrets.renew(webhook.previous, webhook) ?? null)
    await replaceSealedSecrets(database, webhook, { secret, previous })
    count += 1
  }
  return { count, unreadable }
}
