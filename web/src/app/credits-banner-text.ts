import { serverNow } from '../api/server-clock.ts'
import type { Balance, Workspace } from '../api/types.ts'
import { creditsInWords } from '../design/format/credits.ts'
import { instant, momentInWords } from '../design/format/instant.ts'
import { runsOutAtMs } from '../features/balance/index.ts'

/** Says since when the workspace is out of credits, and what that means for calls. One sentence an item. */
export function describeOut(balance: Balance, workspace: Workspace): string[] {
  const crossedMs = runsOutAtMs(balance)
  const since = balance.outSince ?? (crossedMs === null ? null : new Date(crossedMs).toISOString())
  const moment = since === null ? '' : ` since ${momentInWords(since, workspace.timeZone, serverNow())}`
  return [
    `Out of credits${moment}.`,
    'New calls are refused, and incoming calls are not answered.',
    ...describeLiveCalls(balance, workspace),
    ...describeNextCredits(balance, workspace),
  ]
}

function describeLiveCalls({ liveCalls }: Balance, { whenCreditsRunOut, plan }: Workspace): string[] {
  if (liveCalls === 0) return []
  const calls = liveCalls === 1 ? '1 live call' : `${liveCalls} live calls`
  if (whenCreditsRunOut === 'end' || plan.overdraft === 'none')
    return [`${calls} ${liveCalls === 1 ? 'is' : 'are'} being ended.`]
  return [`${calls} may finish. The next credits pay for ${liveCalls === 1 ? 'it' : 'them'} first.`]
}

/** A workspace whose plan cannot buy credits gets the next ones with the next billing cycle. */
function describeNextCredits({ monthly }: Balance, { plan, timeZone }: Workspace): string[] {
  if (plan.paid) return []
  return [`The next monthly credits arrive ${instant(monthly.resetsAt, 'dayTime', timeZone)}.`]
}

/** Says how low the balance is and how long it lasts with the live calls. */
export function describeLow(balance: Balance, workspace: Workspace): string {
  const low = `Less than ${creditsInWords(balance.lowBelow.milliseconds)} left.`
  const endMs = runsOutAtMs(balance)
  const lasts = endMs === null ? [] : [describeRunOut(balance, workspace, endMs)]
  return [low, ...lasts, ...describeNextCredits(balance, workspace)].join(' ')
}

function describeRunOut({ liveCalls }: Balance, { timeZone }: Workspace, endMs: number): string {
  const calls = liveCalls === 1 ? '1 live call' : `${liveCalls} live calls`
  const until = momentInWords(new Date(endMs).toISOString(), timeZone, serverNow())
  return `With ${calls}, credits last until ${until}.`
}
