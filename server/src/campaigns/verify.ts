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

  'each contact that is called has a dial that is not over, and no other has': `
    select t.workspace_id, format('contact %s is %s with %s open dials', t.id, t.state, count(d.call_id)) as detail
    from contacts t
    left join dials d on d.workspace_id = t.workspace_id and d.campaign_id = t.campaign_id and d.contact_id = t.id
      and d.state <> 'over'
    group by t.workspace_id, t.id, t.state
    having count(d.call_id) <> case when t.state = 'calling' then 1 else 0 end`,

  'no contact is called again after it was reached, nor more often than its campaign says': `
    select t.workspace_id, format('contact %s was dialled %s times, reached in %s of them', t.id, d.counted, d.reached) as detail
    from (select workspace_id, campaign_id, contact_id,
                 count(*) filter (where outcome is null or outcome not in ('not_called', 'canceled')) as counted,
                 count(*) filter (where outcome = 'reached') as reached
          from dials group by 1, 2, 3) d
    join contacts t on t.workspace_id = d.workspace_id and t.campaign_id = d.campaign_id and t.id = d.contact_id
    where d.reached > 1 or d.counted <> t.attempts or t.attempts > 10`,

  'what campaigns used is what their calls were charged': `
    select c.workspace_id, format('campaign %s says it used %s ms, its dials were charged %s ms', c.id, c.used_ms,
                                  coalesce(sum(d.charged_ms), 0)) as detail
    from campaigns c
    left join dials d on d.workspace_id = c.workspace_id and d.campaign_id = c.id and d.state = 'over'
    group by c.workspace_id, c.id, c.used_ms
    having c.used_ms <> coalesce(sum(d.charged_ms), 0)`,
}

/** What campaigns say of themselves must be what their contacts, dials and calls say. */
export function verifyCampaigns(db: Queryable): Promise<Difference[]> {
  return runChecks(db, checks)
}
