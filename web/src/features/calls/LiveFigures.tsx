import { Skeleton } from '@mantine/core'
import { HOUR_MS } from '@talktime/core/time/durations'
import type { ReactNode } from 'react'
import type { Balance, Call } from '../../api/types.ts'
import { creditsBrief } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { Failure } from '../../design/ui/states.tsx'
import { runsOutAtMs, useLiveBalance } from '../balance/index.ts'
import classes from './LiveFigures.module.css'

type BalanceState = {
  data: Balance | undefined
  error: Error | null
  isFetching: boolean
  refetch: () => unknown
}

/** The numbers above the live calls: balance, live and ringing calls, and how long the balance lasts. */
export function LiveFigures(props: { calls: Call[] | undefined; balance: BalanceState; timeZone: string }) {
  const { calls, balance } = props
  const count = (status: Call['status']) => calls?.filter((call) => call.status === status).length
  if (balance.data === undefined && balance.error !== null) {
    return (
      <div className={classes.failed}>
        <Failure
          what="The balance"
          error={balance.error}
          onRetry={() => void balance.refetch()}
          retrying={balance.isFetching}
        />
      </div>
    )
  }
  return (
    <dl className={classes.figures}>
      <Figure label="Balance" note={describeBalance(balance.data)} wide>
        {balance.data && <LiveBalance balance={balance.data} />}
      </Figure>
      <Figure label="In conversation" note="1 credit a minute each">
        {props.balance.data?.liveCalls ?? count('in_conversation')}
      </Figure>
      <Figure label="Ringing" note="ringing is free">
        {count('authorized')}
      </Figure>
      <Figure label="Lasts until" note={describeCalls(balance.data)}>
        {balance.data && <LastsUntil balance={balance.data} timeZone={props.timeZone} />}
      </Figure>
    </dl>
  )
}

function Figure(props: { label: string; note?: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={classes.figure} data-wide={props.wide || undefined}>
      <dt>{props.label}</dt>
      <dd className={classes.value}>{props.children ?? <Skeleton height={28} width={72} my={4} />}</dd>
      {props.note !== undefined && <dd className={classes.note}>{props.note}</dd>}
    </div>
  )
}

function LiveBalance({ balance }: { balance: Balance }) {
  const { credits, state } = useLiveBalance(balance)
  return (
    <span data-state={state} className={classes.balance}>
      {credits}
      <span className={classes.unit}>{state === 'out' ? 'credits · none left' : 'credits'}</span>
    </span>
  )
}

function LastsUntil({ balance, timeZone }: { balance: Balance; timeZone: string }) {
  const endMs = runsOutAtMs(balance)
  const { state } = useLiveBalance(balance)
  if (state === 'out') return 'Used up'
  if (endMs === null) return '—'
  const soon = endMs - Date.parse(balance.asOf) < 20 * HOUR_MS
  return instant(endMs, soon ? 'time' : 'dayTime', timeZone)
}

function describeBalance(balance: Balance | undefined): string {
  if (!balance) return '\u00a0'
  if (balance.liveCalls > 0) return `falls by ${balance.liveCalls} a minute`
  const { monthly, topUp, promotional } = balance
  const parts = [`${creditsBrief(monthly.remaining.milliseconds)} monthly`]
  if (topUp.remaining.milliseconds > 0) parts.push(`${creditsBrief(topUp.remaining.milliseconds)} top-up`)
  if (promotional.remaining.milliseconds > 0)
    parts.push(`${creditsBrief(promotional.remaining.milliseconds)} promotional`)
  return parts.join(' · ')
}

function describeCalls(balance: Balance | undefined): string {
  if (!balance || balance.liveCalls === 0) return 'no calls in progress'
  return balance.liveCalls === 1 ? 'with 1 live call' : `with ${balance.liveCalls} live calls`
}
