import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery } from '@tanstack/react-query'
import type { Balance } from '../../api/types.ts'
import { creditsBrief, creditsFixed } from '../../design/format/credits.ts'
import { instant, zoneInWords } from '../../design/format/instant.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './BalanceParts.module.css'
import { lineOf } from './balance-line.ts'
import { partsAt } from './balance-parts.ts'
import { runsOutAtMs, useLiveBalance } from './use-live-balance.ts'

/** Where the balance comes from, in the order in which it is spent, and how long it lasts. */
export function BalanceParts({ balance }: { balance: Balance }) {
  const { credits, state } = useLiveBalance(balance)
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const endMs = runsOutAtMs(balance)
  return (
    <div className={classes.parts}>
      <div className={classes.label}>Balance</div>
      <div className={classes.number} data-state={state}>
        {credits} <span className={classes.unit}>credits</span>
      </div>
      <dl className={classes.list}>
        <Part
          name="Monthly"
          note={`of ${creditsBrief(balance.monthly.granted.milliseconds)}, resets ${instant(balance.monthly.resetsAt, 'day', timeZone)}`}
          balance={balance}
          of={(parts) => parts.monthlyMs}
        />
        {balance.promotional.remaining.milliseconds > 0 && (
          <Part name="Promotional" balance={balance} of={(parts) => parts.promotionalMs} />
        )}
        <Part name="Top-up" note="carries over" balance={balance} of={(parts) => parts.topUpMs} />
        {state === 'out' && (
          <Part
            name="Overdraft"
            note="the next credits pay it first"
            balance={balance}
            of={(parts) => -parts.overdraftMs}
          />
        )}
      </dl>
      <p className={classes.note}>{pace(balance.liveCalls, endMs, timeZone, state)}</p>
    </div>
  )
}

function Part(props: {
  name: string
  note?: string
  balance: Balance
  of: (parts: ReturnType<typeof partsAt>) => number
}) {
  const { balance } = props
  const line = lineOf(balance)
  const credits = useTicking(
    (nowMs) => creditsFixed(props.of(partsAt(balance, balanceAt(line, nowMs)))),
    balance.liveCalls > 0,
  )
  return (
    <div className={classes.part}>
      <dt>
        {props.name}
        {props.note !== undefined && <span className={classes.partNote}>{props.note}</span>}
      </dt>
      <dd>{credits}</dd>
    </div>
  )
}

function pace(liveCalls: number, endMs: number | null, timeZone: string, state: string): string {
  if (liveCalls === 0)
    return 'No call is running, so nothing is spent now. 1 credit is 1 minute of conversation.'
  const spending =
    liveCalls === 1
      ? '1 call is running and spends 1 credit a minute.'
      : `${liveCalls} calls are running and spend ${liveCalls} credits a minute.`
  if (state === 'out' || endMs === null) return `${spending} Nothing is left.`
  return `${spending} At this pace it lasts until ${instant(endMs, 'dayTime', timeZone)}, ${zoneInWords(timeZone)}.`
}
