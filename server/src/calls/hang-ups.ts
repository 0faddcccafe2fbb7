import { isEndingCalls } from '@talktime/core/calls/ending-calls'
import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import { bigintArray, textArray, uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import type { CallRow } from './call-row.ts'
import { loadGates } from './call-store.ts'

/** How many of a workspace's calls are to be hung up now, and how many no longer; and that in sentences. */
export type HangUps = {
  readonly ordered: number
  readonly withdrawn: number
  readonly sentences: readonly string[]
}

/**
 * Has the workspace's calls hung up for want of credits where it wants that and is out, and otherwise takes back what
 * was ordered for that reason: for whoever finds that it ran out, that credit came, or that the setting was changed.
 * Made once more it changes nothing. The caller holds the line and writes the unit.
 *
 * A call that its voice stack was told of already may be over all the same; then it was ended, and is charged to there.
 */
export async function hangUpForCredits(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<HangUps> {
  const { workspaceId, openCalls, outSinceMs, liveCalls } = unit.line
  if (openCalls === 0) return { ordered: 0, withdrawn: 0, sentences: [] }
  const gate = (await loadGates(tx, [workspaceId])).get(workspaceId)
  invariant(gate, 'A workspace with calls has settings')
  if (isEndingCalls(unit.line, gate.whenCreditsRunOut, nowMs)) {
    const ordered = await orderAll(tx, unit, nowMs)
    return { ordered, withdrawn: 0, sentences: ordered === 0 ? [] : [endedSentence(ordered)] }
  }
  const withdrawn = await withdrawAll(tx, unit)
  const goOn = outSinceMs === null ? withdrawn : liveCalls
  return { ordered: 0, withdrawn, sentences: goOn === 0 ? [] : [goOnSentence(goOn, outSinceMs !== null)] }
}

function endedSentence(calls: number): string {
  return calls === 1
    ? 'The call that was on is being ended.'
    : `The ${calls} calls that were on are being ended.`
}

function goOnSentence(calls: number, isOut: boolean): string {
  const they =
    calls === 1
      ? 'The call that is on goes on to its end'
      : `The ${calls} calls that are on go on to their end`
  return isOut ? `${they}; the next credits pay for that first.` : `${they}.`
}

async function orderAll(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<number> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'calls_order_hang_ups',
    text: `
      update calls set hang_up_at_ms = $2, hang_up_reason = 'out_of_credits'
      where workspace_id = $1 and status in ('authorized', 'in_conversation') and hang_up_at_ms is null
      returning id`,
    values: [unit.line.workspaceId, nowMs],
  })
  if (rows.length > 0) unit.signals.hangUpsOrdered = true
  return noted(unit, rows)
}

async function withdrawAll(tx: Tx, unit: WorkspaceUnit): Promise<number> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'calls_withdraw_hang_ups',
    text: `
      update calls set hang_up_at_ms = null, hang_up_reason = null
      where workspace_id = $1 and status in ('authorized', 'in_conversation') and hang_up_reason = 'out_of_credits'
      returning id`,
    values: [unit.line.workspaceId],
  })
  return noted(unit, rows)
}

function noted(unit: WorkspaceUnit, rows: readonly { readonly id: string }[]): number {
  for (const { id } of rows) addEvent(unit, 'call', id)
  return rows.length
}

/** Writes the orders of these calls. The caller holds their workspaces' lines. */
export async function writeHangUps(tx: Queryable, calls: readonly CallRow[]): Promise<void> {
  if (calls.length === 0) return
  await tx.query({
    name: 'calls_write_hang_ups',
    text: `
      update calls c set hang_up_at_ms = v.at_ms, hang_up_reason = v.reason
      from (select unnest($1::uuid[]) as workspace_id, unnest($2::uuid[]) as id, unnest($3::bigint[]) as at_ms,
                   unnest($4::text[]) as reason) as v
      where c.workspace_id = v.workspace_id and c.id = v.id`,
    values: [
      uuidArray(calls, (c) => c.workspaceId),
      uuidArray(calls, (c) => c.id),
      bigintArray(calls, (c) => c.hangUpAtMs),
      textArray(calls, (c) => c.hangUpReason),
    ],
  })
}
