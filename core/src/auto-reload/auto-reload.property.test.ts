import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nowMs, ordinarySituation, simulateAutoReload } from '../../test/auto-reload-simulation.ts'
import { propertyRuns } from '../../test/property-runs.ts'
import { MS_PER_CREDIT } from '../billing/credits.ts'
import { HOUR_MS } from '../time/durations.ts'
import { type AutoReloadSituation, type Decline, decideAutoReload, RETRY_AFTER_MS } from './auto-reload.ts'

const runs = propertyRuns(500)

const decline: fc.Arbitrary<Decline> = fc.record({
  atMs: fc.integer({ min: nowMs - 50 * HOUR_MS, max: nowMs }),
  class: fc.constantFrom('soft', 'soft', 'soft', 'hard', 'action_required'),
})

/** Small numbers, so that thresholds, caps and waits are often met exactly. */
const situation: fc.Arbitrary<AutoReloadSituation> = fc.record({
  settings: fc.record({
    enabled: fc.boolean(),
    thresholdMs: fc.integer({ min: 1, max: 5 }),
    priceMinor: fc.integer({ min: 0, max: 3 }),
    monthlyCapMinor: fc.option(fc.integer({ min: 0, max: 10 })),
  }),
  balanceMs: fc.integer({ min: -3, max: 8 }),
  planPaid: fc.boolean(),
  workspaceActive: fc.boolean(),
  hasCard: fc.boolean(),
  inFlight: fc.boolean(),
  spentThisMonthMinor: fc.integer({ min: 0, max: 12 }),
  monthEndsAtMs: fc.integer({ min: nowMs + 1, max: nowMs + 31 * 24 * HOUR_MS }),
  hourFullUntilMs: fc.option(fc.integer({ min: nowMs - HOUR_MS, max: nowMs + HOUR_MS })),
  declines: fc
    .array(decline, { maxLength: 4 })
    .map((declines) => declines.toSorted((one, other) => one.atMs - other.atMs)),
})

/** Checks every reason against buying, one by one: the rule stated independently. */
function listReasonsAgainst(at: AutoReloadSituation): string[] {
  const { settings, declines } = at
  const last = declines.at(-1)
  const retryAfterMs = RETRY_AFTER_MS[declines.length - 1]
  const against: [string, boolean][] = [
    ['plan_required', !at.planPaid],
    ['switched_off', !settings.enabled],
    ['workspace_suspended', !at.workspaceActive],
    ['purchase_in_flight', at.inFlight],
    ['no_card', !at.hasCard],
    ['card_declined', last !== undefined && (last.class === 'hard' || retryAfterMs === undefined)],
    ['confirmation_required', last?.class === 'action_required'],
    ['above_threshold', at.balanceMs >= settings.thresholdMs],
    ['retry_later', last !== undefined && nowMs < last.atMs + (retryAfterMs ?? 0)],
    [
      'monthly_cap_reached',
      settings.monthlyCapMinor !== null &&
        at.spentThisMonthMinor + settings.priceMinor > settings.monthlyCapMinor,
    ],
    ['hourly_limit_reached', at.hourFullUntilMs !== null && nowMs < at.hourFullUntilMs],
  ]
  return against.filter(([, holds]) => holds).map(([reason]) => reason)
}

const oftenUnhindered = fc.oneof(
  situation,
  situation.map((at) => ({ ...at, planPaid: true, workspaceActive: true, hasCard: true, inFlight: false })),
)

describe('auto-reload, whatever the situation,', () => {
  test('buys exactly when no reason against it applies, and otherwise gives one that does', () => {
    fc.assert(
      fc.property(oftenUnhindered, (at) => {
        const against = listReasonsAgainst(at)
        const { action, reason } = decideAutoReload(at, nowMs)
        expect(action === 'buy').toBe(against.length === 0)
        if (action === 'buy') expect(reason).toBe('below_threshold')
        else expect(against).toContain(reason)
      }),
      runs,
    )
  })

  test('says when time alone will change its decision, and keeps it until then', () => {
    fc.assert(
      fc.property(oftenUnhindered, (at) => {
        const { untilMs, ...decision } = decideAutoReload(at, nowMs)
        if (untilMs === null) return
        expect(untilMs).toBeGreaterThan(nowMs)
        expect(decideAutoReload(at, untilMs - 1)).toEqual({ ...decision, untilMs })
        // At the month's end it is the spending that changes, not the clock.
        const then = decision.reason === 'monthly_cap_reached' ? { ...at, spentThisMonthMinor: 0 } : at
        const { reason } = decideAutoReload(then, untilMs)
        expect(reason).not.toBe('retry_later')
      }),
      runs,
    )
  })

  test('does not buy again before the outcome of a purchase is known', () => {
    fc.assert(
      fc.property(oftenUnhindered, (at) => {
        if (decideAutoReload(at, nowMs).action !== 'buy') return
        expect(decideAutoReload({ ...at, inFlight: true }, nowMs).action).toBe('wait')
      }),
      runs,
    )
  })
})

describe('auto-reload over time', () => {
  test('makes at most three attempts between successes, spaced apart, however the card declines', () => {
    const answers = fc.array(
      fc.constantFrom(null, 'soft' as const, 'hard' as const, 'action_required' as const),
      {
        minLength: 1,
        maxLength: 30,
      },
    )
    fc.assert(
      fc.property(answers, (given) => {
        const uncapped = {
          ...ordinarySituation,
          settings: { ...ordinarySituation.settings, monthlyCapMinor: null },
        }
        const { attempts } = simulateAutoReload(
          uncapped,
          200,
          (attempt) => given[attempt % given.length] ?? null,
        )
        let declinesInARow = 0
        for (const [index, attempt] of attempts.entries()) {
          const before = attempts[index - 1]
          if (before?.isDeclined) {
            expect(attempt.atMs - before.atMs).toBeGreaterThanOrEqual(RETRY_AFTER_MS[0] ?? 0)
          }
          declinesInARow = attempt.isDeclined ? declinesInARow + 1 : 0
          expect(declinesInARow).toBeLessThanOrEqual(RETRY_AFTER_MS.length + 1)
        }
      }),
      runs,
    )
  })

  test('spends up to the monthly cap and never more, however low the balance stays', () => {
    const settings = fc.record({
      enabled: fc.constant(true),
      thresholdMs: fc.constant(20 * MS_PER_CREDIT),
      priceMinor: fc.integer({ min: 1, max: 5000 }),
      monthlyCapMinor: fc.integer({ min: 0, max: 50_000 }),
    })
    fc.assert(
      fc.property(settings, (chosen) => {
        const { situation: after } = simulateAutoReload(
          { ...ordinarySituation, settings: chosen },
          300,
          () => null,
        )
        expect(after.spentThisMonthMinor).toBeLessThanOrEqual(chosen.monthlyCapMinor)
        // No reload that still fitted is withheld: one an hour was possible.
        const reloads = Math.min(300, Math.floor(chosen.monthlyCapMinor / chosen.priceMinor))
        expect(after.spentThisMonthMinor).toBe(reloads * chosen.priceMinor)
      }),
      runs,
    )
  })
})
