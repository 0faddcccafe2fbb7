import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'

/** How often something may be attempted. */
export type LimitPolicy = {
  /** Attempts in a row that need not wait. */
  readonly free: number
  /** After this time one attempt is forgiven. */
  readonly forgivenAfterMs: number
  /** The wait after the last free attempt. It doubles with each further one. */
  readonly delayMs: number
  readonly delayMsMax: number
}

/** Attempts so far. */
export type LimitState = {
  /** Each attempt adds `forgivenAfterMs`; time takes it away. */
  readonly debtMs: number
  readonly atMs: number
  /** Attempts before this instant are refused. */
  readonly nextAtMs: number
}

/**
 * The policies by what is attempted and what it is counted for. Waiting gets longer until attempts come no faster than
 * they are forgiven.
 */
export const LIMIT_POLICIES = {
  /** Signing in to one account from one network, in a browser that has not signed in to it before. */
  accountFromNetwork: policy(5, 10 * MINUTE_MS, 2 * SECOND_MS, 10 * MINUTE_MS),
  /** Signing in from one network, to whatever account. */
  network: policy(30, MINUTE_MS, 2 * SECOND_MS, 5 * MINUTE_MS),
  /** Signing in to one account from all networks together. The wait stays short: it also meets the owner. */
  account: policy(30, MINUTE_MS, SECOND_MS, MINUTE_MS),
  /** Signing in to one account in one browser that has signed in to it before. */
  device: policy(10, 10 * MINUTE_MS, 2 * SECOND_MS, 10 * MINUTE_MS),
  /** Signing up from one network. */
  signUp: policy(60, MINUTE_MS, 10 * SECOND_MS, HOUR_MS),
  /** Asking for mails from one network. */
  mailFromNetwork: policy(20, 3 * MINUTE_MS, 5 * SECOND_MS, 10 * MINUTE_MS),
  /** Mails to one address. */
  mailToAddress: policy(4, 15 * MINUTE_MS, MINUTE_MS, 15 * MINUTE_MS),
  /** Looking up links with secret tokens from one network. */
  lookup: policy(60, SECOND_MS, SECOND_MS, 30 * SECOND_MS),
  /** Confirming one's password or second factor while signed in. */
  person: policy(10, 5 * MINUTE_MS, 2 * SECOND_MS, 5 * MINUTE_MS),
} satisfies Record<string, LimitPolicy>

export type LimitKind = keyof typeof LIMIT_POLICIES

function policy(free: number, forgivenAfterMs: number, delayMs: number, delayMsMax: number): LimitPolicy {
  return { free, forgivenAfterMs, delayMs, delayMsMax }
}

/** Counts an attempt. Returns the new state, or the instant from which attempts are accepted again. */
export function countAttempt(
  { free, forgivenAfterMs, delayMs, delayMsMax }: LimitPolicy,
  before: LimitState | undefined,
  nowMs: number,
): { readonly state: LimitState } | { readonly retryAtMs: number } {
  if (before !== undefined && nowMs < before.nextAtMs) return { retryAtMs: before.nextAtMs }
  const debtMs = fallenDebtMs(before, nowMs) + forgivenAfterMs
  const attempts = Math.ceil(debtMs / forgivenAfterMs)
  const waitMs = attempts < free ? 0 : Math.min(delayMsMax, delayMs * 2 ** (attempts - free))
  return { state: { debtMs, atMs: nowMs, nextAtMs: nowMs + waitMs } }
}

/** Takes an attempt back that turned out to be rightful. */
export function forgiveAttempt(
  { forgivenAfterMs }: LimitPolicy,
  before: LimitState,
  nowMs: number,
): LimitState {
  const debtMs = Math.max(0, fallenDebtMs(before, nowMs) - forgivenAfterMs)
  return { debtMs, atMs: nowMs, nextAtMs: before.nextAtMs }
}

function fallenDebtMs(state: LimitState | undefined, nowMs: number): number {
  return state === undefined ? 0 : Math.max(0, state.debtMs - Math.max(0, nowMs - state.atMs))
}
