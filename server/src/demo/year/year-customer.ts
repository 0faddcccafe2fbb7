import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT, msFromCredits } from '@talktime/core/billing/credits'
import type { Actor } from '../../access/index.ts'
import { grantByOperator } from '../../ledger/index.ts'
import { refusalsIn, type YearCaretaker } from './year-actor.ts'
import { createYearPurse } from './year-payments.ts'
import type { YearWorld } from './year-world.ts'

export type YearCustomerDeps = {
  readonly world: YearWorld
  readonly workspaceId: string
  /** Who buys. */
  readonly actor: Actor
  readonly timeZone: string
  readonly startsAtMs: number
  readonly endsAtMs: number
}

const dayMs = 24 * 60 * 60_000
const currency = 'USD'

/** Below this a customer who looks now and then buys more. */
const lowMs = 200 * MS_PER_CREDIT
/** Below this the trial is as good as over. */
const trialOverMs = 45 * MS_PER_CREDIT

/** What is bought by hand, in turn. */
const byHand = [
  { packageId: 'credits_500', quantity: 1 },
  { packageId: 'credits_1000', quantity: 1 },
  { packageId: 'credits_500', quantity: 2 },
]

/** In a month in which nobody looks, so many calls are refused before somebody buys. */
const unwatched = { share: 0.2, refusals: 11 }
/** And so many before somebody asks what is the matter with the card. */
const refusalsUntilNewCard = 14

/** Something the customer does once; each waits for the one before. */
type Step = {
  /** Not before; null: it depends on nothing but `ready`. */
  readonly atMs: number | null
  readonly ready?: (balanceMs: number) => boolean
  readonly act: (nowMs: number) => Promise<void>
}

/**
 * Begins on the plan Free with credits to try it with, upgrades by card, buys by hand, leaves that to auto-reload, has a
 * card that is declined for a while, and upgrades once more. Everything through the product's own commands.
 */
export function createYearCustomer(deps: YearCustomerDeps): YearCaretaker {
  const { world, workspaceId, actor, startsAtMs, endsAtMs } = deps
  const purse = createYearPurse(world, workspaceId, actor)
  let refusals = 0
  let bought = 0
  let lapsed = false

  const shareAt = (atMs: number) => (atMs - startsAtMs) / (endsAtMs - startsAtMs)

  /** In the morning of the day on which so much of the year is over. */
  const morningAt = (share: number) =>
    Temporal.Instant.fromEpochMilliseconds(Math.round(startsAtMs + share * (endsAtMs - startsAtMs)))
      .toZonedDateTimeISO(deps.timeZone)
      .withPlainTime('09:25').epochMilliseconds

  const steps: readonly Step[] = [
    { atMs: startsAtMs, act: welcome },
    {
      atMs: null,
      ready: (balanceMs) => balanceMs < trialOverMs,
      async act() {
        await purse.useCard('success')
        await purse.upgrade('growth')
      },
    },
    {
      atMs: morningAt(0.36),
      act: () => setAutoReload({ thresholdCredits: 150, packageId: 'credits_500', capMinor: 50_000 }),
    },
    {
      atMs: morningAt(0.52),
      async act() {
        await purse.useCard('insufficient_funds')
        refusals = 0
      },
    },
    { atMs: null, ready: () => refusals >= refusalsUntilNewCard, act: () => purse.useCard('success') },
    { atMs: morningAt(0.6), act: () => purse.upgrade('scale') },
    {
      // The simulated calls that go on after the year use more than any plan has.
      atMs: morningAt(0.93),
      act: () => setAutoReload({ thresholdCredits: 300, packageId: 'credits_1000', capMinor: 500_000 }),
    },
  ]
  let stepsDone = 0

  async function welcome(nowMs: number): Promise<void> {
    const grant = {
      kind: 'promotional',
      amountMs: msFromCredits(250),
      expiresAtMs: nowMs + 60 * dayMs,
      reason: 'Welcome credits',
    } as const
    await world.ledger.changeWorkspace(workspaceId, (change) =>
      grantByOperator(change.tx, change.unit, grant, change.nowMs),
    )
  }

  function setAutoReload(choice: { thresholdCredits: number; packageId: string; capMinor: number }) {
    return purse.setAutoReload({
      enabled: true,
      thresholdMs: msFromCredits(choice.thresholdCredits),
      packageId: choice.packageId,
      quantity: 1,
      monthlyCap: { minor: choice.capMinor, currency },
    })
  }

  /** Buys where the balance is low and somebody looks. */
  async function buyByHand(balanceMs: number, nowMs: number): Promise<boolean> {
    const onTrial = stepsDone < 2
    if (onTrial || purse.reloads || balanceMs >= lowMs) return false
    if (!lapsed && shareAt(nowMs) >= unwatched.share) {
      if (refusals < unwatched.refusals) return false
      lapsed = true
    }
    const { packageId, quantity } = byHand[bought % byHand.length] ?? { packageId: '', quantity: 0 }
    bought += 1
    refusals = 0
    await purse.buy(packageId, quantity)
    return true
  }

  return {
    dueAtMs(line) {
      const times = [purse.dueAtMs(line), steps[stepsDone]?.atMs ?? null].filter((atMs) => atMs !== null)
      return times.length === 0 ? null : Math.min(...times)
    },
    async look(line, nowMs) {
      if (await purse.chargeDue(line, nowMs)) return true
      const step = steps[stepsDone]
      const balanceMs = balanceAt(line, nowMs)
      if (step !== undefined && (step.atMs ?? nowMs) <= nowMs && (step.ready?.(balanceMs) ?? true)) {
        stepsDone += 1
        await step.act(nowMs)
        return true
      }
      return buyByHand(balanceMs, nowMs)
    },
    passedBoundary: () => purse.chargeRenewal(),
    hear(outcomes) {
      refusals += refusalsIn(outcomes)
    },
  }
}
