import { findCrossing } from '@talktime/core/billing/balance-line'
import { formatCredits } from '@talktime/core/billing/credits'
import { raiseAlert } from '../alerts/index.ts'
import type { LineRow, WorkspaceUnit } from '../ledger/index.ts'
import { uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { formatInstant } from '../platform/text-format.ts'

/** Tells that a workspace is out of credits since `atMs`, what follows from it, and what to do. */
export async function tellOut(
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
    detail: [out, ...sentences, howToGoOn(facts)].join(' '),
  })
}

/** Tells that calls are answered again. */
export async function tellReturned(
  tx: Tx,
  unit: WorkspaceUnit,
  facts: AlertFacts,
  { sentences }: { readonly sentences: readonly string[] },
  nowMs: number,
): Promise<void> {
  const back = `Incoming calls are answered again since ${formatInstant(nowMs, facts.timeZone)}.`
  await raise(tx, unit, nowMs, nowMs, {
    kind: 'credits_returned',
    title: 'Credits are back',
    detail: [back, ...sentences].join(' '),
  })
}

/** Tells that the balance is low since `atMs`, how long it lasts, and what to do. */
export async function tellLow(
  tx: Tx,
  unit: WorkspaceUnit,
  facts: AlertFacts,
  atMs: number,
  nowMs: number,
): Promise<void> {
  const left = `Less than ${creditsText(unit.line.lowBalanceThresholdMs)} are left.`
  await raise(tx, unit, atMs, nowMs, {
    kind: 'balance_low',
    title: 'Credits are low',
    detail: [left, ...lastsUntil(unit.line, facts), howToHaveMore(facts)].join(' '),
  })
}

/** What the sentences say of a workspace beside its line. */
export type AlertFacts = {
  readonly workspaceId: string
  readonly timeZone: string
  /** May buy credits. */
  readonly planPaid: boolean
  readonly resetsAtMs: number
  /** Below it auto-reload buys; null: it is off. */
  readonly reloadBelowMs: number | null
}

export async function loadAlertFacts(
  db: Queryable,
  workspaceIds: readonly string[],
): Promise<Map<string, AlertFacts>> {
  const { rows } = await db.query<AlertFacts>({
    name: 'credit_watch_alert_facts',
    text: `
      select w.id as "workspaceId", w.time_zone as "timeZone", (s.terms ->> 'paid')::boolean as "planPaid",
             s.cycle_ends_at_ms as "resetsAtMs",
             case when r.enabled then r.threshold_ms end as "reloadBelowMs"
      from workspaces w
      join subscriptions s on s.workspace_id = w.id
      left join auto_reload_settings r on r.workspace_id = w.id
      where w.id = any($1::uuid[])`,
    values: [uuidArray(workspaceIds, (id) => id)],
  })
  return new Map(rows.map((facts) => [facts.workspaceId, facts]))
}

function howToGoOn(facts: AlertFacts): string {
  if (!facts.planPaid) return changePlan(facts)
  return facts.reloadBelowMs === null
    ? 'Buy credits to go on, and switch on auto-reload so that it does not happen again.'
    : 'Auto-reload is on; where it buys nothing, the Billing page says why. Buy credits there to go on.'
}

function howToHaveMore(facts: AlertFacts): string {
  if (!facts.planPaid) return changePlan(facts)
  return facts.reloadBelowMs === null
    ? 'Buy credits, or switch on auto-reload, so that calls go on.'
    : `Auto-reload buys more when the balance drops below ${creditsText(facts.reloadBelowMs)}.`
}

function changePlan({ resetsAtMs, timeZone }: AlertFacts): string {
  return `The next monthly credits come on ${formatInstant(resetsAtMs, timeZone)}. Credits can be bought on a paid plan: change to one to have more now.`
}

function lastsUntil(line: LineRow, { timeZone }: AlertFacts): string[] {
  const atMs = findCrossing(line, 0)
  if (atMs === null) return []
  const calls = line.liveCalls === 1 ? 'the call that is on' : `the ${line.liveCalls} calls that are on`
  return [`With ${calls} they last until ${formatInstant(atMs, timeZone)}.`]
}

function creditsText(ms: number): string {
  const text = formatCredits(ms, 'en-US')
  return `${text} ${text === '1' ? 'credit' : 'credits'}`
}

async function raise(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
  alert: Pick<Parameters<typeof raiseAlert>[2], 'kind' | 'title' | 'detail'>,
): Promise<void> {
  const { eventSeq } = unit.line
  // A balance may reach zero twice at one instant, by what turns out later; not at one state of its line.
  const crossing = { key: `${atMs} ${eventSeq}`, link: '/billing' }
  await raiseAlert(tx, unit, { ...alert, ...crossing }, nowMs)
}
