import { Skeleton } from '@mantine/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Balance, UsageSummary } from '../../api/types.ts'
import { creditsExact, creditsFixed } from '../../design/format/credits.ts'
import { dateInWords, instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Failure } from '../../design/ui/states.tsx'
import { balanceQuery, useLiveBalance } from '../balance/index.ts'
import { BudgetFigure } from './BudgetFigure.tsx'
import { callsInWords } from './count-labels.ts'
import { Figure } from './Figure.tsx'
import classes from './KeyFigures.module.css'

/** Usage of the month and of today, the balance, and the share of the budget that is used. */
export function KeyFigures(props: { summary: UseQueryResult<UsageSummary>; timeZone: string }) {
  const { summary } = props
  const balance = useQuery(balanceQuery)
  if (summary.data === undefined && summary.error !== null) {
    return (
      <Card flush>
        <Failure
          what="This month’s usage"
          error={summary.error}
          onRetry={() => void summary.refetch()}
          retrying={summary.isFetching}
        />
      </Card>
    )
  }
  return (
    <Loaded query={summary} what="This month’s usage" skeleton={<Skeletons />}>
      {(data) => (
        <dl className={classes.figures}>
          <Figure
            name="Monthly usage"
            note={<Period calls={data.monthly.calls}>{nameMonth(data)}, so far</Period>}
          >
            <Credits milliseconds={data.monthly.milliseconds} />
          </Figure>
          <Figure
            name="Daily usage"
            note={<Period calls={data.daily.calls}>Today, {dateInWords(data.daily.date)}</Period>}
          >
            <Credits milliseconds={data.daily.milliseconds} />
          </Figure>
          <Figure name="Current balance" note={balance.data ? describeLiveCalls(balance.data) : 'now'}>
            {balance.data ? <LiveBalance balance={balance.data} /> : <Credits {...data.balance} />}
          </Figure>
          <BudgetFigure summary={data} month={nameMonth(data)} />
        </dl>
      )}
    </Loaded>
  )
}

const names = ['Monthly usage', 'Daily usage', 'Current balance', 'Budget']

function Skeletons() {
  return (
    <div role="status" aria-label="Loading this month’s usage">
      <dl className={classes.figures}>
        {names.map((name) => (
          <Figure key={name} name={name} note={'\u00a0'}>
            <Skeleton height={24} width={110} my={6} />
          </Figure>
        ))}
      </dl>
    </div>
  )
}

/** The period of a number, and how many calls it includes. */
function Period({ calls, children }: { calls: number; children: ReactNode }) {
  return (
    <>
      {children} <span className={classes.calls}>· {callsInWords(calls)}</span>
    </>
  )
}

function Credits({ milliseconds }: { milliseconds: number }): ReactNode {
  return (
    <data value={milliseconds} title={`${creditsExact(milliseconds)} credits`}>
      {creditsFixed(milliseconds)} <span className={classes.unit}>credits</span>
    </data>
  )
}

function LiveBalance({ balance }: { balance: Balance }) {
  const { credits, state } = useLiveBalance(balance)
  return (
    <span className={classes.balance} data-state={state}>
      {credits} <span className={classes.unit}>credits</span>
    </span>
  )
}

function describeLiveCalls({ liveCalls, status }: Balance): string {
  const state = { ok: '', low: ' · low', out: ' · out of credits' }[status]
  if (liveCalls === 0) return `Now, with no live calls${state}`
  return `Now, falling by ${liveCalls} a minute${state}`
}

/** Names the month: `November 2026`. */
function nameMonth({ monthly }: UsageSummary): string {
  return instant(`${monthly.from}T12:00:00Z`, 'month', 'UTC')
}
