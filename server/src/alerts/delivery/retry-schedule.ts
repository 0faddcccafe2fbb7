import { HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import type { Channel } from './delivery-store.ts'

/** The waits after each failed try: mails are tried for most of a day, webhooks for two and a half days. */
const retryAfterMs: Readonly<Record<Channel, readonly number[]>> = {
  mail: [2 * MINUTE_MS, 15 * MINUTE_MS, 2 * HOUR_MS, 12 * HOUR_MS],
  webhook: [
    MINUTE_MS / 2,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    8 * HOUR_MS,
    12 * HOUR_MS,
    16 * HOUR_MS,
    18 * HOUR_MS,
  ],
}

/** A try without a result after this long is lost with its process, and made again. No try may take this long. */
export const TRY_MS_MAX = 2 * MINUTE_MS

/** Decides when to try again after `tries` have failed. null: no more. A test of a webhook is tried once. */
export function decideNextTryMs(
  delivery: { readonly channel: Channel; readonly alertId: string | null; readonly tries: number },
  nowMs: number,
): number | null {
  if (delivery.alertId === null) return null
  const afterMs = retryAfterMs[delivery.channel][delivery.tries - 1]
  return afterMs === undefined ? null : nowMs + afterMs
}
