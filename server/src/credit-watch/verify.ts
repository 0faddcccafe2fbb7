import { type Difference, runChecks } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

/** Whether a workspace's calls are ended at a balance of zero: by its choice, or by a plan without overdraft. */
const ENDS_CALLS = `(w.when_credits_run_out = 'end' or s.terms ->> 'overdraft' = 'none')`

// Balances of workspaces that are out are computed no earlier than the last instant that the line has recorded. By then
// the balance had reached zero, unless credit has arrived that nobody has acted on yet.
const checks: Record<string, string> = {
  'the low-balance threshold is the chosen one, or a tenth of the monthly credits': `
    select l.workspace_id, format('low below %s ms, %s ms were chosen and %s ms granted for the month',
                                  l.low_level_ms, w.low_balance_ms, coalesce(g.granted, 0)) as detail
    from balance_lines l
    join workspaces w on w.id = l.workspace_id
    left join (select workspace_id, sum(granted_ms) as granted from grants join balance_lines line using (workspace_id)
               where kind = 'monthly' and not returned and expires_at_ms > line.anchor_ms group by workspace_id) g
      on g.workspace_id = l.workspace_id
    where l.low_level_ms <> coalesce(w.low_balance_ms, greatest(300000, ceil(coalesce(g.granted, 0) / 10.0)))`,

  'a workspace that is out and ends its calls has ordered a hang-up for each of them': `
    select l.workspace_id, format('call %s is open and has no hang-up order', c.id) as detail
    from balance_lines l
    join workspaces w on w.id = l.workspace_id
    join subscriptions s on s.workspace_id = l.workspace_id
    join calls c on c.workspace_id = l.workspace_id and c.status in ('authorized', 'in_conversation')
    where l.out_since_ms is not null and ${ENDS_CALLS} and c.hang_up_at_ms is null
      and l.balance_ms - l.live_calls * (greatest(l.anchor_ms, l.out_since_ms, l.low_since_ms) - l.anchor_ms) <= 0`,

  'hang-up orders because credits ran out exist only in workspaces that are out and end their calls': `
    select l.workspace_id, format('call %s has a hang-up order: %s', c.id,
                                  case when l.out_since_ms is null then 'the workspace has credits'
                                       else 'the workspace lets calls finish' end) as detail
    from balance_lines l
    join workspaces w on w.id = l.workspace_id
    join subscriptions s on s.workspace_id = l.workspace_id
    join calls c on c.workspace_id = l.workspace_id and c.status in ('authorized', 'in_conversation')
    where c.hang_up_reason = 'out_of_credits' and (l.out_since_ms is null or not (${ENDS_CALLS}))`,
}

/** Checks what the credit watch has done against balance lines and settings. Returns what differs. */
export function verifyCreditWatch(db: Queryable): Promise<Difference[]> {
  return runChecks(db, checks)
}
