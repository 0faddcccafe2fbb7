import { type Difference, runChecks } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

const checks: Record<string, string> = {
  'each campaign’s counts are those of its contacts': `
    select c.workspace_id, format('campaign %s counts %s/%s/%s/%s, there are %s/%s/%s/%s', c.id, c.waiting_count,
             c.calling_count, c.reached_count, c.not_reached_count, coalesce(t.waiting, 0), coalesce(t.calling, 0),
             coalesce(t.reached, 0), coalesce(t.not_reached, 0)) as detail
    from campaigns c
    left join (select workspace_id, campaign_id, count(*) filter (where state = 'waiting') as waiting,
                      count(*) filter (where state = 'calling') as calling,
                      count(*) filter (where state = 'reached') as reached,
                      count(*) filter (where state = 'not_reached') as not_reached
               from contacts group by 1, 2) t on t.workspace_id = c.workspace_id and t.campaign_id = c.id
    where (c.waiting_count, c.calling_count, c.reached_count, c.not_reached_count)
      is distinct from (coalesce(t.waiting, 0), coalesce(t.calling, 0), coalesce(t.reached, 0), coalesce(t.not_reached, 0))`,

  'each contact in a call has one open dial, and no other contact has any': `
    select t.workspace_id, format('contact %s is %s with %s open dials', t.id, t.state, count(d.call_id)) as detail
    from contacts t
    left join dials d on d.workspace_id = t.workspace_id and d.campaign_id = t.campaign_id and d.contact_id = t.id
      and d.state <> 'over'
    group by t.workspace_id, t.id, t.state
    having count(d.call_id) <> case when t.state = 'calling' then 1 else 0 end`,

  'no contact is called again after it was reached, nor more often than its campaign allows': `
    select t.workspace_id, format('contact %s: %s dials count, %s of them reached it, %s were too many; it says %s',
                                  t.id, d.counted, d.reached, d.beyond, t.attempts) as detail
    from (select workspace_id, campaign_id, contact_id,
                 count(*) filter (where outcome is null or outcome not in ('not_called', 'canceled')) as counted,
                 count(*) filter (where outcome = 'reached') as reached,
                 count(*) filter (where attempt > attempts_max) as beyond
          from dials group by 1, 2, 3) d
    join contacts t on t.workspace_id = d.workspace_id and t.campaign_id = d.campaign_id and t.id = d.contact_id
    where d.reached > 1 or d.counted <> t.attempts or d.beyond > 0`,

  'no contact is called while it is in a call': `
    select workspace_id, format('contact %s was dialed again at %s, the call before ended at %s', contact_id,
                                intended_at_ms, ended_before_ms) as detail
    from (select d.workspace_id, d.contact_id, d.intended_at_ms,
                 lag(c.ended_at_ms) over (partition by d.workspace_id, d.contact_id order by d.intended_at_ms, d.call_id) as ended_before_ms,
                 lag(d.outcome) over (partition by d.workspace_id, d.contact_id order by d.intended_at_ms, d.call_id) as outcome_before
          from dials d join calls c on c.workspace_id = d.workspace_id and c.id = d.call_id) pairs
    where ended_before_ms > intended_at_ms and outcome_before is distinct from 'not_called'`,

  'each campaign’s calls are its dials’, to the numbers of its contacts': `
    select c.workspace_id, format('call %s of campaign %s to %s: its dial is of campaign %s to %s', c.id, c.campaign_id,
                                  c.to_number, d.campaign_id, t.phone) as detail
    from calls c
    left join dials d on d.workspace_id = c.workspace_id and d.call_id = c.id
    left join contacts t on t.workspace_id = d.workspace_id and t.campaign_id = d.campaign_id and t.id = d.contact_id
    where c.campaign_id is not null
      and (d.campaign_id is distinct from c.campaign_id or t.phone is distinct from c.to_number)`,

  'each campaign’s used credits are what its calls were charged': `
    select c.workspace_id, format('campaign %s says it used %s ms, its dials %s ms, their calls %s ms', c.id, c.used_ms,
                                  coalesce(d.dials_ms, 0), coalesce(d.calls_ms, 0)) as detail
    from campaigns c
    left join (select d.workspace_id, d.campaign_id, sum(d.charged_ms) as dials_ms,
                      sum(case when d.provisional then d.charged_ms else coalesce(c.settled_ms, 0) end) as calls_ms
               from dials d left join calls c on c.workspace_id = d.workspace_id and c.id = d.call_id
               where d.state = 'over' group by 1, 2) d
      on d.workspace_id = c.workspace_id and d.campaign_id = c.id
    where c.used_ms <> coalesce(d.dials_ms, 0) or c.used_ms <> coalesce(d.calls_ms, 0)`,

  'each imported file adds up': `
    select i.workspace_id, format('file %s: %s rows, %s added and %s rejected; there are %s and %s', i.id, i.row_count,
                                  i.added_count, i.rejected_count, t.contacts, r.rejections) as detail
    from contact_imports i
    left join lateral (select count(*) as rejections from contact_rejections r
                       where r.workspace_id = i.workspace_id and r.import_id = i.id) r on true
    left join (select workspace_id, import_id, count(*) as contacts from contacts group by 1, 2) t
      on t.workspace_id = i.workspace_id and t.import_id = i.id
    where i.row_count <> i.added_count + i.rejected_count or i.rejected_count <> r.rejections
       or i.added_count <> coalesce(t.contacts, 0)`,
}

/** Checks campaigns against their contacts, dials and calls. Returns what differs. */
export function verifyCampaigns(db: Queryable): Promise<Difference[]> {
  return runChecks(db, checks)
}
