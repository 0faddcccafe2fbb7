import { isEndingCalls } from '@talktime/core/ending-calls'
import { type Account, noteChange } from '../ledger/index.ts'
import { bigintArray, textArray, uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import type { CallRow, HangUpReason } from './call-row.ts'
import { loadGates } from './store.ts'

/** Which of a workspace's calls are to be hung up now, and which no longer: their UUIDs. */
export type HangUps = { readonly ordered: readonly string[]; readonly withdrawn: readonly string[] }

/**
 * Has the workspace's calls hung up for want of credits where it wants that and is out, and otherwise takes back what
 * was ordered for that reason: for whoever finds that it ran out, that credit came, or that the setting was changed.
 * Made once more it changes nothing. The caller holds the line and writes the account.
 *
 * A call that its voice stack was told of already may be over all the same; then it was ended, and is charged to there.
 */
export async function hangUpForCredits(tx: Tx, account: Account, nowMs: number): Promise<HangUps> {
  const { workspaceId, openCalls } = account.line
  if (openCalls === 0) return { ordered: [], withdrawn: [] }
  const gate = (await loadGates(tx, [workspaceId])).get(workspaceId)
  invariant(gate, 'A workspace with calls has settings')
  return isEndingCalls(account.line, gate.whenCreditsRunOut, nowMs)
    ? { ordered: await orderAll(tx, account, nowMs), withdrawn: [] }
    : { ordered: [], withdrawn: await withdrawAll(tx, account) }
}

async function orderAll(tx: Tx, account: Account, nowMs: number): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'calls_order_hang_ups',
    text: `
      update calls set hang_up_at_ms = $2, hang_up_reason = 'out_of_credits'
      where workspace_id = $1 and status in ('authorized', 'in_conversation') and hang_up_at_ms is null
      returning id`,
    values: [account.line.workspaceId, nowMs],
  })
  return noted(account, rows)
}

async function withdrawAll(tx: Tx, account: Account): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'calls_withdraw_hang_ups',
    text: `
      update calls set hang_up_at_ms = null, hang_up_reason = null
      where workspace_id = $1 and status in ('authorized', 'in_conversation') and hang_up_reason = 'out_of_credits'
      returning id`,
    values: [account.line.workspaceId],
  })
  return noted(account, rows)
}

function noted(account: Account, rows: readonly { readonly id: string }[]): string[] {
  for (const { id } of rows) noteChange(account, 'call', id)
  return rows.map(({ id }) => id)
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
