import { z } from 'zod'
import { Instant, instantOf, instantOrNull } from '../../platform/http/instant.ts'
import { publicId } from '../../public-ids.ts'
import { alertKinds } from '../inbox/alert.ts'
import type { Webhook } from './webhook-store.ts'

const Url = z
  .string()
  .max(2048)
  .meta({ description: 'Public, and https.', example: 'https://example.com/talktime' })

const Kinds = z
  .array(z.enum(alertKinds))
  .min(1)
  .nullable()
  .meta({ description: 'null: every kind, including future ones.' })

export const NewWebhookRequest = z.strictObject({
  url: Url,
  kinds: Kinds.optional(),
  enabled: z.boolean().optional(),
})

export const WebhookChangeRequest = z.strictObject({
  url: Url.optional(),
  kinds: Kinds.optional(),
  enabled: z.boolean().optional(),
})

export const WebhookResponse = z
  .object({
    id: z.string().meta({ example: 'wh_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    url: z.string(),
    kinds: z.array(z.enum(alertKinds)).nullable().meta({ description: 'null: every kind.' }),
    enabled: z.boolean(),
    disabledReason: z
      .string()
      .nullable()
      .meta({ description: 'Why it was switched off automatically, in a sentence; null: it was not.' }),
    previousSecretUntil: Instant.nullable().meta({
      description: 'Until then, the secret before the last rotation signs too.',
    }),
    createdAt: Instant,
    lastDeliveryAt: Instant.nullable().meta({ description: 'The last try.' }),
    lastStatus: z
      .enum(['delivered', 'failed'])
      .nullable()
      .meta({ description: 'The result of the last try.' }),
    lastResponseStatus: z
      .int()
      .nullable()
      .meta({ description: 'The status with which it answered the last try; null: it did not answer.' }),
  })
  .meta({
    id: 'Webhook',
    description: 'An address to which alerts are sent, signed by Standard Webhooks.',
  })

export const WebhookWithSecretResponse = WebhookResponse.extend({
  secret: z.string().meta({ description: 'whsec_…: signs the messages. It is shown only this once.' }),
}).meta({ id: 'WebhookWithSecret' })

/** What people choose about a webhook, for the audit log. */
export function webhookSettings({ url, kinds, enabled }: Webhook) {
  return { url, kinds, enabled }
}

export function targetOfWebhook({ id, url }: Webhook) {
  return { kind: 'webhook', id, name: new URL(url).host } as const
}

/** Builds the response for a webhook, without its secret. */
export function webhookResponse(webhook: Webhook): z.infer<typeof WebhookResponse> {
  const { id, url, kinds, enabled, disabledReason, createdAtMs, lastDelivered } = webhook
  return {
    id: publicId('webhook', id),
    url,
    kinds: kinds === null ? null : [...kinds],
    enabled,
    disabledReason,
    previousSecretUntil: instantOrNull(webhook.previousSecretUntilMs),
    createdAt: instantOf(createdAtMs),
    lastDeliveryAt: instantOrNull(webhook.lastTriedAtMs),
    lastStatus: lastDelivered === null ? null : lastDelivered ? 'delivered' : 'failed',
    lastResponseStatus: webhook.lastResponseStatus,
  }
}
