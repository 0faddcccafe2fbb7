import { balanceAt } from '@talktime/core/billing/balance-line'
import type { BalanceStatus } from '@talktime/core/billing/balance-status'
import { useQuery } from '@tanstack/react-query'
import type { Balance } from '../../api/types.ts'
import { creditsBrief, creditsFixed } from '../../design/format/credits.ts'
import { instant, zoneInWords } from '../../design/format/instant.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './BalanceParts.module.css'
import { lineOf } from './balance-line.ts'
import { type BalancePart, type BalanceParts as Parts, partsAt, partsInBurnOrder } from './balance-parts.ts'
import { useCreditSplit } from './use-credit-split.ts'
import { runsOutAtMs, useLiveBalance } from './use-live-balance.ts'

const names: Record<BalancePart, string> = { monthly: 'Monthly', promotional: 'Promotional', topUp: 'Top-up' }

/** The balance with its parts in burn order, and how long it lasts. */
export function BalanceParts({ balance }: { balance: Balance }) {
  const { credits, state } = useLiveBalance(balance)
  const { split } = useCreditSplit(balance)
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const endMs = runsOutAtMs(balance)
  const notes: Record<BalancePart, string | undefined> = {
    monthly: `of ${creditsBrief(balance.monthly.granted.milliseconds)}, resets ${instant(balance.monthly.resetsAt, 'day', timeZone)}`,
    promotional: undefined,
    topUp: 'carries over',
  }
  const shown = partsInBurnOrder(split).filter(
    (part) => part !== 'promotional' || balance.promotional.remaining.milliseconds > 0,
  )
  const line = lineOf(balance)
  const running = balance.liveCalls > 0
  const showAt = (nowMs: number, amount: (parts: Parts) => number) =>
    creditsFixed(amount(partsAt(split, balanceAt(line, nowMs))))
  return (
    <div className={classes.parts}>
      <div className={classes.label}>Balance</div>
      <div className={classes.number} data-state={state}>
        {credits} <span className={classes.unit}>credits</span>
      </div>
      <dl className={classes.list}>
        {shown.map((part) => (
          <Part
            key={part}
            name={names[part]}
            note={notes[part]}
            running={running}
            creditsAt={(nowMs) => showAt(nowMs, (parts) => parts[`${part}Ms`])}
          />
        ))}
        {state === 'out' && (
          <Part
            name="Overdraft"
            note="the next credits pay it first"
            running={running}
            creditsAt={(nowMs) => showAt(nowMs, (parts) => -parts.overdraftMs)}
          />
        )}
      </dl>
      <p className={classes.note}>{describePace(balance.liveCalls, endMs, timeZone, state)}</p>
    </div>
  )
}

function Part(props: {
  name: string
  note: string | undefined
  running: boolean
  creditsAt: (nowMs: number) => string
}) {
  const credits = useTicking(props.creditsAt, props.running)
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

function describePace(
  liveCalls: number,
  endMs: number | null,
  timeZone: string,
  state: BalanceStatus,
): string {
  if (liveCalls === 0)
    return 'No calls are running, so no credits are being used. 1 credit is 1 minute of conversation.'
  const pace =
    liveCalls === 1
      ? '1 call is running and uses 1 credit a minute.'
      : `${liveCalls} calls are running and use ${liveCalls} credits a minute.`
  if (state === 'out' || endMs === null) return `${pace} There is nothing left.`
  return `${pace} At this pace, the balance lasts until ${instant(endMs, 'dayTime', timeZone)}, ${zoneInWords(timeZone)}.`
}
