import { addAudit, addEvent } from '../../ledger/index.ts'
import type { WebhookTask } from '../delivery/claim-deliveries-store.ts'
import { recordDelivered, recordFailed, returnDelivery, type TryResult } from '../delivery/delivery-store.ts'
import { decideNextTryMs } from '../delivery/retry-schedule.ts'
import type { DelivererDeps } from '../deps.ts'
import { raiseAlert } from '../inbox/raise-alert.ts'
import { postWebhook, type WebhookFailure } from './webhook-client.ts'
import { composeMessage, signMessage } from './webhook-message.ts'
import type { WebhookSecrets } from './webhook-secrets.ts'
import { disableWebhook, recordTry, type WebhookRef } from './webhook-store.ts'

type DeliveryDeps = DelivererDeps & {
  readonly webhookSecrets: WebhookSecrets
  readonly webhookMsMax: number
  /** Aborts when this process ends. */
  readonly closing: AbortSignal
}

/** 410 Gone: the receiver wants no more messages. */
const GONE_STATUS = 410

/** Sends a message to a webhook and records the result. */
export async function sendWebhook(deps: DeliveryDeps, task: WebhookTask): Promise<void> {
  const { database, clock } = deps
  const startedMs = performance.now()
  const answer = await post(deps, task)
  const atMs = clock.now()
  if (deps.closing.aborted && 'error' in answer && answer.status === null)
    return returnDelivery(database, task, atMs)
  const durationMs = Math.round(performance.now() - startedMs)
  const result: TryResult = { atMs, responseStatus: answer.status, durationMs }
  if ('error' in answer) return recordFailure(deps, task, { ...result, error: answer.error })
  await recordTry(database, toWebhookRef(task), result, true)
  await recordDelivered(database, task, result)
}

async function post(
  deps: DeliveryDeps,
  task: WebhookTask,
): Promise<{ readonly status: number } | WebhookFailure> {
  const { webhook } = task
  if (webhook === null) return { status: null, error: 'The webhook was removed.' }
  const nowMs = deps.clock.now()
  const secrets = openSecrets(deps.webhookSecrets, task, webhook, nowMs)
  if (secrets.length === 0) {
    const error = 'The signing secret cannot be read with the server’s current secret. Rotate it.'
    return { status: null, error }
  }
  const message = composeMessage(task, deps.origin, nowMs)
  const headers = signMessage(message, secrets, nowMs)
  const limits = { signal: deps.closing, msMax: deps.webhookMsMax }
  return postWebhook(deps.outbound, { url: webhook.url, headers, body: message.body }, limits)
}

/** Opens the webhook's secret, and the previous one while it is still valid. Secrets that cannot be opened are left out. */
function openSecrets(
  webhookSecrets: WebhookSecrets,
  task: WebhookTask,
  webhook: NonNullable<WebhookTask['webhook']>,
  nowMs: number,
): string[] {
  const { sealedSecret, sealedPreviousSecret, previousSecretUntilMs } = webhook
  const isPreviousValid = previousSecretUntilMs !== null && nowMs < previousSecretUntilMs
  return [sealedSecret, isPreviousValid ? sealedPreviousSecret : null]
    .filter((sealed) => sealed !== null)
    .map((sealed) => webhookSecrets.open(sealed, toWebhookRef(task)))
    .filter((secret) => secret !== undefined)
}

async function recordFailure(
  deps: DeliveryDeps,
  task: WebhookTask,
  result: TryResult & { readonly error: string },
): Promise<void> {
  const { database } = deps
  const nextMs =
    task.webhook === null || result.responseStatus === GONE_STATUS
      ? null
      : decideNextTryMs({ ...task, channel: 'webhook' }, result.atMs)
  await recordTry(database, toWebhookRef(task), result, false)
  if (nextMs !== null || task.alert === null) {
    await recordFailed(database, task, result, nextMs)
    return
  }
  await giveUp(deps, task, task.alert, result)
}

/**
 * Records that a message has failed for good. A webhook that has accepted nothing since the alert was raised is switched
 * off, which raises an alert.
 */
async function giveUp(
  { ledger }: DeliveryDeps,
  task: WebhookTask,
  alert: NonNullable<WebhookTask['alert']>,
  result: TryResult & { readonly error: string },
): Promise<void> {
  const webhook = toWebhookRef(task)
  await ledger.changeWorkspace(task.workspaceId, async ({ tx, unit }) => {
    addEvent(unit, 'alert')
    if (!(await recordFailed(tx, task, result, null))) return
    const isGone = result.responseStatus === GONE_STATUS
    const reason = isGone
      ? 'It answered with 410: it wants no more messages.'
      : `It has accepted nothing in ${task.tries} tries. The last error: ${result.error}`
    const url = await disableWebhook(tx, webhook, reason, isGone ? null : alert.atMs)
    if (url === undefined) return
    addAudit(
      unit,
      { actor: 'system' },
      {
        action: 'webhook.disabled',
        target: { kind: 'webhook', id: webhook.id, name: new URL(url).host },
        before: { enabled: true },
        after: { enabled: false, reason },
      },
    )
    await raiseAlert(tx, unit, describeDisabled(webhook, url, reason, result.atMs), result.atMs)
  })
}

function describeDisabled({ id }: WebhookRef, url: string, reason: string, atMs: number) {
  return {
    kind: 'webhook_disabled',
    key: `${id} ${atMs}`,
    title: `The webhook to ${new URL(url).host} was switched off`,
    detail: `${reason} Nothing more is sent to it. Fix it, switch it on again, and resend what failed.`,
    link: '/settings/webhooks',
  } as const
}

function toWebhookRef({ workspaceId, webhookId }: WebhookTask): WebhookRef {
  return { workspaceId, id: webhookId }
}
