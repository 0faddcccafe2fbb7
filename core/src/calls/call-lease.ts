import type { CallFacts } from './call.ts'
import { deriveCallStatus } from './call.ts'

/** How long an authorized call may ring before it is taken for lost. */
export const RINGING_MS_MAX = 30 * 60_000
/** How long after a heartbeat a call is still taken to be alive. */
export const LEASE_MS = 90_000
/** How long after its hard stop a call's end may take to be reported. */
export const HARD_STOP_GRACE_MS = 60_000

export type Lease = {
  readonly authorizedAtMs: number
  /** Handed to the voice stack when the call started: its hard stop. */
  readonly maxDurationMs: number
  /** The last heartbeat, or null for a call whose stack sends none. */
  readonly lastSeenAtMs: number | null
  /**
   * Whether it goes through a carrier that can be asked what became of it. Such a call is closed by what the carrier
   * says; its silence closes nothing before the hard stop has passed.
   */
  readonly throughCarrier: boolean
}

export type PresumedEnd = {
  readonly atMs: number
  readonly reason: 'no_answer_reported' | 'lease_ran_out' | 'hard_stop'
}

/** From when on the reaper has to look at the call; null where it is over. */
export function findReapTime(facts: CallFacts, lease: Lease): number | null {
  const status = deriveCallStatus(facts)
  if (status === 'authorized') {
    if (lease.throughCarrier) return hardStopUnansweredMs(lease)
    return (lease.lastSeenAtMs ?? lease.authorizedAtMs) + RINGING_MS_MAX
  }
  if (status !== 'in_conversation' || facts.answeredAtMs === null) return null
  const hardStopMs = facts.answeredAtMs + lease.maxDurationMs + HARD_STOP_GRACE_MS
  if (lease.throughCarrier || lease.lastSeenAtMs === null) return hardStopMs
  return Math.min(hardStopMs, lastSignOfLifeMs(lease.lastSeenAtMs, facts.answeredAtMs) + LEASE_MS)
}

/** Of a call through a carrier whose answer nobody reported: when it is over at the latest, if it was answered. */
function hardStopUnansweredMs({ authorizedAtMs, maxDurationMs }: Lease): number {
  return authorizedAtMs + RINGING_MS_MAX + maxDurationMs + HARD_STOP_GRACE_MS
}

/** When a call is over at the latest: at its hard stop, counted from an answer that may still come. */
export function findLatestEnd(
  answeredAtMs: number | null,
  { authorizedAtMs, maxDurationMs }: Pick<Lease, 'authorizedAtMs' | 'maxDurationMs'>,
): number {
  return (answeredAtMs ?? authorizedAtMs + RINGING_MS_MAX) + maxDurationMs
}

/** Of a call in conversation that sends heartbeats: the last one, or its answer where that came later. */
function lastSignOfLifeMs(lastSeenAtMs: number, answeredAtMs: number): number {
  return Math.max(lastSeenAtMs, answeredAtMs)
}

/**
 * Whether and when the call is to be taken for ended at `nowMs`. A call that sends heartbeats ended at its last
 * sign of life, a heartbeat or its answer; one that passed its hard stop ended there. A missing heartbeat of a
 * stack that never sent one says nothing: "no answer" is never "ended".
 *
 * @param listeningSinceMs since when heartbeats could reach us without a break: silence before counts for nothing
 */
export function presumeEnd(
  facts: CallFacts,
  lease: Lease,
  listeningSinceMs: number,
  nowMs: number,
): PresumedEnd | null {
  const status = deriveCallStatus(facts)
  if (status === 'authorized') {
    if (lease.throughCarrier) {
      if (nowMs < hardStopUnansweredMs(lease)) return null
      return { atMs: lease.authorizedAtMs, reason: 'no_answer_reported' }
    }
    const quietSinceMs = Math.max(lease.lastSeenAtMs ?? lease.authorizedAtMs, listeningSinceMs)
    if (nowMs - quietSinceMs < RINGING_MS_MAX) return null
    return { atMs: lease.lastSeenAtMs ?? lease.authorizedAtMs, reason: 'no_answer_reported' }
  }
  if (status !== 'in_conversation' || facts.answeredAtMs === null) return null
  const hardStopMs = facts.answeredAtMs + lease.maxDurationMs
  if (!lease.throughCarrier && lease.lastSeenAtMs !== null) {
    const aliveAtMs = lastSignOfLifeMs(lease.lastSeenAtMs, facts.answeredAtMs)
    if (nowMs - Math.max(aliveAtMs, listeningSinceMs) >= LEASE_MS) {
      return { atMs: Math.min(aliveAtMs, hardStopMs), reason: 'lease_ran_out' }
    }
  }
  if (nowMs >= hardStopMs + HARD_STOP_GRACE_MS) return { atMs: hardStopMs, reason: 'hard_stop' }
  return null
}
