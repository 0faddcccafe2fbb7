import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { serverNow } from '../../api/server-clock.ts'
import type { Balance } from '../../api/types.ts'
import { creditsBrief } from '../../design/format/credits.ts'
import { roughly } from '../../design/format/duration.ts'
import { instant } from '../../design/format/instant.ts'
import { lineOf, runsOutAtMs } from '../balance/index.ts'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './BalanceFigures.module.css'
import { recentChargesQuery } from './billing-queries.ts'
import { measurePace, type Pace, predictRunOutMs } from './recent-pace.ts'

/** The calls that use the balance now, how long it lasts at the recent pace, and when monthly credits reset. */
export function BalanceFigures({ balance, timeZone }: { balance: Balance; timeZone: string }) {
  const { liveCalls, monthly } = balance
  return (
    <dl className={classes.figures}>
      <Figure name="Live calls" note={describeLiveCalls(balance, timeZone)}>
        {liveCalls === 0 ? 'None' : <Link to="/live">{liveCalls}</Link>}
      </Figure>
      <Lasts balance={balance} timeZone={timeZone} />
      <Figure name="Next reset" note="monthly credits start over">
        {instant(monthly.resetsAt, 'day', timeZone)}
      </Figure>
    </dl>
  )
}

function Figure(props: { name: string; note: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.figure}>
      <dt>{props.name}</dt>
      <dd className={classes.value}>{props.children}</dd>
      <dd className={classes.note}>{props.note}</dd>
    </div>
  )
}

function describeLiveCalls(balance: Balance, timeZone: string): string {
  const { liveCalls } = balance
  if (liveCalls === 0) return 'no credits are being used'
  const endMs = runsOutAtMs(balance)
  const pace = liveCalls === 1 ? '1 credit a minute' : `${liveCalls} credits a minute`
  if (endMs === null || endMs <= Date.parse(balance.asOf)) return pace
  const soon = endMs - Date.parse(balance.asOf) < 20 * HOUR_MS
  return `${pace}, enough until ${instant(endMs, soon ? 'time' : 'dayTime', timeZone)}`
}

/** How long the balance lasts at the recent pace. */
function Lasts({ balance, timeZone }: { balance: Balance; timeZone: string }) {
  const charges = useQuery(recentChargesQuery)
  const createdAt = useQuery(workspaceQuery).data?.createdAt
  const name = 'Lasts'
  if (charges.data === undefined || createdAt === undefined) {
    const failed = charges.error !== null
    return (
      <Figure name={name} note={failed ? 'could not load the recent pace' : 'at the recent pace'}>
        {failed ? 'Unknown' : '…'}
      </Figure>
    )
  }
  const nowMs = serverNow()
  const pace = measurePace(charges.data.charges, charges.data.complete, Date.parse(createdAt), nowMs)
  const balanceMs = balanceAt(lineOf(balance), nowMs)
  const untilMs = predictRunOutMs(balanceMs, pace, nowMs)
  return (
    <Figure name={name} note={describePace(pace)}>
      {describeRemaining(balanceMs, untilMs, nowMs, balance, timeZone)}
    </Figure>
  )
}

function describeRemaining(
  balanceMs: number,
  untilMs: number | null,
  nowMs: number,
  balance: Balance,
  timeZone: string,
): string {
  if (balanceMs <= 0) return 'Used up'
  if (untilMs === null) return '—'
  // Monthly credits are replaced at the reset, so no prediction reaches beyond it.
  if (untilMs > Date.parse(balance.monthly.resetsAt)) {
    return `Past ${instant(balance.monthly.resetsAt, 'day', timeZone)}`
  }
  return `About ${roughlyLong(untilMs - nowMs)}`
}

/** A rough length of time: `12 days`, `5 hours`, `40 min`. */
function roughlyLong(milliseconds: number): string {
  if (milliseconds >= 2 * DAY_MS) return `${Math.round(milliseconds / DAY_MS)} days`
  if (milliseconds >= 1.5 * HOUR_MS) return `${Math.round(milliseconds / HOUR_MS)} hours`
  return roughly(milliseconds)
}

function describePace({ perDayMs, overMs }: Pace): string {
  const over =
    overMs >= 1.5 * DAY_MS ? `${Math.round(overMs / DAY_MS)} days` : roughlyLong(Math.min(overMs, DAY_MS))
  if (perDayMs === 0) return `no credits were used in the last ${over}`
  return `at ${creditsBrief(Math.round(perDayMs / MS_PER_CREDIT) * MS_PER_CREDIT)} credits a day, as in the last ${over}`
}
