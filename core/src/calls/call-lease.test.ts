import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/durations.ts'
import { type CallFacts, NEW_CALL_FACTS } from './call.ts'
import { HARD_STOP_GRACE_MS, LEASE_MS, type Lease, presumeEnd, RINGING_MS_MAX } from './call-lease.ts'

const maxDurationMs = HOUR_MS
const always = Number.NEGATIVE_INFINITY

const ringing = NEW_CALL_FACTS
const talkingSince = (answeredAtMs: number): CallFacts => ({ ...NEW_CALL_FACTS, answeredAtMs })
const lease = (lastSeenAtMs: number | null, authorizedAtMs = 0): Lease => ({
  authorizedAtMs,
  maxDurationMs,
  lastSeenAtMs,
  throughCarrier: false,
})

describe('a call through a carrier', () => {
  const through = { ...lease(null), throughCarrier: true }
  const hardStopMs = maxDurationMs + HARD_STOP_GRACE_MS

  test.each([
    { what: 'rings', call: ringing, closedAfterMs: RINGING_MS_MAX + hardStopMs, atMs: 0 },
    {
      what: 'talks',
      call: talkingSince(MINUTE_MS),
      closedAfterMs: MINUTE_MS + hardStopMs,
      atMs: MINUTE_MS + maxDurationMs,
    },
  ])('that $what is closed by silence only after its hard stop', ({ call, closedAfterMs, atMs }) => {
    expect(presumeEnd(call, through, always, closedAfterMs - 1)).toBeNull()
    expect(presumeEnd(call, through, always, closedAfterMs)?.atMs).toBe(atMs)
  })

  test('is not closed when its heartbeats stop', () => {
    const seen = { ...through, lastSeenAtMs: 2 * MINUTE_MS }
    expect(presumeEnd(talkingSince(MINUTE_MS), seen, always, 2 * MINUTE_MS + 2 * LEASE_MS)).toBeNull()
  })
})

describe('a call that rings', () => {
  test('counts as lost after half an hour of silence, and not a millisecond earlier', () => {
    expect(presumeEnd(ringing, lease(null), always, RINGING_MS_MAX - 1)).toBeNull()
    expect(presumeEnd(ringing, lease(null), always, RINGING_MS_MAX)).toEqual({
      atMs: 0,
      reason: 'no_answer_reported',
    })
  })

  test('is kept alive by its heartbeats', () => {
    const kept = lease(10 * MINUTE_MS)
    expect(presumeEnd(ringing, kept, always, 10 * MINUTE_MS + RINGING_MS_MAX - 1)).toBeNull()
    expect(presumeEnd(ringing, kept, always, 10 * MINUTE_MS + RINGING_MS_MAX)?.atMs).toBe(10 * MINUTE_MS)
  })
})

describe('a call in conversation', () => {
  test('without heartbeats ends at its hard stop, and is closed a grace period later', () => {
    const call = talkingSince(5 * SECOND_MS)
    const hardStopMs = 5 * SECOND_MS + maxDurationMs
    expect(presumeEnd(call, lease(null), always, hardStopMs + HARD_STOP_GRACE_MS - 1)).toBeNull()
    expect(presumeEnd(call, lease(null), always, hardStopMs + HARD_STOP_GRACE_MS)).toEqual({
      atMs: hardStopMs,
      reason: 'hard_stop',
    })
  })

  test('whose heartbeats stopped ended at the last one', () => {
    const call = talkingSince(5 * SECOND_MS)
    expect(presumeEnd(call, lease(MINUTE_MS), always, MINUTE_MS + LEASE_MS - 1)).toBeNull()
    expect(presumeEnd(call, lease(MINUTE_MS), always, MINUTE_MS + LEASE_MS)).toEqual({
      atMs: MINUTE_MS,
      reason: 'lease_ran_out',
    })
  })

  test('is not lost for heartbeats that no server could receive', () => {
    const call = talkingSince(5 * SECOND_MS)
    const listeningSinceMs = 20 * MINUTE_MS
    expect(presumeEnd(call, lease(MINUTE_MS), listeningSinceMs, listeningSinceMs)).toBeNull()
    expect(presumeEnd(call, lease(MINUTE_MS), listeningSinceMs, listeningSinceMs + LEASE_MS - 1)).toBeNull()
    expect(presumeEnd(call, lease(MINUTE_MS), listeningSinceMs, listeningSinceMs + LEASE_MS)?.atMs).toBe(
      MINUTE_MS,
    )
  })

  test('answered after its last heartbeat has a whole lease from its answer', () => {
    const call = talkingSince(LEASE_MS)
    expect(presumeEnd(call, lease(0), always, LEASE_MS)).toBeNull()
    expect(presumeEnd(call, lease(0), always, 2 * LEASE_MS - 1)).toBeNull()
    expect(presumeEnd(call, lease(0), always, 2 * LEASE_MS)).toEqual({
      atMs: LEASE_MS,
      reason: 'lease_ran_out',
    })
  })

  test('that sends heartbeats past its hard stop ended at the hard stop', () => {
    const call = talkingSince(0)
    const late = lease(maxDurationMs + 10 * SECOND_MS)
    expect(presumeEnd(call, late, always, maxDurationMs + HARD_STOP_GRACE_MS)).toEqual({
      atMs: maxDurationMs,
      reason: 'hard_stop',
    })
  })
})
