import { SECOND_MS } from '@talktime/core/time/durations'
import { type Background, createBackground } from '../../platform/background.ts'
import type { Queryable } from '../../platform/database/database.ts'
import type { DelivererDeps } from '../deps.ts'
import { sendWebhook } from '../webhooks/send-webhook.ts'
import { createWebhookSecrets } from '../webhooks/webhook-secrets.ts'
import { claimMails, claimWebhookMessages } from './claim-deliveries-store.ts'
import type { Channel } from './delivery-store.ts'
import { sendMail } from './send-mail.ts'

/** Sends the deliveries of alerts. Any number of processes may do so. */
export type Deliverer = {
  /** Sends in the background what is due. */
  wake(): void
  /** Resolves when nothing is being sent and nothing that was found is due. */
  idle(): Promise<void>
  /** Claims nothing more. Messages to webhooks are aborted and left to other servers; mails are finished. */
  close(): Promise<void>
}

/** The channels are also the keys of the background worker. */
const MAIL = 'mail'
const WEBHOOK = 'webhook'

const MAILS_AT_ONCE_MAX = 4
const WEBHOOKS_AT_ONCE_MAX = 64

/** How long a webhook may take to answer. Receivers should answer first and work afterwards. */
const WEBHOOK_MS_DEFAULT = 15 * SECOND_MS

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const closing = new AbortController()
  const sendDeps = {
    ...deps,
    webhookSecrets: createWebhookSecrets(deps.secrets),
    webhookMsMax: deps.webhookMsMax ?? WEBHOOK_MS_DEFAULT,
    closing: closing.signal,
  }
  const background = createBackground({
    onError: deps.onError,
    async work(channel) {
      await lanes.get(channel)?.fill()
    },
  })
  const lanes = new Map<string, Lane>([
    [
      MAIL,
      createLane(deps, background, {
        channel: MAIL,
        atOnceMax: MAILS_AT_ONCE_MAX,
        claim: claimMails,
        receiverId: ({ id }) => id,
        send: (mail) => sendMail(sendDeps, mail),
      }),
    ],
    [
      WEBHOOK,
      createLane(deps, background, {
        channel: WEBHOOK,
        atOnceMax: WEBHOOKS_AT_ONCE_MAX,
        claim: claimWebhookMessages,
        receiverId: ({ webhookId }) => webhookId,
        send: (message) => sendWebhook(sendDeps, message),
      }),
    ],
  ])
  return {
    wake() {
      for (const channel of lanes.keys()) background.wake(channel)
    },
    idle: background.idle,
    async close() {
      closing.abort()
      await background.close()
    },
  }
}

type LaneOptions<Delivery> = {
  readonly channel: Channel
  readonly atOnceMax: number
  readonly claim: (
    db: Queryable,
    nowMs: number,
    busyIds: Iterable<string>,
    limit: number,
  ) => Promise<Delivery[]>
  /** The UUID of what gets one delivery at a time. */
  readonly receiverId: (delivery: Delivery) => string
  readonly send: (delivery: Delivery) => Promise<void>
}

/** The deliveries of one channel that this process sends. */
type Lane = {
  /** Claims what is due, as many as may still be sent at the same time, and starts to send it. */
  readonly fill: () => Promise<void>
}

function createLane<Delivery>(
  { database, clock }: DelivererDeps,
  background: Background,
  { channel, atOnceMax, claim, receiverId, send }: LaneOptions<Delivery>,
): Lane {
  const busyIds = new Set<string>()

  /** Sends a delivery on its own. Once it ends, the receiver is free for the next one. */
  async function sendAndRefill(delivery: Delivery, id: string): Promise<void> {
    busyIds.add(id)
    try {
      await send(delivery)
    } finally {
      busyIds.delete(id)
      background.wake(channel)
    }
  }

  return {
    async fill() {
      const free = atOnceMax - busyIds.size
      if (free <= 0) return
      for (const delivery of await claim(database, clock.now(), busyIds, free)) {
        background.run(sendAndRefill(delivery, receiverId(delivery)))
      }
    },
  }
}
