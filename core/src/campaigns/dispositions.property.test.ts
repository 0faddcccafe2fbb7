import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import {
  classifyDisposition,
  type Disposition,
  decideContactState,
  type RetryPolicy,
} from './dispositions.ts'

const runs = propertyRuns(300)
const dispositions = [
  'reached',
  'no_answer',
  'busy',
  'failed',
  'voicemail',
  'canceled',
  'not_called',
] as const satisfies readonly Disposition[]
const disposition = fc.constantFrom(...dispositions)
const policy: fc.Arbitrary<RetryPolicy> = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 5 }),
  afterMs: fc.integer({ min: 0, max: 10 ** 9 }),
  on: fc.subarray([...dispositions]),
})

describe('a contact', () => {
  test('is called no more often than its policy allows, dials that reached no phone aside', () => {
    fc.assert(
      fc.property(policy, fc.array(disposition, { maxLength: 40 }), (given, outcomes) => {
        let attempts = 0
        for (const outcome of outcomes) {
          const decision = decideContactState(outcome, attempts + 1, given, 0)
          if (decision.state !== 'waiting') break
          if (decision.counts) attempts += 1
          expect(attempts).toBeLessThan(given.attemptsMax)
        }
      }),
      runs,
    )
  })

  test('that was reached is never called again, and one that waits is never called before its dial ended', () => {
    fc.assert(
      fc.property(policy, disposition, fc.integer({ min: 1, max: 9 }), fc.nat(), (given, ended, n, atMs) => {
        const decision = decideContactState(ended, n, given, atMs)
        expect(decision.state === 'reached').toBe(ended === 'reached')
        if (decision.state === 'waiting') expect(decision.nextAttemptAtMs).toBeGreaterThanOrEqual(atMs)
      }),
      runs,
    )
  })
})

test('an answered call counts as reached unless a mailbox answered it or no phone rang', () => {
  const reason = fc.option(
    fc.constantFrom('completed', 'hung_up', 'busy', 'failed', 'voicemail', 'withdrawn', 'anything'),
  )
  fc.assert(
    fc.property(reason, fc.boolean(), (endReason, lost) => {
      const found = classifyDisposition({ refused: false, answered: true, endReason, lost })
      const expected = new Map([
        ['voicemail', 'voicemail'],
        ['withdrawn', 'not_called'],
      ]).get(endReason ?? '')
      expect(found).toBe(expected ?? 'reached')
    }),
    runs,
  )
})
