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
  /** With what live calls have used so far taken off. */
  readonly balanceMs: number
  readonly planPaid: boolean
  /** Not suspended. */
  readonly workspaceActive: boolean
  readonly hasCard: boolean
  /** A purchase of auto-reload whose outcome is not known yet. One that waits for the customer is a decline. */
  readonly inFlight: boolean
  /** What this month's reloads cost, those in flight included. */
  readonly spentThisMonthMinor: number
  /** When the month, and with it the cap, begins anew. */
  readonly monthEndsAtMs: number
  /** From when on another reload is within the hourly limit; null: it is now. */
  readonly hourFullUntilMs: number | null
  /** Of the card that would be charged, since the last success or saving of the settings; oldest first. */
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
  /** When to look again by the clock alone; null: only when something changes. */
  readonly untilMs: number | null
}

/** How long after each soft decline the card is tried again. After the last one it is not. */
export const RETRY_AFTER_MS: readonly number[] = [60 * 60_000, 24 * 60 * 60_000]

/**
 * How many reloads are made within an hour. A threshold far above what a reload brings, or a runaway caller, would
 * otherwise buy again and again within seconds.
 */
export const RELOADS_PER_HOUR_MAX = 10

/**
 * Whether to buy now, and why (not). Pure: the same situation gives the same answer. It never changes the settings,
 * and nothing but the customer's own saving does.
 *
 * What keeps it from ever buying comes first, so that the page says it before the balance is low. What only puts a
 * purchase off (a retry's wait, the cap, the hourly limit) is said where there is something to buy.
 */
export function decideAutoReload(situation: AutoReloadSituation, nowMs: number): AutoReloadDecision {
  const { settings } = situation
  if (!situation.planPaid) return stop('plan_required', 'plan_required')
  if (!settings.enabled) return stop('off', 'switched_off')
  if (!situation.workspaceActive) return stop('failed', 'workspace_suspended')
  if (situation.inFlight) return wait('buying', 'purchase_in_flight', null)
  if (!situation.hasCard) return stop('failed', 'no_card')
  const tries = triesLeft(situation.declines)
  if (tries.kind === 'none') return stop('failed', tries.reason)
  if (situation.balanceMs >= settings.thresholdMs) return wait('watching', 'above_threshold', null)
  if (nowMs < tries.fromMs) return wait('waiting', 'retry_later', tries.fromMs)
  if (wouldPassCap(situation)) {
    return { ...stop('capped', 'monthly_cap_reached'), untilMs: situation.monthEndsAtMs }
  }
  const { hourFullUntilMs } = situation
  if (hourFullUntilMs !== null && nowMs < hourFullUntilMs) {
    return wait('waiting', 'hourly_limit_reached', hourFullUntilMs)
  }
  return { action: 'buy', state: 'buying', reason: 'below_threshold', untilMs: null }
}

type TriesLeft =
  | { readonly kind: 'none'; readonly reason: 'card_declined' | 'confirmation_required' }
  /** The next try is due from then on. */
  | { readonly kind: 'some'; readonly fromMs: number }

/** What declines so far leave. */
function triesLeft(declines: readonly Decline[]): TriesLeft {
  const last = declines.at(-1)
  if (last === undefined) return { kind: 'some', fromMs: Number.NEGATIVE_INFINITY }
  if (last.class === 'action_required') return { kind: 'none', reason: 'confirmation_required' }
  const retryAfterMs = RETRY_AFTER_MS[declines.length - 1]
  if (last.class === 'hard' || retryAfterMs === undefined) return { kind: 'none', reason: 'card_declined' }
  return { kind: 'some', fromMs: last.atMs + retryAfterMs }
}

function wouldPassCap({ settings, spentThisMonthMinor }: AutoReloadSituation): boolean {
  const { monthlyCapMinor, priceMinor } = settings
  return monthlyCapMinor !== null && spentThisMonthMinor + priceMinor > monthlyCapMinor
}

function stop(state: AutoReloadState, reason: AutoReloadReason): AutoReloadDecision {
  return { action: 'stop', state, reason, untilMs: null }
}

function wait(state: AutoReloadState, reason: AutoReloadReason, untilMs: number | null): AutoReloadDecision {
  return { action: 'wait', state, reason, untilMs }
}

export type ThresholdAdvice = {
  readonly thresholdMs: number
  /** What the busiest two hours used. */
  readonly busiestMs: number
  /** What campaigns are expected to use overnight. */
  readonly overnightMs: number
  readonly because: 'no_usage' | 'little_usage' | 'busiest_hours' | 'campaigns_overnight'
}

/** Whole fives of credits. */
const STEP_MS = 5 * 60_000
const LEAST_MS = 10 * 60_000

/**
 * Which threshold to recommend: what the busiest two hours of the recent past used, so that a reload that takes a
 * while, or a retry after an hour, still comes in time; and on top of it what campaigns are expected to use overnight,
 * so that they can go on till somebody sees in the morning that a card was declined. Rounded up to whole fives of
 * credits, at least 10.
 *
 * @param hourlyUsageMs usage hour by hour, in order; milliseconds of talk time
 */
export function recommendThreshold(hourlyUsageMs: readonly number[], overnightMs: number): ThresholdAdvice {
  const busiestMs = hourlyUsageMs.reduce(
    (most, usedMs, index) => Math.max(most, usedMs + (hourlyUsageMs[index + 1] ?? 0)),
    0,
  )
  const thresholdMs = Math.max(LEAST_MS, Math.ceil((busiestMs + overnightMs) / STEP_MS) * STEP_MS)
  return { thresholdMs, busiestMs, overnightMs, because: reasonOf(busiestMs, overnightMs) }
}

function reasonOf(busiestMs: number, overnightMs: number): ThresholdAdvice['because'] {
  if (overnightMs > 0) return 'campaigns_overnight'
  if (busiestMs === 0) return 'no_usage'
  return busiestMs < LEAST_MS ? 'little_usage' : 'busiest_hours'
}
