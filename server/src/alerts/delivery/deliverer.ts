import type { Queryable } from '../../platform/database/database.ts'
import type { DelivererDeps } from '../deps.ts'
import { sendToWebhook } from '../webhooks/send-webhook.ts'
import { createWebhookSecrets } from '../webhooks/webhook-secrets.ts'
import { claimMails, claimWebhookMessages } from './claim-deliveries.ts'
import { sendMail } from './send-mail.ts'

/** Brings alerts to people and webhooks, as their deliveries say. */
export type Deliverer = {
  /** Takes what is due and begins to send it. As often as you like, also by several servers. */
  run(): Promise<void>
  /** The same in the background: something is due now. */
  wake(): void
  /** Resolves when nothing is under way and nothing is due. */
  idle(): Promise<void>
  /** Takes nothing more. Messages to webhooks are broken off and left to other servers, mails are waited for. */
  close(): Promise<void>
}

/** How many are sent at a time by this process. */
const mailsAtOnceMax = 4
const webhooksAtOnceMax = 64

/** Receivers are to answer at once, and work afterwards. */
const webhookMsDefault = 15_000

/** What this process sends at a time, by what must not be sent to twice at once. */
type Lane<Task> = {
  readonly busy: Map<string, Promise<void>>
  readonly atOnceMax: number
  take(db: Queryable, nowMs: number, busyIds: Iterable<string>, limit: number): Promise<Task[]>
  busyIdOf(task: Task): string
  send(task: Task): Promise<void>
}

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const { database, clock } = deps
  const closing = new AbortController()
  const around = {
    ...deps,
    webhookSecrets: createWebhookSecrets(deps.secrets),
    webhookMsMax: deps.webhookMsMax ?? webhookMsDefault,
    closing: closing.signal,
  }
  const mails = laneOf({
    atOnceMax: mailsAtOnceMax,
    take: claimMails,
    busyIdOf: ({ id }) => id,
    send: (task) => sendMail(around, task),
  })
  const webhooks = laneOf({
    atOnceMax: webhooksAtOnceMax,
    take: claimWebhookMessages,
    busyIdOf: ({ webhookId }) => webhookId,
    send: (task) => sendToWebhook(around, task),
  })
  let running: Promise<void> | undefined
  let again = false

  /** Fills a lane. What it begins to send is not waited for. */
  async function fill<Task>(lane: Lane<Task>): Promise<void> {
    const free = lane.atOnceMax - lane.busy.size
    if (free <= 0) return
    for (const task of await lane.take(database, clock.now(), lane.busy.keys(), free)) {
      const id = lane.busyIdOf(task)
      const sending = lane
        .send(task)
        .catch(deps.onError)
        .finally(() => {
          lane.busy.delete(id)
          wake()
        })
      lane.busy.set(id, sending)
    }
  }

  async function fillAll(): Promise<void> {
    try {
      do {
        again = false
        // The other lane is waited for where one fails.
        const filled = await Promise.allSettled([fill(mails), fill(webhooks)])
        for (const lane of filled) if (lane.status === 'rejected') throw lane.reason
      } while (again && !closing.signal.aborted)
    } finally {
      running = undefined
    }
  }

  /** One at a time, and once more where it was asked for meanwhile. */
  function run(): Promise<void> {
    if (closing.signal.aborted) return Promise.resolve()
    again = true
    running ??= fillAll()
    return running
  }

  function wake(): void {
    run().catch(deps.onError)
  }

  async function idle(): Promise<void> {
    while (running !== undefined || mails.busy.size > 0 || webhooks.busy.size > 0) {
      await Promise.all([running?.catch(() => {}), ...mails.busy.values(), ...webhooks.busy.values()])
    }
  }

  return {
    run,
    wake,
    idle,
    async close() {
      closing.abort()
      await idle()
    },
  }
}

function laneOf<Task>(lane: Omit<Lane<Task>, 'busy'>): Lane<Task> {
  return { ...lane, busy: new Map() }
}
