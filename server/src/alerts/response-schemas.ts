import { z } from 'zod'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import { type Delivery, isBeingTried } from './delivery/delivery-store.ts'
import { type Alert, alertKinds } from './inbox/alert.ts'

export const AlertResponse = z
  .object({
    id: z.string().meta({ example: 'alert_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    kind: z.enum(alertKinds),
    at: Instant,
    title: z.string(),
    detail: z.string().meta({ description: 'Sentences that say what happened and what to do.' }),
    link: z
      .string()
      .meta({ description: 'The page of the dashboard where it is resolved.', example: '/billing' }),
    readAt: Instant.nullable(),
  })
  .meta({ id: 'Alert', description: 'Something that the people of a workspace should know.' })

/** Builds the response for an alert. */
export function alertResponse(alert: Alert): z.infer<typeof AlertResponse> {
  const { id, kind, atMs, title, detail, link, readAtMs } = alert
  return {
    id: publicId('alert', id),
    kind,
    at: instantOf(atMs),
    title,
    detail,
    link,
    readAt: instantOrNull(readAtMs),
  }
}

export const ChannelName = z.enum(['mail', 'webhook'])
export const DeliveryStatusName = z.enum(['pending', 'delivered', 'failed'])

export const DeliveryResponse = z
  .object({
    id: z.string().meta({ example: 'dlv_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    alertId: z.string().nullable().meta({ description: 'null: a test of the webhook.' }),
    alertTitle: z.string().nullable(),
    kind: z.enum([...alertKinds, 'webhook_test']),
    channel: ChannelName,
    webhookId: z.string().nullable(),
    target: z.string().meta({ description: 'The email address or the URL.' }),
    status: DeliveryStatusName,
    tries: z.int(),
    lastTriedAt: Instant.nullable(),
    nextTryAt: Instant.nullable().meta({ description: 'null: never, or a try is in progress.' }),
    responseStatus: z.int().nullable().meta({ description: 'What the webhook answered to the last try.' }),
    durationMs: z.int().nullable().meta({ description: 'How long the last try took.' }),
    error: z.string().nullable().meta({ description: 'Why the last try failed, in a sentence.' }),
  })
  .meta({ id: 'Delivery', description: 'An alert on its way to a person or a webhook.' })

/** Builds the response for a delivery. */
export function deliveryResponse(delivery: Delivery): z.infer<typeof DeliveryResponse> {
  const { id, alertId, alertTitle, kind, channel, webhookId, target, status, tries, error } = delivery
  return {
    id: publicId('delivery', id),
    alertId: alertId === null ? null : publicId('alert', alertId),
    alertTitle,
    kind: kind ?? 'webhook_test',
    channel,
    webhookId: webhookId === null ? null : publicId('webhook', webhookId),
    target,
    status,
    tries,
    lastTriedAt: instantOrNull(delivery.lastTriedAtMs),
    nextTryAt: isBeingTried(delivery) ? null : instantOrNull(delivery.nextTryAtMs),
    responseStatus: delivery.responseStatus,
    durationMs: delivery.durationMs,
    error,
  }
}
