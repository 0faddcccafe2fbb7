import type { Channel } from './delivery-store.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** How long after each try that failed the next one is made: mails for most of a day, webhooks for two days and a half. */
const againAfterMs: Readonly<Record<Channel, readonly number[]>> = {
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

/**
 * A try of which nothing was heard for so long is lost with its process, and another one is made. Longer than any try
 * may take.
 */
export const TRY_MS_MAX = 2 * MINUTE_MS

/** When to try again after `tries` have failed; null: no more. A test of a webhook is tried once. */
export function nextTryAtMs(
  delivery: { readonly channel: Channel; readonly alertId: string | null; readonly tries: number },
  nowMs: number,
): number | null {
  if (delivery.alertId === null) return null
  const afterMs = againAfterMs[delivery.channel][delivery.tries - 1]
  return afterMs === undefined ? null : nowMs + afterMs
}
