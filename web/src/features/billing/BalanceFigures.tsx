import { balanceAt } from '@talktime/core/billing/balance-line'
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
import { lastsUntilMs, type Pace, recentPace } from './recent-pace.ts'

const dayMs = 24 * 60 * 60_000

/** What uses the balance now, how long it lasts as it went lately, and when the next monthly credits come. */
export function BalanceFigures({ balance, timeZone }: { balance: Balance; timeZone: string }) {
  const { liveCalls, monthly } = balance
  return (
    <dl className={classes.figures}>
      <Figure name="Running calls" note={runningNote(balance, timeZone)}>
        {liveCalls === 0 ? 'None' : <Link to="/live">{liveCalls}</Link>}
      </Figure>
      <Lasts balance={balance} timeZone={timeZone} />
      <Figure name="Next reset" note="the plan’s monthly credits start anew">
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

function runningNote(balance: Balance, timeZone: string): string {
  const { liveCalls } = balance
  if (liveCalls === 0) return 'nothing is being spent'
  const endMs = runsOutAtMs(balance)
  const pace = liveCalls === 1 ? '1 credit a minute' : `${liveCalls} credits a minute`
  if (endMs === null || endMs <= Date.parse(balance.asOf)) return pace
  const soon = endMs - Date.parse(balance.asOf) < 20 * 3_600_000
  return `${pace}, up to ${instant(endMs, soon ? 'time' : 'dayTime', timeZone)} if they run on`
}

/** How long the balance lasts at the pace of the last days. */
function Lasts({ balance, timeZone }: { balance: Balance; timeZone: string }) {
  const charges = useQuery(recentChargesQuery)
  const createdAt = useQuery(workspaceQuery).data?.createdAt
  const name = 'Lasts'
  if (charges.data === undefined || createdAt === undefined) {
    const failed = charges.error !== null
    return (
      <Figure name={name} note={failed ? 'the recent pace could not be loaded' : 'at the recent pace'}>
        {failed ? 'Not known' : '…'}
      </Figure>
    )
  }
  const nowMs = serverNow()
  const pace = recentPace(charges.data.charges, charges.data.complete, Date.parse(createdAt), nowMs)
  const balanceMs = balanceAt(lineOf(balance), nowMs)
  const untilMs = lastsUntilMs(balanceMs, pace, nowMs)
  return (
    <Figure name={name} note={paceInWords(pace)}>
      {lastsInWords(balanceMs, untilMs, nowMs, balance, timeZone)}
    </Figure>
  )
}

function lastsInWords(
  balanceMs: number,
  untilMs: number | null,
  nowMs: number,
  balance: Balance,
  timeZone: string,
): string {
  if (balanceMs <= 0) return 'Used up'
  if (untilMs === null) return '—'
  // Monthly credits expire at the reset and new ones come: beyond it this pace says nothing.
  if (untilMs > Date.parse(balance.monthly.resetsAt)) {
    return `Past ${instant(balance.monthly.resetsAt, 'day', timeZone)}`
  }
  return `About ${roughlyLong(untilMs - nowMs)}`
}

/** A length of time without false precision: `12 days`, `5 hours`, `40 min`. */
function roughlyLong(milliseconds: number): string {
  if (milliseconds >= 2 * dayMs) return `${Math.round(milliseconds / dayMs)} days`
  if (milliseconds >= 5_400_000) return `${Math.round(milliseconds / 3_600_000)} hours`
  return roughly(milliseconds)
}

function paceInWords({ perDayMs, overMs }: Pace): string {
  const over =
    overMs >= 1.5 * dayMs ? `${Math.round(overMs / dayMs)} days` : roughlyLong(Math.min(overMs, dayMs))
  if (perDayMs === 0) return `nothing was spent in the last ${over}`
  return `at ${creditsBrief(Math.round(perDayMs / 60_000) * 60_000)} credits a day, the pace of the last ${over}`
}
