import { describe, expect, test } from 'vitest'
import { nowMs, ordinarySituation, simulateAutoReload } from '../../test/auto-reload-simulation.ts'
import { MS_PER_CREDIT } from '../billing/credits.ts'
import { HOUR_MS } from '../time/durations.ts'
import { type AutoReloadSituation, type Decline, decideAutoReload } from './auto-reload.ts'

const soft = (agoMs: number): Decline => ({ atMs: nowMs - agoMs, class: 'soft' })
const off = { ...ordinarySituation.settings, enabled: false }

describe('auto-reload', () => {
  const cases: [string, Partial<AutoReloadSituation>, string, number | null][] = [
    ['buys below the threshold', {}, 'buy buying below_threshold', null],
    ['watches at the threshold', { balanceMs: 20 * MS_PER_CREDIT }, 'wait watching above_threshold', null],
    ['does nothing when it is off', { settings: off }, 'stop off switched_off', null],
    ['needs a paid plan', { planPaid: false }, 'stop plan_required plan_required', null],
    [
      'says that it needs a paid plan even when it is off',
      { planPaid: false, settings: off },
      'stop plan_required plan_required',
      null,
    ],
    [
      'does not charge a suspended workspace',
      { workspaceActive: false },
      'stop failed workspace_suspended',
      null,
    ],
    [
      'waits when the hourly limit is reached',
      { hourFullUntilMs: nowMs + 1 },
      'wait waiting hourly_limit_reached',
      nowMs + 1,
    ],
    [
      'buys again when the hourly limit allows it',
      { hourFullUntilMs: nowMs },
      'buy buying below_threshold',
      null,
    ],
    ['makes one purchase at a time', { inFlight: true }, 'wait buying purchase_in_flight', null],
    ['has failed without a card', { hasCard: false }, 'stop failed no_card', null],
    [
      'has failed without a card even before the balance is low',
      { hasCard: false, balanceMs: 10 ** 9 },
      'stop failed no_card',
      null,
    ],
    [
      'waits an hour after a decline',
      { declines: [soft(HOUR_MS - 1)] },
      'wait waiting retry_later',
      nowMs + 1,
    ],
    [
      'tries again an hour after a decline',
      { declines: [soft(HOUR_MS)] },
      'buy buying below_threshold',
      null,
    ],
    [
      'waits a day after a second decline',
      { declines: [soft(25 * HOUR_MS), soft(23 * HOUR_MS)] },
      'wait waiting retry_later',
      nowMs + HOUR_MS,
    ],
    [
      'tries once more a day after a second decline',
      { declines: [soft(25 * HOUR_MS), soft(24 * HOUR_MS)] },
      'buy buying below_threshold',
      null,
    ],
    [
      'stops after a third decline',
      { declines: [soft(1000 * HOUR_MS), soft(900 * HOUR_MS), soft(800 * HOUR_MS)] },
      'stop failed card_declined',
      null,
    ],
    [
      'never retries a hard decline',
      { declines: [{ atMs: 0, class: 'hard' }] },
      'stop failed card_declined',
      null,
    ],
    [
      'never retries a charge that the customer must confirm',
      { declines: [{ atMs: 0, class: 'action_required' }] },
      'stop failed confirmation_required',
      null,
    ],
    [
      'says that it has stopped even while the balance is high',
      { declines: [{ atMs: 0, class: 'hard' }], balanceMs: 10 ** 9 },
      'stop failed card_declined',
      null,
    ],
    [
      'does not wait for a retry while the balance is high',
      { declines: [soft(1)], balanceMs: 10 ** 9 },
      'wait watching above_threshold',
      null,
    ],
    [
      'may use up the cap to the last cent',
      { spentThisMonthMinor: 24_000 - 2400 },
      'buy buying below_threshold',
      null,
    ],
    [
      'never exceeds the cap',
      { spentThisMonthMinor: 24_000 - 2399 },
      'stop capped monthly_cap_reached',
      ordinarySituation.monthEndsAtMs,
    ],
    [
      'buys without limit when there is no cap',
      { settings: { ...ordinarySituation.settings, monthlyCapMinor: null }, spentThisMonthMinor: 10 ** 12 },
      'buy buying below_threshold',
      null,
    ],
  ]
  test.each(cases)('%s', (_name, change, expected, untilMs) => {
    const decision = decideAutoReload({ ...ordinarySituation, ...change }, nowMs)
    expect(`${decision.action} ${decision.state} ${decision.reason}`).toBe(expected)
    expect(decision.untilMs).toBe(untilMs)
  })
})

test('a card that always declines is charged three times: at once, an hour and a day later', () => {
  const { attempts, decisions } = simulateAutoReload(ordinarySituation, 1000, () => 'soft')
  expect(attempts.map(({ atMs }) => (atMs - nowMs) / HOUR_MS)).toEqual([0, 1, 25])
  expect(decisions.at(-1)?.reason).toBe('card_declined')
})
