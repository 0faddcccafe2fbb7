import fc from 'fast-check'
import { expect, test } from 'vitest'
import { playCall } from '../../test/play-call.ts'
import { propertyRuns } from '../../test/property-runs.ts'
import type { CallEvent, ReportSource } from './call.ts'
import { computeCallUsage } from './call-usage.ts'

const instant = fc.nat(1_000)
const by = fc.constantFrom<ReportSource>('workspace', 'operator')
const event: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.record({ type: fc.constant('answer' as const), atMs: instant, by }),
  fc.record({ type: fc.constant('end' as const), atMs: instant, reason: fc.constant(null), by }),
  fc.record({ type: fc.constant('presume_end' as const), atMs: instant, reason: fc.constant('hard_stop') }),
  fc.record({ type: fc.constant('cut' as const), atMs: instant }),
)

test('usage is what the call was charged, on the day of its end, and only after a conversation', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 10 }), (stream) => {
      const { facts, effects } = playCall(stream)
      const chargedMs = effects.reduce((sum, { chargeMs }) => sum + chargeMs, 0)
      const usage = computeCallUsage(facts)
      expect(usage === null).toBe(facts.answeredAtMs === null || facts.endedAtMs === null)
      if (usage !== null) expect(usage).toEqual({ endedAtMs: facts.endedAtMs, usedMs: chargedMs })
    }),
    propertyRuns(300),
  )
})
