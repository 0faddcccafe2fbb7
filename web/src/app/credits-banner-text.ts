import { serverNow } from '../api/server-clock.ts'
import type { Balance, Workspace } from '../api/types.ts'
import { creditsInWords } from '../design/format/credits.ts'
import { instant, momentInWords } from '../design/format/instant.ts'
import { runsOutAtMs } from '../features/balance/index.ts'

/** Since when there are no credits and what that stops, in sentences. */
export function outInWords(balance: Balance, workspace: Workspace): string[] {
  const crossedMs = runsOutAtMs(balance)
  const since = balance.outSince ?? (crossedMs === null ? null : new Date(crossedMs).toISOString())
  const moment = since === null ? '' : ` since ${momentInWords(since, workspace.timeZone, serverNow())}`
  return [
    `Out of credits${moment}.`,
    'New calls are refused, and incoming calls are not answered.',
    ...callsThatAreOn(balance, workspace),
    ...nextCredits(balance, workspace),
  ]
}

function callsThatAreOn({ liveCalls }: Balance, { whenCreditsRunOut }: Workspace): string[] {
  if (liveCalls === 0) return []
  const calls = liveCalls === 1 ? 'The call that is on' : `The ${liveCalls} calls that are on`
  if (whenCreditsRunOut === 'end') return [`${calls} ${liveCalls === 1 ? 'is' : 'are'} being ended.`]
  return [`${calls} ${liveCalls === 1 ? 'goes' : 'go'} on to the end; the next credits pay for that first.`]
}

/** A plan that cannot buy waits for its next cycle. */
function nextCredits({ monthly }: Balance, { plan, timeZone }: Workspace): string[] {
  if (plan.paid) return []
  return [`The next monthly credits come on ${instant(monthly.resetsAt, 'dayTime', timeZone)}.`]
}

/** How low the balance is and how long it lasts with the calls that are on. */
export function lowInWords(balance: Balance, workspace: Workspace): string {
  const low = `Less than ${creditsInWords(balance.lowBelow.milliseconds)} are left.`
  const endMs = runsOutAtMs(balance)
  const lasts = endMs === null ? [] : [lastsUntil(balance, workspace, endMs)]
  return [low, ...lasts, ...nextCredits(balance, workspace)].join(' ')
}

function lastsUntil({ liveCalls }: Balance, { timeZone }: Workspace, endMs: number): string {
  const calls = liveCalls === 1 ? 'the call that is on' : `the ${liveCalls} calls that are on`
  const until = momentInWords(new Date(endMs).toISOString(), timeZone, serverNow())
  return `With ${calls} they last until ${until}.`
}
