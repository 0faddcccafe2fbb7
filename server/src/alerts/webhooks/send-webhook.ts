import { addEvent } from '../../ledger/index.ts'
import type { WebhookTask } from '../delivery/claim-deliveries.ts'
import { recordDelivered, recordFailed, returnDelivery, type TryResult } from '../delivery/delivery-store.ts'
import { nextTryAtMs } from '../delivery/retry-schedule.ts'
import type { DelivererDeps } from '../deps.ts'
import { raiseAlert } from '../inbox/raise-alert.ts'
import { postWebhook, type WebhookFailure } from './webhook-client.ts'
import { messageOf, signedHeaders } from './webhook-message.ts'
import type { WebhookSecrets } from './webhook-secrets.ts'
import { disableWebhook, noteTry, type WebhookRef } from './webhook-store.ts'

type DeliveryDeps = DelivererDeps & {
  readonly webhookSecrets: WebhookSecrets
  readonly webhookMsMax: number
  /** Aborted when this process ends. */
  readonly closing: AbortSignal
}

/** An answer that says: never again. */
const gone = 410

/** Sends a message to a webhook and keeps how that went. */
export async function sendToWebhook(around: DeliveryDeps, task: WebhookTask): Promise<void> {
  const { database, clock } = around
  const begun = performance.now()
  const answer = await post(around, task)
  const atMs = clock.now()
  if (around.closing.aborted && 'error' in answer && answer.status === null)
    return returnDelivery(database, task, atMs)
  const durationMs = Math.round(performance.now() - begun)
  const result: TryResult = { atMs, responseStatus: answer.status, durationMs }
  if ('error' in answer) return fail(around, task, { ...result, error: answer.error })
  await noteTry(database, webhookOf(task), result, true)
  await recordDelivered(database, task, result)
}

async function post(
  around: DeliveryDeps,
  task: WebhookTask,
): Promise<{ readonly status: number } | WebhookFailure> {
  const { webhook } = task
  if (webhook === null) return { status: null, error: 'The webhook was removed.' }
  const nowMs = around.clock.now()
  const secrets = secretsOf(around.webhookSecrets, task, webhook, nowMs)
  if (secrets.length === 0) {
    const error = 'The signing secret cannot be read with the server’s present secret. Make a new one.'
    return { status: null, error }
  }
  const message = messageOf(task, around.origin, nowMs)
  const headers = signedHeaders(message, secrets, nowMs)
  const limits = { signal: around.closing, msMax: around.webhookMsMax }
  return postWebhook(around.outbound, { url: webhook.url, headers, body: message.body }, limits)
}

/** The secret, and the one before it while that is still good. */
function secretsOf(
  webhookSecrets: WebhookSecrets,
  task: WebhookTask,
  webhook: NonNullable<WebhookTask['webhook']>,
  nowMs: number,
): string[] {
  const { sealedSecret, sealedPreviousSecret, previousSecretUntilMs } = webhook
  const previousIsGood = previousSecretUntilMs !== null && nowMs < previousSecretUntilMs
  return [sealedSecret, previousIsGood ? sealedPreviousSecret : null]
    .filter((sealed) => sealed !== null)
    .map((sealed) => webhookSecrets.open(sealed, webhookOf(task)))
    .filter((secret) => secret !== undefined)
}

async function fail(
  around: DeliveryDeps,
  task: WebhookTask,
  result: TryResult & { readonly error: string },
): Promise<void> {
  const { database } = around
  const next =
    task.webhook === null || result.responseStatus === gone
      ? null
      : nextTryAtMs({ ...task, channel: 'webhook' }, result.atMs)
  await noteTry(database, webhookOf(task), result, false)
  if (next !== null || task.alert === null) {
    await recordFailed(database, task, result, next)
    return
  }
  await giveUp(around, task, task.alert, result)
}

/**
 * Gives a message up. A webhook that has taken nothing since the message was due for the first time is switched off
 * with it, and its owners hear of that.
 */
async function giveUp(
  { ledger }: DeliveryDeps,
  task: WebhookTask,
  alert: NonNullable<WebhookTask['alert']>,
  result: TryResult & { readonly error: string },
): Promise<void> {
  const webhook = webhookOf(task)
  await ledger.changeWorkspace(task.workspaceId, async ({ tx, unit }) => {
    addEvent(unit, 'alert')
    if (!(await recordFailed(tx, task, result, null))) return
    const isGone = result.responseStatus === gone
    const reason = isGone
      ? 'It answered with 410: it wants no more messages.'
      : `It has taken nothing in ${task.tries} tries. The last one: ${result.error}`
    const url = await disableWebhook(tx, webhook, reason, isGone ? null : alert.atMs)
    if (url === undefined) return
    await raiseAlert(tx, unit, webhookDisabled(webhook, url, reason, result.atMs), result.atMs)
  })
}

function webhookDisabled({ id }: WebhookRef, url: string, reason: string, atMs: number) {
  return {
    kind: 'webhook_disabled',
    key: `${id} ${atMs}`,
    title: `The webhook to ${new URL(url).host} was switched off`,
    detail: `${reason} Nothing is sent to it any more. Mend it, switch it on again, and send what failed once more.`,
    link: '/settings/webhooks',
  } as const
}

function webhookOf({ workspaceId, webhookId }: WebhookTask): WebhookRef {
  return { workspaceId, id: webhookId }
}
