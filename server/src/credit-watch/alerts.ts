import { findCrossing } from '@talktime/core/billing/balance-line'
import { creditsInWords } from '@talktime/core/billing/credits'
import { raiseAlert } from '../alerts/index.ts'
import type { LineRow, WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { formatInstant } from '../platform/text-format.ts'
import type { AlertFacts } from './alert-facts-store.ts'

/** Raises the alert that credits ran out at `atMs`. `sentences` say what was done about it. */
export async function raiseOutAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  facts: AlertFacts,
  { atMs, sentences }: { readonly atMs: number; readonly sentences: readonly string[] },
  nowMs: number,
): Promise<void> {
  const out = `The balance reached zero on ${formatInstant(atMs, facts.timeZone)}: new calls are refused, and incoming calls are not answered.`
  await raise(tx, unit, atMs, nowMs, {
    kind: 'balance_zero',
    title: 'Out of credits',
    detail: [out, ...sentences, adviseWhenOut(facts)].join(' '),
  })
}

/** Raises the alert that credits have returned. `sentences` say what was done about it. */
export async function raiseReturnedAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  facts: AlertFacts,
  sentences: readonly string[],
  nowMs: number,
): Promise<void> {
  const back = `Incoming calls have been answered again since ${formatInstant(nowMs, facts.timeZone)}.`
  await raise(tx, unit, nowMs, nowMs, {
    kind: 'credits_returned',
    title: 'Credits are back',
    detail: [back, ...sentences].join(' '),
  })
}

/** Raises the alert that the balance became low at `atMs`, with how long it lasts. */
export async function raiseLowAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  facts: AlertFacts,
  atMs: number,
  nowMs: number,
): Promise<void> {
  const left = `Less than ${creditsInWords(unit.line.lowBalanceThresholdMs, 'en-US')} are left.`
  await raise(tx, unit, atMs, nowMs, {
    kind: 'balance_low',
    title: 'Credits are low',
    detail: [left, ...describeRemaining(unit.line, facts), adviseWhenLow(facts)].join(' '),
  })
}

function adviseWhenOut(facts: AlertFacts): string {
  if (!facts.planPaid) return adviseToChangePlan(facts)
  return facts.reloadBelowMs === null
    ? 'Buy credits to continue, and switch on auto-reload so that it does not happen again.'
    : 'Auto-reload is on. If it buys nothing, the Billing page says why. Buy credits there to continue.'
}

function adviseWhenLow(facts: AlertFacts): string {
  if (!facts.planPaid) return adviseToChangePlan(facts)
  return facts.reloadBelowMs === null
    ? 'Buy credits, or switch on auto-reload, so that calls can continue.'
    : `Auto-reload buys more when the balance drops below ${creditsInWords(facts.reloadBelowMs, 'en-US')}.`
}

function adviseToChangePlan({ resetsAtMs, timeZone }: AlertFacts): string {
  return `The next monthly credits arrive on ${formatInstant(resetsAtMs, timeZone)}. Paid plans can buy credits: change to one to get more now.`
}

function describeRemaining(line: LineRow, { timeZone }: AlertFacts): string[] {
  const atMs = findCrossing(line, 0)
  if (atMs === null) return []
  const calls = line.liveCalls === 1 ? 'the live call' : `the ${line.liveCalls} live calls`
  return [`With ${calls} they last until ${formatInstant(atMs, timeZone)}.`]
}

async function raise(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
  alert: Pick<Parameters<typeof raiseAlert>[2], 'kind' | 'title' | 'detail'>,
): Promise<void> {
  const { eventSeq } = unit.line
  // Late reports can make a balance reach zero twice at one instant, but not at one state of its line.
  const crossing = { key: `${atMs} ${eventSeq}`, link: '/billing' }
  await raiseAlert(tx, unit, { ...alert, ...crossing }, nowMs)
}
