import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import {
  type AutoReloadDecision,
  type AutoReloadSituation,
  type Decline,
  decideAutoReload,
  RETRY_AFTER_MS,
  recommendThreshold,
} from './auto-reload.ts'

const runs = propertyRuns(500)
const CREDIT_MS = 60_000
const HOUR_MS = 60 * 60_000
const nowMs = Date.UTC(2026, 10, 22, 10)

/** On, paid, with a card; 20 credits trigger 2 × 100 credits for $24.00. */
const ordinary: AutoReloadSituation = {
  settings: { enabled: true, thresholdMs: 20 * CREDIT_MS, priceMinor: 2400, monthlyCapMinor: 24_000 },
  balanceMs: 20 * CREDIT_MS - 1,
  planPaid: true,
  workspaceActive: true,
  hasCard: true,
  inFlight: false,
  spentThisMonthMinor: 0,
  monthEndsAtMs: Date.UTC(2026, 11, 1),
  hourFullUntilMs: null,
  declines: [],
}

const soft = (agoMs: number): Decline => ({ atMs: nowMs - agoMs, class: 'soft' })
const off = { ...ordinary.settings, enabled: false }

describe('what is decided', () => {
  const cases: [string, Partial<AutoReloadSituation>, string, number | null][] = [
    ['below the threshold it buys', {}, 'buy buying below_threshold', null],
    ['at the threshold it watches', { balanceMs: 20 * CREDIT_MS }, 'wait watching above_threshold', null],
    ['off is off', { settings: off }, 'stop off switched_off', null],
    ['on Free it says so', { planPaid: false }, 'stop plan_required plan_required', null],
    [
      'on Free it says so also where it is off',
      { planPaid: false, settings: off },
      'stop plan_required plan_required',
      null,
    ],
    [
      'a suspended workspace is not charged',
      { workspaceActive: false },
      'stop failed workspace_suspended',
      null,
    ],
    [
      'ten in an hour are enough',
      { hourFullUntilMs: nowMs + 1 },
      'wait waiting hourly_limit_reached',
      nowMs + 1,
    ],
    ['after that hour it buys again', { hourFullUntilMs: nowMs }, 'buy buying below_threshold', null],
    ['one purchase at a time', { inFlight: true }, 'wait buying purchase_in_flight', null],
    ['without a card it has failed', { hasCard: false }, 'stop failed no_card', null],
    [
      'without a card it has failed before the balance is low',
      { hasCard: false, balanceMs: 10 ** 9 },
      'stop failed no_card',
      null,
    ],
    ['after a decline it waits', { declines: [soft(HOUR_MS - 1)] }, 'wait waiting retry_later', nowMs + 1],
    ['an hour later it tries again', { declines: [soft(HOUR_MS)] }, 'buy buying below_threshold', null],
    [
      'after a second decline it waits a day',
      { declines: [soft(25 * HOUR_MS), soft(23 * HOUR_MS)] },
      'wait waiting retry_later',
      nowMs + HOUR_MS,
    ],
    [
      'a day later it tries once more',
      { declines: [soft(25 * HOUR_MS), soft(24 * HOUR_MS)] },
      'buy buying below_threshold',
      null,
    ],
    [
      'after a third decline it stops',
      { declines: [soft(1000 * HOUR_MS), soft(900 * HOUR_MS), soft(800 * HOUR_MS)] },
      'stop failed card_declined',
      null,
    ],
    [
      'a card that will never work is not tried again',
      { declines: [{ atMs: 0, class: 'hard' }] },
      'stop failed card_declined',
      null,
    ],
    [
      'what the customer has to confirm is not tried again',
      { declines: [{ atMs: 0, class: 'action_required' }] },
      'stop failed confirmation_required',
      null,
    ],
    [
      'it has stopped also while the balance is high',
      { declines: [{ atMs: 0, class: 'hard' }], balanceMs: 10 ** 9 },
      'stop failed card_declined',
      null,
    ],
    [
      'while the balance is high there is nothing to wait for',
      { declines: [soft(1)], balanceMs: 10 ** 9 },
      'wait watching above_threshold',
      null,
    ],
    [
      'the cap may be used up to the last cent',
      { spentThisMonthMinor: 24_000 - 2400 },
      'buy buying below_threshold',
      null,
    ],
    [
      'and never passed',
      { spentThisMonthMinor: 24_000 - 2399 },
      'stop capped monthly_cap_reached',
      ordinary.monthEndsAtMs,
    ],
    [
      'without a cap nothing is too much',
      { settings: { ...ordinary.settings, monthlyCapMinor: null }, spentThisMonthMinor: 10 ** 12 },
      'buy buying below_threshold',
      null,
    ],
  ]
  test.each(cases)('%s', (_name, change, expected, untilMs) => {
    const decision = decideAutoReload({ ...ordinary, ...change }, nowMs)
    expect(`${decision.action} ${decision.state} ${decision.reason}`).toBe(expected)
    expect(decision.untilMs).toBe(untilMs)
  })
})

const decline: fc.Arbitrary<Decline> = fc.record({
  atMs: fc.integer({ min: nowMs - 50 * HOUR_MS, max: nowMs }),
  class: fc.constantFrom('soft', 'soft', 'soft', 'hard', 'action_required'),
})

/** Small numbers, so that thresholds, caps and waits are met exactly now and then. */
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

/** Every reason there may be not to buy, looked at one by one: the rule the slow way. */
function reasonsAgainst(at: AutoReloadSituation): string[] {
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

const oftenInnocent = fc.oneof(
  situation,
  situation.map((at) => ({ ...at, planPaid: true, workspaceActive: true, hasCard: true, inFlight: false })),
)

describe('whatever the situation', () => {
  test('it buys exactly where nothing speaks against it, and otherwise says what does', () => {
    fc.assert(
      fc.property(oftenInnocent, (at) => {
        const against = reasonsAgainst(at)
        const { action, reason } = decideAutoReload(at, nowMs)
        expect(action === 'buy').toBe(against.length === 0)
        if (action === 'buy') expect(reason).toBe('below_threshold')
        else expect(against).toContain(reason)
      }),
      runs,
    )
  })

  test('a decision that will change by the clock alone says when, and is the same until then', () => {
    fc.assert(
      fc.property(oftenInnocent, (at) => {
        const { untilMs, ...decision } = decideAutoReload(at, nowMs)
        if (untilMs === null) return
        expect(untilMs).toBeGreaterThan(nowMs)
        expect(decideAutoReload(at, untilMs - 1)).toEqual({ ...decision, untilMs })
        // At the month's end it is not the clock but what was spent that is different.
        const then = decision.reason === 'monthly_cap_reached' ? { ...at, spentThisMonthMinor: 0 } : at
        const { reason } = decideAutoReload(then, untilMs)
        expect(reason).not.toBe('retry_later')
      }),
      runs,
    )
  })

  test('once bought, it does not buy again before the outcome is known', () => {
    fc.assert(
      fc.property(oftenInnocent, (at) => {
        if (decideAutoReload(at, nowMs).action !== 'buy') return
        expect(decideAutoReload({ ...at, inFlight: true }, nowMs).action).toBe('wait')
      }),
      runs,
    )
  })
})

type Attempt = { atMs: number; declined: boolean }

/** Plays auto-reload over an hour's steps, with a card that declines as told and usage that never ends. */
function play(
  at: AutoReloadSituation,
  hours: number,
  declineClass: (attempt: number) => Decline['class'] | null,
) {
  const attempts: Attempt[] = []
  const decisions: AutoReloadDecision[] = []
  let state = at
  for (let hour = 0; hour < hours; hour++) {
    const atMs = nowMs + hour * HOUR_MS
    const decision = decideAutoReload(state, atMs)
    decisions.push(decision)
    if (decision.action !== 'buy') continue
    const answer = declineClass(attempts.length)
    attempts.push({ atMs, declined: answer !== null })
    state =
      answer === null
        ? {
            ...state,
            declines: [],
            spentThisMonthMinor: state.spentThisMonthMinor + state.settings.priceMinor,
          }
        : { ...state, declines: [...state.declines, { atMs, class: answer }] }
  }
  return { attempts, decisions, state }
}

describe('over time', () => {
  test('a card that always declines is tried three times: at once, an hour and a day later', () => {
    const { attempts, decisions } = play(ordinary, 1000, () => 'soft')
    expect(attempts.map(({ atMs }) => (atMs - nowMs) / HOUR_MS)).toEqual([0, 1, 25])
    expect(decisions.at(-1)?.reason).toBe('card_declined')
  })

  test('whatever the card answers, there are never more than three tries between successes, and each is spaced', () => {
    const answers = fc.array(
      fc.constantFrom(null, 'soft' as const, 'hard' as const, 'action_required' as const),
      {
        minLength: 1,
        maxLength: 30,
      },
    )
    fc.assert(
      fc.property(answers, (given) => {
        const uncapped = { ...ordinary, settings: { ...ordinary.settings, monthlyCapMinor: null } }
        const { attempts } = play(uncapped, 200, (attempt) => given[attempt % given.length] ?? null)
        let declinesInARow = 0
        for (const [index, attempt] of attempts.entries()) {
          const before = attempts[index - 1]
          if (before?.declined) {
            expect(attempt.atMs - before.atMs).toBeGreaterThanOrEqual(RETRY_AFTER_MS[0] ?? 0)
          }
          declinesInARow = attempt.declined ? declinesInARow + 1 : 0
          expect(declinesInARow).toBeLessThanOrEqual(RETRY_AFTER_MS.length + 1)
        }
      }),
      runs,
    )
  })

  test('a month never costs more than the cap, however low the balance', () => {
    const settings = fc.record({
      enabled: fc.constant(true),
      thresholdMs: fc.constant(20 * CREDIT_MS),
      priceMinor: fc.integer({ min: 1, max: 5000 }),
      monthlyCapMinor: fc.integer({ min: 0, max: 50_000 }),
    })
    fc.assert(
      fc.property(settings, (chosen) => {
        const { state } = play({ ...ordinary, settings: chosen }, 300, () => null)
        expect(state.spentThisMonthMinor).toBeLessThanOrEqual(chosen.monthlyCapMinor)
        // And no reload is withheld that would still have fitted, in so many hours as there were.
        const reloads = Math.min(300, Math.floor(chosen.monthlyCapMinor / chosen.priceMinor))
        expect(state.spentThisMonthMinor).toBe(reloads * chosen.priceMinor)
      }),
      runs,
    )
  })
})

describe('a recommended threshold', () => {
  const credits = (...amounts: number[]) => amounts.map((amount) => amount * CREDIT_MS)

  test('is what the busiest two hours used, in whole fives of credits', () => {
    expect(recommendThreshold(credits(0, 12, 30.5, 1, 0, 40), 0)).toEqual({
      thresholdMs: 45 * CREDIT_MS,
      busiestMs: 42.5 * CREDIT_MS,
      overnightMs: 0,
      because: 'busiest_hours',
    })
  })

  test('is at least 10 credits', () => {
    expect(recommendThreshold(credits(1, 0, 3), 0)).toMatchObject({
      thresholdMs: 10 * CREDIT_MS,
      because: 'little_usage',
    })
    expect(recommendThreshold([], 0)).toEqual({
      thresholdMs: 10 * CREDIT_MS,
      busiestMs: 0,
      overnightMs: 0,
      because: 'no_usage',
    })
  })

  test('has on top of it what campaigns use overnight', () => {
    expect(recommendThreshold(credits(12, 30.5), 240 * CREDIT_MS)).toEqual({
      thresholdMs: 285 * CREDIT_MS,
      busiestMs: 42.5 * CREDIT_MS,
      overnightMs: 240 * CREDIT_MS,
      because: 'campaigns_overnight',
    })
    expect(recommendThreshold([], 2 * CREDIT_MS)).toMatchObject({
      thresholdMs: 10 * CREDIT_MS,
      because: 'campaigns_overnight',
    })
  })

  test('covers any two hours in a row and the night, and is never a step more than that takes', () => {
    const hourly = fc.array(fc.integer({ min: 0, max: 500 * CREDIT_MS }), { maxLength: 100 })
    const overnight = fc.integer({ min: 0, max: 500 * CREDIT_MS })
    fc.assert(
      fc.property(hourly, overnight, (hours, overnightMs) => {
        const { thresholdMs, busiestMs } = recommendThreshold(hours, overnightMs)
        for (const [index, usedMs] of hours.entries()) {
          expect(thresholdMs).toBeGreaterThanOrEqual(usedMs + (hours[index + 1] ?? 0) + overnightMs)
        }
        expect(thresholdMs % (5 * CREDIT_MS)).toBe(0)
        expect(thresholdMs - Math.max(busiestMs + overnightMs, 10 * CREDIT_MS)).toBeLessThan(5 * CREDIT_MS)
      }),
      runs,
    )
  })
})
