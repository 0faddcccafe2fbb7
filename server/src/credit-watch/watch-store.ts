import type { LineRow } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

export type FoundLine = { readonly workspaceId: string; readonly eventSeq: number }

/**
 * Lines on which something is to be done at `nowMs`: their balance is on another side of a level than their marks say,
 * or a boundary is due. The same as core's `findNextCrossing`, for all lines at once.
 */
export async function findDue(db: Queryable, nowMs: number, limit: number): Promise<FoundLine[]> {
  const { rows } = await db.query<FoundLine>({
    name: 'credit_watch_find_due',
    text: `
      select workspace_id as "workspaceId", event_seq as "eventSeq"
      from (select workspace_id, event_seq, out_since_ms, low_since_ms, low_level_ms, reload_below_ms, next_boundary_ms,
                   balance_ms - live_calls * (greatest($1, anchor_ms, out_since_ms, low_since_ms) - anchor_ms)
                     as balance_ms
            from balance_lines) as l
      where (balance_ms <= 0) <> (out_since_ms is not null)
         or (balance_ms < low_level_ms) <> (low_since_ms is not null)
         or balance_ms < reload_below_ms
         or next_boundary_ms <= $1
      limit $2`,
    values: [nowMs, limit],
  })
  return rows
}

/** A line with what has to be known of it to say when something is to be done. */
export type ComingLine = Pick<
  LineRow,
  | 'workspaceId'
  | 'anchorMs'
  | 'balanceMs'
  | 'liveCalls'
  | 'outSinceMs'
  | 'lowSinceMs'
  | 'lowBalanceThresholdMs'
  | 'reloadBelowMs'
  | 'nextBoundaryMs'
  | 'eventSeq'
>

/** Lines on which something will be to be done by `untilMs`, if nothing else happens, or is by now. */
export async function findComing(db: Queryable, untilMs: number): Promise<ComingLine[]> {
  const { rows } = await db.query<ComingLine>({
    name: 'credit_watch_find_coming',
    text: `
      select workspace_id as "workspaceId", anchor_ms as "anchorMs", balance_ms as "balanceMs",
             live_calls as "liveCalls", out_since_ms as "outSinceMs", low_since_ms as "lowSinceMs",
             low_level_ms as "lowBalanceThresholdMs", reload_below_ms as "reloadBelowMs", next_boundary_ms as "nextBoundaryMs",
             event_seq as "eventSeq"
      from balance_lines
      where balance_ms - live_calls * ($1 - anchor_ms)
              < greatest(case when out_since_ms is null then 1 end, case when low_since_ms is null then low_level_ms end,
                         reload_below_ms)
         or next_boundary_ms <= $1`,
    values: [untilMs],
  })
  return rows
}
