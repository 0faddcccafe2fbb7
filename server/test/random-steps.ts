import { DAY_MS, HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'

/** One command of the voice stack or the reaper. It names its call by a small number, so that commands meet. */
export type Act = {
  type: 'start' | 'answer' | 'end' | 'heartbeat' | 'reap'
  workspace: number
  call: number
  byExternalId: boolean
  /** Whether a start begins another call if the call of this number is over. */
  again: boolean
  /** Who reports it. */
  by: 'workspace' | 'operator'
  /** How late it is reported. Null: it has no time. */
  agoMs: number | null
  listeningMs: number
}

/** One step of a random history. */
export type Step =
  | { kind: 'acts'; via: 'submit' | 'submitBatch'; engine: number; acts: Act[] }
  | { kind: 'wait'; ms: number }
  | { kind: 'wait to boundary'; workspace: number; offMs: number }
  | {
      kind: 'grant'
      workspace: number
      grantKind: 'promotional' | 'top_up' | 'adjustment'
      ms: number
      lastsMs: number | null
    }
  | { kind: 'deduct'; workspace: number; ms: number }

const workspaceNumber = fc.integer({ min: 0, max: 1 })
const amountMs = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 3 * HOUR_MS }))

const acts: fc.Arbitrary<Act> = fc.record({
  type: fc.constantFrom(
    'start',
    'start',
    'start',
    'answer',
    'answer',
    'answer',
    'end',
    'end',
    'heartbeat',
    'reap',
  ),
  workspace: workspaceNumber,
  call: fc.integer({ min: 0, max: 5 }),
  byExternalId: fc.boolean(),
  again: fc.boolean(),
  by: fc.constantFrom('workspace', 'workspace', 'operator'),
  agoMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: HOUR_MS }) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: DAY_MS }) },
    { weight: 1, arbitrary: fc.constantFrom(-5_000, -5_001, DAY_MS, DAY_MS + 1) },
  ),
  listeningMs: fc.constantFrom(0, MINUTE_MS, 90_000, 30 * MINUTE_MS, 100 * DAY_MS),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('acts' as const),
      via: fc.constantFrom('submit' as const, 'submitBatch' as const),
      engine: fc.integer({ min: 0, max: 1 }),
      acts: fc.array(acts, { minLength: 1, maxLength: 12, size: 'max' }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 10 * MINUTE_MS }) },
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 2 * HOUR_MS }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 70 * DAY_MS }) },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait to boundary' as const),
      workspace: workspaceNumber,
      offMs: fc.constantFrom(-20 * MINUTE_MS, -1, 0, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      workspace: workspaceNumber,
      grantKind: fc.constantFrom('promotional' as const, 'top_up' as const, 'adjustment' as const),
      ms: amountMs,
      lastsMs: fc.option(
        fc.oneof(fc.integer({ min: 1, max: HOUR_MS }), fc.integer({ min: 1, max: 40 * DAY_MS })),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('deduct' as const), workspace: workspaceNumber, ms: amountMs }),
  },
)

/** Random histories of two workspaces with six calls each. */
export const steps = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' })
