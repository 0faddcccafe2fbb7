import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { grantByOperator, type Ledger, type LineRow } from '../../server/src/ledger/index.ts'
import { orderTopUp, type Payments } from '../../server/src/payments/index.ts'
import { choosePendingPlan } from '../../server/src/plans/index.ts'
import type { Clock } from '../../server/src/platform/clock.ts'
import type { Database } from '../../server/src/platform/database/database.ts'
import { newUuid } from '../../server/src/platform/ids.ts'
import { invariant } from '../../server/src/platform/problem.ts'

/** Sees to the credits during the year, through the product's own commands. */
export type YearCustomer = {
  begin(): Promise<void>
  /** Whether there is something for the customer to do. */
  isDue(line: LineRow, refusals: number): boolean
  /** Does one thing that is due. */
  act(line: LineRow, refusals: number): Promise<void>
}

export type CustomerDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly payments: Payments
  readonly workspaceId: string
  /** What is used in a month, about. */
  readonly monthlyMs: number
  readonly startsAtMs: number
  readonly endsAtMs: number
  /** The plan of the second half of the year. */
  readonly laterPlanId: string
}

const PURCHASES_A_MONTH = 8

/** Bought in turn, those that are not more than is used in a month: the price changes with each of them. */
const packages = [
  { packageId: 'credits_500', credits: 500 },
  { packageId: 'credits_100', credits: 100 },
  { packageId: 'credits_5000', credits: 5_000 },
  { packageId: 'credits_1000', credits: 1_000 },
]

/** In some months nobody looks before so many calls were refused. */
const unwatchedMonths = [3, 8]
const REFUSALS_NOTICED = 40

export function createYearCustomer(deps: CustomerDeps): YearCustomer {
  const { database, clock, ledger, payments, workspaceId, monthlyMs } = deps
  const actor = { kind: 'operator', keyId: newUuid(clock.now()) } as const
  const affordable = packages.filter(({ credits }) => credits * MS_PER_CREDIT <= monthlyMs)
  let bought = 0
  let given = 0
  let changedPlan = false

  async function buy(): Promise<void> {
    const pack = affordable[bought % affordable.length]
    invariant(pack, 'There is something to buy')
    const { packageId, credits } = pack
    bought += 1
    const quantity = Math.max(1, Math.round(monthlyMs / PURCHASES_A_MONTH / (credits * MS_PER_CREDIT)))
    const order = {
      workspaceId,
      packageId,
      quantity,
      paymentMethodId: undefined,
      actor,
      idempotency: undefined,
    }
    const { purchase } = await orderTopUp({ ledger, payments }, order)
    const { status } = await payments.charge(purchase)
    if (status !== 'succeeded') throw new Error(`A purchase is ${status}`)
  }

  /** Promotional credit that expires, an adjustment, a deduction: one of them every second month. */
  async function give(nowMs: number): Promise<void> {
    const amountMs = Math.max(MS_PER_CREDIT, Math.round(monthlyMs / 40))
    const kinds = [
      { kind: 'promotional', amountMs, expiresAtMs: nowMs + 20 * 24 * 3_600_000, reason: 'Welcome' },
      { kind: 'adjustment', amountMs, expiresAtMs: null, reason: 'Goodwill' },
      { kind: 'adjustment', amountMs: -amountMs, expiresAtMs: null, reason: 'Taken back' },
    ] as const
    const grant = kinds[given % kinds.length]
    invariant(grant, 'There is something to give')
    given += 1
    await ledger.changeWorkspace(workspaceId, (change) =>
      grantByOperator(change.tx, change.unit, grant, change.nowMs),
    )
  }

  const month = () => Math.floor(((clock.now() - deps.startsAtMs) * 12) / (deps.endsAtMs - deps.startsAtMs))
  const hasToBuy = (line: LineRow, refusals: number) =>
    balanceAt(line, clock.now()) < monthlyMs / 100 &&
    (!unwatchedMonths.includes(month()) || refusals >= REFUSALS_NOTICED)
  const hasToGive = () => given <= month() / 2
  const hasToChange = () => !changedPlan && month() >= 6

  return {
    async begin() {
      const answer = await payments.requestMethod(workspaceId, { testCard: 'success' })
      invariant(answer.kind === 'saved', 'The sandbox bank hands its cards out at once')
      await payments.saveMethod(workspaceId, answer.method)
    },
    isDue: (line, refusals) => hasToBuy(line, refusals) || hasToGive() || hasToChange(),
    async act(line, refusals) {
      if (hasToChange()) {
        changedPlan = true
        await choosePendingPlan(database, workspaceId, deps.laterPlanId)
      } else if (hasToGive()) await give(clock.now())
      else if (hasToBuy(line, refusals)) await buy()
    },
  }
}
