/** Auto-reload as the customer set it. Credits in milliseconds of talk time, money in minor units. */
export type AutoReloadSettings = {
  readonly enabled: boolean
  readonly thresholdMs: number
  /** What one reload costs: package price times number. */
  readonly priceMinor: number
  /** The most that reloads may cost in a calendar month; null: no cap. */
  readonly monthlyCapMinor: number | null
}

/** Whether a card may be tried again after it declined. */
export type DeclineClass = 'soft' | 'hard' | 'action_required'

export type Decline = { readonly atMs: number; readonly class: DeclineClass }

export type AutoReloadSituation = {
  readonly settings: AutoReloadSettings
  readonly balanceMs: number
  readonly planPaid: boolean
  readonly hasCard: boolean
  /** A purchase of auto-reload whose outcome is not known yet. */
  readonly inFlight: boolean
  /** What this month's reloads cost, those in flight included. */
  readonly spentThisMonthMinor: number
  /** When the month, and with it the cap, begins anew. */
  readonly monthEndsAtMs: number
  /** Declines since the last success, change of card or saving of the settings; oldest first. */
  readonly declines: readonly Decline[]
}

export type AutoReloadState =
  | 'off'
  | 'watching'
  | 'buying'
  | 'waiting'
  | 'capped'
  | 'failed'
  | 'plan_required'

export type AutoReloadReason =
  | 'switched_off'
  | 'plan_required'
  | 'no_card'
  | 'above_threshold'
  | 'purchase_in_flight'
  | 'monthly_cap_reached'
  | 'retry_later'
  | 'card_declined'
  | 'confirmation_required'
  | 'below_threshold'

export type AutoReloadDecision = {
  readonly action: 'buy' | 'wait' | 'stop'
  readonly state: AutoReloadState
  readonly reason: AutoReloadReason
  /** When to look again by the clock alone; null: only when something changes. */
  readonly untilMs: number | null
}

/** How long after each soft decline the card is tried again. After the last one it is not. */
export const RETRY_AFTER_MS: readonly number[] = [60 * 60_000, 24 * 60 * 60_000]

/**
 * Whether to buy now, and why (not). Pure: the same situation gives the same answer. It never changes the settings,
 * and nothing but the customer's own saving does.
 */
export function decideAutoReload(situation: AutoReloadSituation, nowMs: number): AutoReloadDecision {
  const { settings } = situation
  if (!settings.enabled) return stop('off', 'switched_off')
  if (!situation.planPaid) return stop('plan_required', 'plan_required')
  if (situation.inFlight)
    return { action: 'wait', state: 'buying', reason: 'purchase_in_flight', untilMs: null }
  if (!situation.hasCard) return stop('failed', 'no_card')
  const declined = afterDeclines(situation.declines, nowMs)
  if (declined !== null) return declined
  if (situation.balanceMs >= settings.thresholdMs) {
    return { action: 'wait', state: 'watching', reason: 'above_threshold', untilMs: null }
  }
  if (
    settings.monthlyCapMinor !== null &&
    situation.spentThisMonthMinor + settings.priceMinor > settings.monthlyCapMinor
  ) {
    return {
      action: 'stop',
      state: 'capped',
      reason: 'monthly_cap_reached',
      untilMs: situation.monthEndsAtMs,
    }
  }
  return { action: 'buy', state: 'buying', reason: 'below_threshold', untilMs: null }
}

/** What declines so far mean; null where another try is due. */
function afterDeclines(declines: readonly Decline[], nowMs: number): AutoReloadDecision | null {
  const last = declines.at(-1)
  if (last === undefined) return null
  if (last.class === 'action_required') return stop('failed', 'confirmation_required')
  const retryAfterMs = RETRY_AFTER_MS[declines.length - 1]
  if (last.class === 'hard' || retryAfterMs === undefined) return stop('failed', 'card_declined')
  const retryAtMs = last.atMs + retryAfterMs
  if (nowMs >= retryAtMs) return null
  return { action: 'wait', state: 'waiting', reason: 'retry_later', untilMs: retryAtMs }
}

function stop(state: AutoReloadState, reason: AutoReloadReason): AutoReloadDecision {
  return { action: 'stop', state, reason, untilMs: null }
}

export type ThresholdAdvice = {
  readonly thresholdMs: number
  /** How much was used in the time that the advice looks at. */
  readonly because: 'no_usage' | 'busiest_hours'
}

/**
 * Which threshold to recommend: what the busiest two hours of the recent past used, so that a reload that takes a
 * while, or a retry, still comes in time; rounded up to whole fives of credits, at least 10.
 *
 * @param hourlyUsageMs usage hour by hour, in order; milliseconds of talk time
 */
export function recommendThreshold(hourlyUsageMs: readonly number[]): ThresholdAdvice {
  const stepMs = 5 * 60_000
  const leastMs = 10 * 60_000
  const busiestMs = hourlyUsageMs.reduce(
    (most, usedMs, index) => Math.max(most, usedMs + (hourlyUsageMs[index + 1] ?? 0)),
    0,
  )
  if (busiestMs === 0) return { thresholdMs: leastMs, because: 'no_usage' }
  return { thresholdMs: Math.max(leastMs, Math.ceil(busiestMs / stepMs) * stepMs), because: 'busiest_hours' }
}
