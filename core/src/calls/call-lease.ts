import { MINUTE_MS, SECOND_MS } from '../time/durations.ts'
import type { CallFacts } from './call.ts'
import { deriveCallStatus } from './call.ts'

/** How long an authorized call may ring before it counts as lost. */
export const RINGING_MS_MAX = 30 * MINUTE_MS
/** How long after a heartbeat a call counts as alive. */
export const LEASE_MS = 90 * SECOND_MS
/** How long after its hard stop a call's end may still be reported. */
export const HARD_STOP_GRACE_MS = MINUTE_MS

/** What bounds the life of a call whose end nobody reports. Instants are epoch milliseconds. */
export type Lease = {
  readonly authorizedAtMs: number
  /** The hard stop: the longest conversation, handed to the voice stack when the call started. */
  readonly maxDurationMs: number
  /** The last heartbeat; null for a call whose voice stack sends none. */
  readonly lastSeenAtMs: number | null
  /**
   * Whether the call goes through a carrier, which can be asked what became of it. The carrier's answer closes such a
   * call; silence closes nothing before the hard stop.
   */
  readonly throughCarrier: boolean
}

export type PresumedEnd = {
  readonly atMs: number
  readonly reason: 'no_answer_reported' | 'lease_ran_out' | 'hard_stop'
}

/**
 * Finds the epoch millisecond from which the reaper can close the call, if nothing more is reported. Null for a call
 * that is over.
 */
export function findReapTime(facts: CallFacts, lease: Lease): number | null {
  const status = deriveCallStatus(facts)
  if (status === 'authorized') {
    if (lease.throughCarrier) return computeUnansweredDeadline(lease)
    return (lease.lastSeenAtMs ?? lease.authorizedAtMs) + RINGING_MS_MAX
  }
  if (status !== 'in_conversation' || facts.answeredAtMs === null) return null
  const hardStopMs = facts.answeredAtMs + lease.maxDurationMs + HARD_STOP_GRACE_MS
  if (lease.throughCarrier || lease.lastSeenAtMs === null) return hardStopMs
  return Math.min(hardStopMs, findLastSignOfLife(lease.lastSeenAtMs, facts.answeredAtMs) + LEASE_MS)
}

/** Computes when a call through a carrier is certainly over, if its answer was never reported. */
function computeUnansweredDeadline({ authorizedAtMs, maxDurationMs }: Lease): number {
  return authorizedAtMs + RINGING_MS_MAX + maxDurationMs + HARD_STOP_GRACE_MS
}

/**
 * Finds the latest epoch millisecond at which a call can end: its hard stop, counted from its answer, or from the last
 * moment at which it can still be answered.
 */
export function findLatestEnd(
  answeredAtMs: number | null,
  { authorizedAtMs, maxDurationMs }: Pick<Lease, 'authorizedAtMs' | 'maxDurationMs'>,
): number {
  return (answeredAtMs ?? authorizedAtMs + RINGING_MS_MAX) + maxDurationMs
}

/** A call's answer is a sign of life like a heartbeat. */
function findLastSignOfLife(lastSeenAtMs: number, answeredAtMs: number): number {
  return Math.max(lastSeenAtMs, answeredAtMs)
}

/**
 * Decides whether a call must be presumed to have ended, as of `nowMs`, and when. A call with heartbeats ended at its
 * last sign of life: a heartbeat or its answer. A call past its hard stop ended there. A voice stack that never sent a
 * heartbeat is not silent: silence alone never ends its calls before the hard stop. Null: the call goes on.
 *
 * @param listeningSinceMs since when heartbeats could reach this installation without a break; earlier silence is ignored
 */
export function presumeEnd(
  facts: CallFacts,
  lease: Lease,
  listeningSinceMs: number,
  nowMs: number,
): PresumedEnd | null {
  const status = deriveCallStatus(facts)
  if (status === 'authorized') return presumeUnanswered(lease, listeningSinceMs, nowMs)
  if (status !== 'in_conversation' || facts.answeredAtMs === null) return null
  const hardStopMs = facts.answeredAtMs + lease.maxDurationMs
  if (!lease.throughCarrier && lease.lastSeenAtMs !== null) {
    const aliveAtMs = findLastSignOfLife(lease.lastSeenAtMs, facts.answeredAtMs)
    if (nowMs - Math.max(aliveAtMs, listeningSinceMs) >= LEASE_MS) {
      return { atMs: Math.min(aliveAtMs, hardStopMs), reason: 'lease_ran_out' }
    }
  }
  if (nowMs >= hardStopMs + HARD_STOP_GRACE_MS) return { atMs: hardStopMs, reason: 'hard_stop' }
  return null
}

function presumeUnanswered(lease: Lease, listeningSinceMs: number, nowMs: number): PresumedEnd | null {
  if (lease.throughCarrier) {
    if (nowMs < computeUnansweredDeadline(lease)) return null
    return { atMs: lease.authorizedAtMs, reason: 'no_answer_reported' }
  }
  const lastSeenMs = lease.lastSeenAtMs ?? lease.authorizedAtMs
  if (nowMs - Math.max(lastSeenMs, listeningSinceMs) < RINGING_MS_MAX) return null
  return { atMs: lastSeenMs, reason: 'no_answer_reported' }
}
