import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery } from '@tanstack/react-query'
import type { Balance } from '../../api/types.ts'
import { creditsBrief, creditsFixed } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'
import { type BalanceParts, lineOf, partsAt } from '../balance/index.ts'
import classes from './BalanceSplit.module.css'
import { grantsQuery } from './billing-queries.ts'

type Part = {
  kind: 'monthly' | 'promotional' | 'topUp'
  name: string
  note: string
  /** How much of it is left, in milliseconds of talk time. */
  of: (parts: BalanceParts) => number
}

/** The balance as a bar and a list: what it is made of, in the order in which it is spent. */
export function BalanceSplit({ balance, timeZone }: { balance: Balance; timeZone: string }) {
  const parts = useParts(balance, timeZone)
  const told = partsAt(balance, balance.balance.milliseconds)
  const usedMs = Math.max(0, balance.monthly.granted.milliseconds - told.monthlyMs)
  return (
    <>
      <div className={classes.bar} aria-hidden>
        {parts
          .filter((part) => part.of(told) > 0)
          .map((part) => (
            <span
              key={part.kind}
              className={classes.piece}
              data-kind={part.kind}
              style={{ flexGrow: part.of(told) }}
            />
          ))}
        {(usedMs > 0 || parts.every((part) => part.of(told) <= 0)) && (
          <span className={classes.used} style={{ flexGrow: Math.max(1, usedMs) }} />
        )}
      </div>
      <dl className={classes.list}>
        {parts.map((part) => (
          <div key={part.kind} className={classes.part}>
            <dt>
              <span className={classes.swatch} data-kind={part.kind} aria-hidden />
              <span>
                {part.name} <span className={classes.note}>{part.note}</span>
              </span>
            </dt>
            <dd>
              <Left balance={balance} of={part.of} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Left({ balance, of }: { balance: Balance; of: Part['of'] }) {
  const line = lineOf(balance)
  const credits = useTicking(
    (nowMs) => creditsFixed(of(partsAt(balance, balanceAt(line, nowMs)))),
    balance.liveCalls > 0,
  )
  return <>{credits}</>
}

/** The parts in burn order: what expires soonest first. The first that has something left says that it is next. */
function useParts(balance: Balance, timeZone: string): Part[] {
  const { monthly, promotional, topUp } = balance
  const promotes = promotional.remaining.milliseconds > 0
  const grants = useQuery({ ...grantsQuery, enabled: promotes }).data ?? []
  const promotionEnds = grants
    .filter(({ kind, remaining }) => kind !== 'monthly' && kind !== 'top_up' && remaining.milliseconds > 0)
    .map((grant) => grant.expiresAt)
    .filter((expiresAt) => expiresAt !== null)
    .sort()[0]

  const monthlyPart = {
    kind: 'monthly' as const,
    name: 'Monthly',
    note: `of ${creditsBrief(monthly.granted.milliseconds)}, resets ${instant(monthly.resetsAt, 'date', timeZone)}`,
    of: (parts: BalanceParts) => parts.monthlyMs,
  }
  const promotionalPart = {
    kind: 'promotional' as const,
    name: 'Promotional',
    note:
      promotionEnds === undefined
        ? 'never expires'
        : `expires from ${instant(promotionEnds, 'date', timeZone)} on`,
    of: (parts: BalanceParts) => parts.promotionalMs,
  }
  const topUpPart = {
    kind: 'topUp' as const,
    name: 'Top-up',
    note: 'never expires',
    of: (parts: BalanceParts) => parts.topUpMs,
  }
  const soon = promotionEnds !== undefined && promotionEnds < monthly.resetsAt
  const ordered = promotes
    ? soon
      ? [promotionalPart, monthlyPart, topUpPart]
      : [monthlyPart, promotionalPart, topUpPart]
    : [monthlyPart, topUpPart]
  const told = partsAt(balance, balance.balance.milliseconds)
  const next = ordered.find((part) => part.of(told) > 0)
  const several = [monthly, promotional, topUp].filter((part) => part.remaining.milliseconds > 0).length > 1
  return ordered.map((part) =>
    several && part === next ? { ...part, note: `${part.note} · spent first` } : part,
  )
}
