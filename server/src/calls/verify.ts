import { type Difference, runChecks } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

const CHECKS: Record<string, string> = {
  'each call is charged for its conversation': `
    select workspace_id, format('call %s: talked %s ms, charged %s ms', id, talked, settled_ms) as detail
    from (select workspace_id, id, settled_ms, status,
            case when answered_at_ms is null then 0
                 when ended_at_ms is not null then greatest(0, ended_at_ms - answered_at_ms)
                 when settled_until_ms is not null then settled_until_ms - answered_at_ms
                 else 0 end as talked
          from calls) c
    where settled_ms <> talked`,

  'each call’s status follows from its facts': `
    select workspace_id, format('call %s is %s, its facts make it %s', id, status, known) as detail
    from (select workspace_id, id, status,
            case when refusal_reason is not null then 'refused'
                 when ended_at_ms is null then case when answered_at_ms is null then 'authorized' else 'in_conversation' end
                 when end_source = 'presumed' then 'lost'
                 when answered_at_ms is not null then 'ended'
                 when status = 'failed' then 'failed' else 'unanswered' end as known
          from calls) c
    where status <> known`,

  'each report of a call says whose it is, and only reports do': `
    select workspace_id, format('call %s: answered by %s, ended by %s (%s)', id, coalesce(answered_by, 'nobody'),
                                coalesce(ended_by, 'nobody'), coalesce(end_source, 'open')) as detail
    from calls
    where (answered_by is not null and answered_at_ms is null)
       or (ended_by is not null and end_source is distinct from 'reported')`,

  'the last correction of a fact says what it is now': `
    select c.workspace_id, format('call %s: the %s was corrected to %s, but is %s', c.id, k.fact, k.to_ms, k.now_ms) as detail
    from calls c
    cross join lateral (
      select distinct on (e ->> 'fact') e ->> 'fact' as fact, (e ->> 'toMs')::bigint as to_ms,
             case e ->> 'fact' when 'answer' then c.answered_at_ms else c.ended_at_ms end as now_ms
      from jsonb_array_elements(c.corrections) with ordinality as l (e, n) order by e ->> 'fact', n desc) k
    where c.corrections is not null and k.to_ms is distinct from k.now_ms`,

  'each call’s entries add up to its charge': `
    select c.workspace_id, format('call %s: entries add up to %s ms, charged %s ms', c.id, coalesce(e.sum, 0), c.settled_ms) as detail
    from calls c
    left join (select workspace_id, call_id, -sum(amount_ms) as sum, count(*) as entries
               from ledger_entries where call_id is not null group by 1, 2) e
      on e.workspace_id = c.workspace_id and e.call_id = c.id
    where coalesce(e.sum, 0) <> c.settled_ms or coalesce(e.entries, 0) <> cardinality(c.entry_seqs)`,

  'every charge belongs to a call': `
    select e.workspace_id, format('entry %s charges call %s, which does not exist', e.seq, e.call_id) as detail
    from ledger_entries e
    left join calls c on c.workspace_id = e.workspace_id and c.id = e.call_id
    where e.kind = 'call' and c.id is null`,

  'the line counts the live and open calls': `
    select l.workspace_id, format('the line has %s live and %s open calls, but %s and %s exist',
                                  l.live_calls, l.open_calls, coalesce(c.live, 0), coalesce(c.open, 0)) as detail
    from balance_lines l
    left join (select workspace_id, count(*) as open, count(*) filter (where status = 'in_conversation') as live
               from calls where status in ('authorized', 'in_conversation') group by workspace_id) c using (workspace_id)
    where l.live_calls <> coalesce(c.live, 0) or l.open_calls <> coalesce(c.open, 0)`,

  'the line is the settled balance less what live calls have used': `
    select l.workspace_id, format('the line is at %s ms, settled balance and live calls make %s ms',
                                  l.balance_ms, l.settled_ms + coalesce(c.since, 0)) as detail
    from balance_lines l
    left join (select c.workspace_id, sum(coalesce(c.settled_until_ms, c.answered_at_ms) - l.anchor_ms) as since
               from calls c join balance_lines l using (workspace_id)
               where c.status = 'in_conversation' group by 1) c using (workspace_id)
    where l.balance_ms <> l.settled_ms + coalesce(c.since, 0)`,

  // Replaces foreign keys: see docs/decisions/0005.
  'every call belongs to a workspace and to one of its agents': `
    select c.workspace_id, format('%s calls of agent %s: %s', c.calls, c.agent_id,
                                  case when l.workspace_id is null then 'their workspace has no balance line'
                                       else 'their workspace has no such agent' end) as detail
    from (select workspace_id, agent_id, count(*) as calls from calls group by 1, 2) c
    left join balance_lines l on l.workspace_id = c.workspace_id
    left join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id
    where l.workspace_id is null or a.id is null`,
}

/**
 * Checks the calls against the ledger and the balance lines. Reads one snapshot, also while a server runs.
 *
 * @returns each row that a check found
 */
export function verifyCalls(db: Queryable): Promise<Difference[]> {
  return runChecks(db, CHECKS)
}
