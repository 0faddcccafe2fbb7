import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT, msFromCredits } from '@talktime/core/billing/credits'
import type { Actor } from '../../access/index.ts'
import { findEarliest } from './earliest.ts'
import { grantWelcomeCredits } from './welcome-credits.ts'
import { countRefusals, type YearActor } from './year-actor.ts'
import { createYearPayments, type YearPayments } from './year-payments.ts'
import type { YearWorld } from './year-world.ts'

export type YearCustomerDeps = {
  readonly world: YearWorld
  readonly workspaceId: string
  /** The person who buys. */
  readonly buyer: Actor
  readonly timeZone: string
  readonly startsAtMs: number
  readonly endsAtMs: number
}

type Year = Pick<YearCustomerDeps, 'timeZone' | 'startsAtMs' | 'endsAtMs'>

const CURRENCY = 'USD'

/** Below this balance the customer buys credits by hand. */
const LOW_MS = 200 * MS_PER_CREDIT
/** Below this balance the trial ends with an upgrade. */
const TRIAL_OVER_MS = 45 * MS_PER_CREDIT

/** What the customer buys by hand, in turn. */
const handPurchases = [
  { packageId: 'credits_500', quantity: 1 },
  { packageId: 'credits_1000', quantity: 1 },
  { packageId: 'credits_500', quantity: 2 },
]

/** From this share of the year on, the customer once buys only after this number of refused calls. */
const lapse = { share: 0.2, refusals: 11 }
/** The number of refused calls after which a declined card is replaced. */
const REFUSALS_UNTIL_NEW_CARD = 14

/** Something the customer does once. Steps happen in order. */
type Step = {
  /** The earliest time; null if only `isReady` decides. */
  readonly atMs: number | null
  readonly isReady?: (balanceMs: number) => boolean
  readonly run: () => Promise<void>
}

/** What changes during the year. */
type CustomerState = {
  /** Refused calls since the last purchase by hand or change of card. */
  refusals: number
  handPurchaseCount: number
  hasLapsed: boolean
  stepsDone: number
}

/** The number of the first steps, those of the trial: the welcome and the upgrade. */
const TRIAL_STEPS_LENGTH = 2

/**
 * A customer who starts on the Free plan with welcome credits, upgrades by card, buys credits by hand, then leaves that
 * to auto-reload, has a card that is declined for a while, and upgrades once more. Every step is a command of the
 * product, with the payment through the sandbox bank.
 */
export function createYearCustomer(deps: YearCustomerDeps): YearActor {
  const { world, workspaceId, buyer } = deps
  const payments = createYearPayments(world, workspaceId, buyer)
  const state: CustomerState = { refusals: 0, handPurchaseCount: 0, hasLapsed: false, stepsDone: 0 }
  const steps = planSteps(payments, state, deps, () => grantWelcomeCredits(world.ledger, workspaceId))

  return {
    findDueAtMs: (line) => findEarliest([payments.findDueAtMs(line), steps[state.stepsDone]?.atMs]),
    async act(line, nowMs) {
      if (await payments.chargeDue(line, nowMs)) return true
      const step = steps[state.stepsDone]
      const balanceMs = balanceAt(line, nowMs)
      if (step !== undefined && (step.atMs ?? nowMs) <= nowMs && (step.isReady?.(balanceMs) ?? true)) {
        state.stepsDone += 1
        await step.run()
        return true
      }
      return buyByHand(
        payments,
        state,
        balanceMs,
        (nowMs - deps.startsAtMs) / (deps.endsAtMs - deps.startsAtMs),
      )
    },
    onBoundary: () => payments.chargeRenewal(),
    onOutcomes(outcomes) {
      state.refusals += countRefusals(outcomes)
    },
  }
}

function planSteps(
  payments: YearPayments,
  state: CustomerState,
  year: Year,
  welcome: () => Promise<void>,
): readonly Step[] {
  return [
    { atMs: year.startsAtMs, run: welcome },
    {
      atMs: null,
      isReady: (balanceMs) => balanceMs < TRIAL_OVER_MS,
      async run() {
        await payments.replaceCard('success')
        await payments.upgrade('growth')
      },
    },
    {
      atMs: findMorning(year, 0.36),
      run: () =>
        enableAutoReload(payments, { thresholdCredits: 150, packageId: 'credits_500', capMinor: 50_000 }),
    },
    {
      atMs: findMorning(year, 0.52),
      async run() {
        await payments.replaceCard('insufficient_funds')
        state.refusals = 0
      },
    },
    {
      atMs: null,
      isReady: () => state.refusals >= REFUSALS_UNTIL_NEW_CARD,
      run: () => payments.replaceCard('success'),
    },
    { atMs: findMorning(year, 0.6), run: () => payments.upgrade('scale') },
    {
      // The simulated calls that continue after the year use more credits than any plan includes.
      atMs: findMorning(year, 0.93),
      run: () =>
        enableAutoReload(payments, { thresholdCredits: 300, packageId: 'credits_1000', capMinor: 500_000 }),
    },
  ]
}

/** 9:25 local time on the day on which this share of the year is over. */
function findMorning({ timeZone, startsAtMs, endsAtMs }: Year, share: number): number {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(startsAtMs + share * (endsAtMs - startsAtMs)))
    .toZonedDateTimeISO(timeZone)
    .withPlainTime('09:25').epochMilliseconds
}

function enableAutoReload(
  payments: YearPayments,
  choice: { thresholdCredits: number; packageId: string; capMinor: number },
): Promise<void> {
  return payments.setAutoReload({
    enabled: true,
    thresholdMs: msFromCredits(choice.thresholdCredits),
    packageId: choice.packageId,
    quantity: 1,
    monthlyCap: { minor: choice.capMinor, currency: CURRENCY },
  })
}

/** Buys credits if the balance is low and neither the trial nor auto-reload takes care of it. Returns whether it did. */
async function buyByHand(
  payments: YearPayments,
  state: CustomerState,
  balanceMs: number,
  share: number,
): Promise<boolean> {
  const isOnTrial = state.stepsDone < TRIAL_STEPS_LENGTH
  if (isOnTrial || payments.hasAutoReload || balanceMs >= LOW_MS) return false
  if (!state.hasLapsed && share >= lapse.share) {
    if (state.refusals < lapse.refusals) return false
    state.hasLapsed = true
  }
  const { packageId, quantity } = handPurchases[state.handPurchaseCount % handPurchases.length] ?? {
    packageId: '',
    quantity: 0,
  }
  state.handPurchaseCount += 1
  state.refusals = 0
  await payments.buy(packageId, quantity)
  return true
}
