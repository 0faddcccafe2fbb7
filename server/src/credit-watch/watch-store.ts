import type { LineRow } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

/** A line that is due, and the number of its last event. */
export type DueLine = { readonly workspaceId: string; readonly eventSeq: number }

/**
 * Finds lines that are due at `nowMs`: their balance is on another side of a threshold than their watch state says, or a
 * boundary is due. It says in SQL, for all lines, what `findNextCrossing` of core says for one.
 */
export async function findDueLines(db: Queryable, nowMs: number, limit: number): Promise<DueLine[]> {
  const { rows } = await db.query<DueLine>({
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

/** The columns of a line that decide when it is due. */
export type WatchedRow = Pick<
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

/** Finds lines that are due by `untilMs` if nothing else happens. Lines that are due now are among them. */
export async function findUpcomingLines(db: Queryable, untilMs: number): Promise<WatchedRow[]> {
  const { rows } = await db.query<WatchedRow>({
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
