import { balanceAt } from '@talktime/core/billing/balance-line'
import { assertNever } from '@talktime/core/exhaustive'
import type { Balance, Grant } from '../../api/types.ts'
import { creditsBrief, creditsFixed } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'
import {
  type BalancePart,
  type CreditSplit,
  lineOf,
  partsAt,
  partsInBurnOrder,
  useCreditSplit,
} from '../balance/index.ts'
import classes from './BalanceSplit.module.css'

const names: Record<BalancePart, string> = { monthly: 'Monthly', promotional: 'Promotional', topUp: 'Top-up' }

/** The balance as a bar and a list: its parts in burn order. */
export function BalanceSplit({ balance, timeZone }: { balance: Balance; timeZone: string }) {
  const { split, grants } = useCreditSplit(balance)
  const left = partsAt(split, balance.balance.milliseconds)
  const parts = partsInBurnOrder(split).map((part) => ({ part, leftMs: left[`${part}Ms`] }))
  const withCredit = parts.filter(({ leftMs }) => leftMs > 0)
  const usedMs = Math.max(0, balance.monthly.granted.milliseconds - left.monthlyMs)
  const listed = parts.filter(
    ({ part }) => part !== 'promotional' || balance.promotional.remaining.milliseconds > 0,
  )
  return (
    <>
      <div className={classes.bar} aria-hidden>
        {withCredit.map(({ part, leftMs }) => (
          <span key={part} className={classes.piece} data-kind={part} style={{ flexGrow: leftMs }} />
        ))}
        {(usedMs > 0 || withCredit.length === 0) && (
          <span className={classes.used} style={{ flexGrow: Math.max(1, usedMs) }} />
        )}
      </div>
      <dl className={classes.list}>
        {listed.map(({ part }) => (
          <div key={part} className={classes.part}>
            <dt>
              <span className={classes.swatch} data-kind={part} aria-hidden />
              <span>
                {names[part]}{' '}
                <span className={classes.note}>
                  {describePart(part, balance, grants, timeZone)}
                  {withCredit.length > 1 && part === withCredit[0]?.part && ' · used first'}
                </span>
              </span>
            </dt>
            <dd>
              <Left balance={balance} split={split} part={part} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Left(props: { balance: Balance; split: CreditSplit; part: BalancePart }) {
  const line = lineOf(props.balance)
  const credits = useTicking(
    (nowMs) => creditsFixed(partsAt(props.split, balanceAt(line, nowMs))[`${props.part}Ms`]),
    props.balance.liveCalls > 0,
  )
  return <>{credits}</>
}

/** When the part's credit expires. */
function describePart(
  part: BalancePart,
  { monthly }: Balance,
  grants: readonly Grant[],
  timeZone: string,
): string {
  switch (part) {
    case 'monthly':
      return `of ${creditsBrief(monthly.granted.milliseconds)}, resets ${instant(monthly.resetsAt, 'date', timeZone)}`
    case 'promotional': {
      const expiresAt = findFirstExpiry(grants)
      if (expiresAt === undefined) return 'never expires'
      return `first expires ${instant(expiresAt, 'date', timeZone)}`
    }
    case 'topUp':
      return 'never expires'
    default:
      return assertNever(part)
  }
}

/** When the first of the operator's grants that have credit left expires. */
function findFirstExpiry(grants: readonly Grant[]): string | undefined {
  return grants
    .filter(({ kind, remaining }) => kind !== 'monthly' && kind !== 'top_up' && remaining.milliseconds > 0)
    .map(({ expiresAt }) => expiresAt)
    .filter((expiresAt) => expiresAt !== null)
    .sort()[0]
}
