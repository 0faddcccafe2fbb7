import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { type CallFacts, NEW_CALL_FACTS } from './call.ts'
import {
  findReapTime,
  HARD_STOP_GRACE_MS,
  LEASE_MS,
  type Lease,
  presumeEnd,
  RINGING_MS_MAX,
} from './call-lease.ts'

const runs = propertyRuns(500)
const second = 1_000
const minute = 60 * second
const maxDurationMs = 60 * minute
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
      call: talkingSince(minute),
      closedAfterMs: minute + hardStopMs,
      atMs: minute + maxDurationMs,
    },
  ])(
    'that $what is closed by silence only when its hard stop has passed',
    ({ call, closedAfterMs, atMs }) => {
      expect(presumeEnd(call, through, always, closedAfterMs - 1)).toBeNull()
      expect(presumeEnd(call, through, always, closedAfterMs)?.atMs).toBe(atMs)
    },
  )

  test('is not closed for heartbeats that it does not send', () => {
    const seen = { ...through, lastSeenAtMs: 2 * minute }
    expect(presumeEnd(talkingSince(minute), seen, always, 2 * minute + 2 * LEASE_MS)).toBeNull()
  })
})

describe('a call that rings', () => {
  test('is taken for lost after half an hour without a word, and not a millisecond before', () => {
    expect(presumeEnd(ringing, lease(null), always, RINGING_MS_MAX - 1)).toBeNull()
    expect(presumeEnd(ringing, lease(null), always, RINGING_MS_MAX)).toEqual({
      atMs: 0,
      reason: 'no_answer_reported',
    })
  })

  test('is kept by its heartbeats', () => {
    const kept = lease(10 * minute)
    expect(presumeEnd(ringing, kept, always, 10 * minute + RINGING_MS_MAX - 1)).toBeNull()
    expect(presumeEnd(ringing, kept, always, 10 * minute + RINGING_MS_MAX)?.atMs).toBe(10 * minute)
  })
})

describe('a call in conversation', () => {
  test('whose stack never sent a heartbeat is closed only a grace after its hard stop, and ends at the hard stop', () => {
    const call = talkingSince(5 * second)
    const hardStopMs = 5 * second + maxDurationMs
    expect(presumeEnd(call, lease(null), always, hardStopMs + HARD_STOP_GRACE_MS - 1)).toBeNull()
    expect(presumeEnd(call, lease(null), always, hardStopMs + HARD_STOP_GRACE_MS)).toEqual({
      atMs: hardStopMs,
      reason: 'hard_stop',
    })
  })

  test('whose heartbeats fell silent ended at the last one', () => {
    const call = talkingSince(5 * second)
    expect(presumeEnd(call, lease(minute), always, minute + LEASE_MS - 1)).toBeNull()
    expect(presumeEnd(call, lease(minute), always, minute + LEASE_MS)).toEqual({
      atMs: minute,
      reason: 'lease_ran_out',
    })
  })

  test('is not lost for heartbeats that nobody could hear: silence before listening counts for nothing', () => {
    const call = talkingSince(5 * second)
    const listeningSinceMs = 20 * minute
    expect(presumeEnd(call, lease(minute), listeningSinceMs, listeningSinceMs)).toBeNull()
    expect(presumeEnd(call, lease(minute), listeningSinceMs, listeningSinceMs + LEASE_MS - 1)).toBeNull()
    expect(presumeEnd(call, lease(minute), listeningSinceMs, listeningSinceMs + LEASE_MS)?.atMs).toBe(minute)
  })

  test('that was answered after its last heartbeat has a whole lease from its answer: that was its last sign of life', () => {
    const call = talkingSince(LEASE_MS)
    expect(presumeEnd(call, lease(0), always, LEASE_MS)).toBeNull()
    expect(presumeEnd(call, lease(0), always, 2 * LEASE_MS - 1)).toBeNull()
    expect(presumeEnd(call, lease(0), always, 2 * LEASE_MS)).toEqual({
      atMs: LEASE_MS,
      reason: 'lease_ran_out',
    })
  })

  test('that still sends heartbeats past its hard stop ended at the hard stop', () => {
    const call = talkingSince(0)
    const late = lease(maxDurationMs + 10 * second)
    expect(presumeEnd(call, late, always, maxDurationMs + HARD_STOP_GRACE_MS)).toEqual({
      atMs: maxDurationMs,
      reason: 'hard_stop',
    })
  })
})

describe('looking for lost calls', () => {
  const instant = fc.integer({ min: 0, max: 3 * maxDurationMs })
  const facts: fc.Arbitrary<CallFacts> = fc.record({
    refused: fc.boolean(),
    answeredAtMs: fc.option(instant),
    endedAtMs: fc.option(instant, { freq: 2 }),
    endSource: fc.constantFrom('reported' as const, 'presumed' as const),
    endReason: fc.constant(null),
    settledMs: fc.constant(0),
    settledUntilMs: fc.constant(null),
  })
  const anyLease = fc.record({
    authorizedAtMs: instant,
    maxDurationMs: fc.integer({ min: 1, max: maxDurationMs }),
    lastSeenAtMs: fc.option(instant),
    throughCarrier: fc.boolean(),
  })

  test('the time to look is exactly the time from which there is something to find', () => {
    fc.assert(
      fc.property(facts, anyLease, fc.integer({ min: -2, max: 2 }), (call, itsLease, offMs) => {
        const atMs = findReapTime(call, itsLease)
        if (atMs === null) {
          expect(presumeEnd(call, itsLease, always, Number.MAX_SAFE_INTEGER)).toBeNull()
        } else {
          expect(presumeEnd(call, itsLease, always, atMs + offMs) !== null).toBe(offMs >= 0)
        }
      }),
      runs,
    )
  })

  test('a server that began to listen later finds the same or nothing yet', () => {
    fc.assert(
      fc.property(facts, anyLease, instant, instant, (call, itsLease, listeningSinceMs, nowMs) => {
        const found = presumeEnd(call, itsLease, listeningSinceMs, nowMs)
        // A carrier can be asked afterwards, so it does not matter who listened.
        if (itsLease.throughCarrier) {
          expect(presumeEnd(call, itsLease, always, nowMs)).toEqual(found)
          return
        }
        if (found?.reason === 'lease_ran_out' || found?.reason === 'no_answer_reported') {
          expect(nowMs - listeningSinceMs).toBeGreaterThanOrEqual(LEASE_MS)
          expect(presumeEnd(call, itsLease, always, nowMs)).toEqual(found)
        }
      }),
      runs,
    )
  })

  test('a conversation is presumed to end between its answer and its hard stop', () => {
    fc.assert(
      fc.property(facts, anyLease, instant, instant, (call, itsLease, listeningSinceMs, nowMs) => {
        const found = presumeEnd(call, itsLease, listeningSinceMs, nowMs)
        if (found === null || call.answeredAtMs === null) return
        expect(found.atMs).toBeGreaterThanOrEqual(call.answeredAtMs)
        expect(found.atMs).toBeLessThanOrEqual(call.answeredAtMs + itsLease.maxDurationMs)
      }),
      runs,
    )
  })
})
