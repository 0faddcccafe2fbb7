import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { DAY_MS } from '@talktime/core/time/durations'
import { grantByOperator, type Ledger, type LineRow } from '../../server/src/ledger/index.ts'
import { orderTopUp, type Payments } from '../../server/src/payments/index.ts'
import { choosePendingPlan } from '../../server/src/plans/index.ts'
import type { Clock } from '../../server/src/platform/clock.ts'
import type { Database } from '../../server/src/platform/database/database.ts'
import { newUuid } from '../../server/src/platform/ids.ts'
import { invariant } from '../../server/src/platform/problem.ts'

/** A customer that keeps the workspace in credits during the year, with the product's own commands. */
export type YearCustomer = {
  begin(): Promise<void>
  /** Whether the customer has something to do. */
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
  /** About how much is used in a month, in milliseconds of talk time. */
  readonly monthlyMs: number
  readonly startsAtMs: number
  readonly endsAtMs: number
  /** The plan of the second half of the year. */
  readonly laterPlanId: string
}

const PURCHASES_A_MONTH = 8

/** Bought in turn, as far as they are not more than a month uses. The price changes with each of them. */
const packages = [
  { packageId: 'credits_500', credits: 500 },
  { packageId: 'credits_100', credits: 100 },
  { packageId: 'credits_5000', credits: 5_000 },
  { packageId: 'credits_1000', credits: 1_000 },
]

/** In these months, counted from 0, the customer buys only after calls were refused. */
const unwatchedMonths = [3, 8]
const REFUSALS_NOTICED = 40

export function createYearCustomer(deps: CustomerDeps): YearCustomer {
  const { database, clock, payments, workspaceId, monthlyMs, startsAtMs, endsAtMs } = deps
  const buy = createBuyer(deps)
  const give = createGiver(deps)
  let gifts = 0
  let hasChangedPlan = false

  const month = () => Math.floor(((clock.now() - startsAtMs) * 12) / (endsAtMs - startsAtMs))
  const mustBuy = (line: LineRow, refusals: number) =>
    balanceAt(line, clock.now()) < monthlyMs / 100 &&
    (!unwatchedMonths.includes(month()) || refusals >= REFUSALS_NOTICED)
  const mustGive = () => gifts <= month() / 2
  const mustChangePlan = () => !hasChangedPlan && month() >= 6

  return {
    async begin() {
      const answer = await payments.requestMethod(workspaceId, { testCard: 'success' })
      invariant(answer.kind === 'saved', 'The sandbox saves its cards at once')
      await payments.saveMethod(workspaceId, answer.method)
    },
    isDue: (line, refusals) => mustBuy(line, refusals) || mustGive() || mustChangePlan(),
    async act(line, refusals) {
      if (mustChangePlan()) {
        hasChangedPlan = true
        await choosePendingPlan(database, workspaceId, deps.laterPlanId)
      } else if (mustGive()) {
        gifts += 1
        await give()
      } else if (mustBuy(line, refusals)) await buy()
    },
  }
}

/** Creates a function that buys a package, another one each time. */
function createBuyer({ clock, ledger, payments, workspaceId, monthlyMs }: CustomerDeps): () => Promise<void> {
  const actor = { kind: 'operator', keyId: newUuid(clock.now()) } as const
  const affordable = packages.filter(({ credits }) => credits * MS_PER_CREDIT <= monthlyMs)
  let purchases = 0
  return async () => {
    const chosen = affordable[purchases % affordable.length]
    invariant(chosen, 'There is a package to buy')
    const { packageId, credits } = chosen
    purchases += 1
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
}

/** Creates a function that grants promotional credit, an adjustment and a deduction in turn, as the operator. */
function createGiver({ clock, ledger, workspaceId, monthlyMs }: CustomerDeps): () => Promise<void> {
  const amountMs = Math.max(MS_PER_CREDIT, Math.round(monthlyMs / 40))
  let given = 0
  return async () => {
    const expiresAtMs = clock.now() + 20 * DAY_MS
    const kinds = [
      { kind: 'promotional', amountMs, expiresAtMs, reason: 'Welcome' },
      { kind: 'adjustment', amountMs, expiresAtMs: null, reason: 'Goodwill' },
      { kind: 'adjustment', amountMs: -amountMs, expiresAtMs: null, reason: 'Taken back' },
    ] as const
    const grant = kinds[given % kinds.length]
    invariant(grant, 'There is something to grant')
    given += 1
    await ledger.changeWorkspace(workspaceId, (change) =>
      grantByOperator(change.tx, change.unit, grant, change.nowMs),
    )
  }
}
