import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { HOUR_MS } from '../time/durations.ts'
import type { CallFacts } from './call.ts'
import { findReapTime, LEASE_MS, presumeEnd } from './call-lease.ts'

const runs = propertyRuns(500)
const maxDurationMs = HOUR_MS
const always = Number.NEGATIVE_INFINITY

describe('the reaper', () => {
  const instant = fc.integer({ min: 0, max: 3 * maxDurationMs })
  const facts: fc.Arbitrary<CallFacts> = fc.record({
    refused: fc.boolean(),
    answeredAtMs: fc.option(instant),
    answeredBy: fc.constant(null),
    endedAtMs: fc.option(instant, { freq: 2 }),
    endedBy: fc.constant(null),
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

  test('finds a presumed end from the reap time on, and not before it', () => {
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

  test('finds the same end, or none yet, on a server that started to listen later', () => {
    fc.assert(
      fc.property(facts, anyLease, instant, instant, (call, itsLease, listeningSinceMs, nowMs) => {
        const found = presumeEnd(call, itsLease, listeningSinceMs, nowMs)
        // A carrier can be asked later, so it does not matter which server listened.
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

  test('presumes the end of a conversation between its answer and its hard stop', () => {
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
