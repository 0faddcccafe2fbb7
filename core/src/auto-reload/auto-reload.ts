import { DAY_MS, HOUR_MS } from '../time/durations.ts'

/** The workspace's settings of auto-reload. Credits are milliseconds of talk time, money is in minor units. */
export type AutoReloadSettings = {
  readonly enabled: boolean
  readonly thresholdMs: number
  /** The price of one reload: the package's price times the quantity. */
  readonly priceMinor: number
  /** The most that reloads may cost in a calendar month; null: no cap. */
  readonly monthlyCapMinor: number | null
}

/** Whether a declined card is charged again: later (`soft`), never (`hard`), or after the customer confirms. */
export type DeclineClass = 'soft' | 'hard' | 'action_required'

export type Decline = { readonly atMs: number; readonly class: DeclineClass }

/** All that a decision depends on. Instants are epoch milliseconds. */
export type AutoReloadSituation = {
  readonly settings: AutoReloadSettings
  /** The balance, less what live calls have used so far. */
  readonly balanceMs: number
  readonly planPaid: boolean
  /** False: the workspace is suspended. */
  readonly workspaceActive: boolean
  readonly hasCard: boolean
  /** Whether a reload's outcome is still unknown. A reload that waits for the customer is a decline instead. */
  readonly inFlight: boolean
  /** The cost of this month's reloads, including one in flight. */
  readonly spentThisMonthMinor: number
  /** When the month ends and the cap starts over. */
  readonly monthEndsAtMs: number
  /** When the hourly limit allows another reload; null: it does now. */
  readonly hourFullUntilMs: number | null
  /** Declines of the card that would be charged, since its last success or the last saved settings; oldest first. */
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
  | 'plan_required'
  | 'switched_off'
  | 'workspace_suspended'
  | 'purchase_in_flight'
  | 'no_card'
  | 'card_declined'
  | 'confirmation_required'
  | 'above_threshold'
  | 'retry_later'
  | 'hourly_limit_reached'
  | 'monthly_cap_reached'
  | 'below_threshold'

export type AutoReloadDecision = {
  readonly action: 'buy' | 'wait' | 'stop'
  readonly state: AutoReloadState
  readonly reason: AutoReloadReason
  /** When time alone can change the decision, in epoch milliseconds; null: only a change of the situation can. */
  readonly untilMs: number | null
}

/** How long after each soft decline in a row the card is charged again. After one decline more it is not. */
export const RETRY_AFTER_MS: readonly number[] = [HOUR_MS, DAY_MS]

/**
 * The most reloads within an hour. Without it, a threshold far above what a reload adds, or a runaway caller, would buy
 * again and again within seconds.
 */
export const RELOADS_PER_HOUR_MAX = 10

/**
 * Decides whether to buy a reload at `nowMs` (epoch milliseconds), with the reason. The settings are never changed:
 * only the customer changes them.
 *
 * Reasons that rule out any purchase come first, so that the page shows them before the balance is low. Reasons that
 * only delay one (a retry's wait, the cap, the hourly limit) are given only when a purchase is due.
 */
export function decideAutoReload(situation: AutoReloadSituation, nowMs: number): AutoReloadDecision {
  const { settings } = situation
  if (!situation.planPaid) return stop('plan_required', 'plan_required')
  if (!settings.enabled) return stop('off', 'switched_off')
  if (!situation.workspaceActive) return stop('failed', 'workspace_suspended')
  if (situation.inFlight) return wait('buying', 'purchase_in_flight', null)
  if (!situation.hasCard) return stop('failed', 'no_card')
  const retry = decideRetry(situation.declines)
  if (retry.kind === 'never') return stop('failed', retry.reason)
  if (situation.balanceMs >= settings.thresholdMs) return wait('watching', 'above_threshold', null)
  if (nowMs < retry.fromMs) return wait('waiting', 'retry_later', retry.fromMs)
  if (wouldExceedCap(situation)) {
    return { ...stop('capped', 'monthly_cap_reached'), untilMs: situation.monthEndsAtMs }
  }
  const { hourFullUntilMs } = situation
  if (hourFullUntilMs !== null && nowMs < hourFullUntilMs) {
    return wait('waiting', 'hourly_limit_reached', hourFullUntilMs)
  }
  return { action: 'buy', state: 'buying', reason: 'below_threshold', untilMs: null }
}

type RetryDecision =
  | { readonly kind: 'never'; readonly reason: 'card_declined' | 'confirmation_required' }
  /** The card may be charged from `fromMs` on. */
  | { readonly kind: 'allowed'; readonly fromMs: number }

/** Decides from the declines so far when the card may be charged. */
function decideRetry(declines: readonly Decline[]): RetryDecision {
  const last = declines.at(-1)
  if (last === undefined) return { kind: 'allowed', fromMs: Number.NEGATIVE_INFINITY }
  if (last.class === 'action_required') return { kind: 'never', reason: 'confirmation_required' }
  const retryAfterMs = RETRY_AFTER_MS[declines.length - 1]
  if (last.class === 'hard' || retryAfterMs === undefined) return { kind: 'never', reason: 'card_declined' }
  return { kind: 'allowed', fromMs: last.atMs + retryAfterMs }
}

function wouldExceedCap({ settings, spentThisMonthMinor }: AutoReloadSituation): boolean {
  const { monthlyCapMinor, priceMinor } = settings
  return monthlyCapMinor !== null && spentThisMonthMinor + priceMinor > monthlyCapMinor
}

function stop(state: AutoReloadState, reason: AutoReloadReason): AutoReloadDecision {
  return { action: 'stop', state, reason, untilMs: null }
}

function wait(state: AutoReloadState, reason: AutoReloadReason, untilMs: number | null): AutoReloadDecision {
  return { action: 'wait', state, reason, untilMs }
}
