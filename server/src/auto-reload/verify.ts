import { type Difference, runChecks } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

const checks: Record<string, string> = {
  'every reload belongs to one attempt': `
    select p.workspace_id, format('purchase %s belongs to %s attempts', p.id, count(a.seq)) as detail
    from purchases p
    left join auto_reload_attempts a on a.workspace_id = p.workspace_id and a.purchase_id = p.id
    where p.origin = 'auto_reload' group by p.workspace_id, p.id having count(a.seq) <> 1`,

  'every attempt that was made has a reload': `
    select a.workspace_id, format('attempt %s is the purchase %s, of origin %s', a.seq, p.id, p.origin) as detail
    from auto_reload_attempts a
    join purchases p on p.workspace_id = a.workspace_id and p.id = a.purchase_id
    where p.origin <> 'auto_reload' or p.purpose <> 'top_up'`,

  'attempt numbers have no gaps': `
    select s.workspace_id, format('%s attempts, the last is number %s of %s', count(a.seq), max(a.seq),
                                  s.attempt_seq) as detail
    from auto_reload_settings s
    left join auto_reload_attempts a on a.workspace_id = s.workspace_id
    group by s.workspace_id, s.attempt_seq
    having count(a.seq) <> s.attempt_seq or coalesce(max(a.seq), 0) <> s.attempt_seq`,

  'a balance is watched only for the threshold of an auto-reload that is on': `
    select l.workspace_id, format('watched for %s ms, auto-reload is %s at %s ms', l.reload_below_ms,
                                  case when s.enabled then 'on' else 'off' end, s.threshold_ms) as detail
    from balance_lines l
    left join auto_reload_settings s on s.workspace_id = l.workspace_id
    where l.reload_below_ms is not null
      and (s.enabled is distinct from true or s.threshold_ms <> l.reload_below_ms)`,
}

/** Checks that auto-reload's attempts match its purchases. Returns the differences. */
export function verifyAutoReload(db: Queryable): Promise<Difference[]> {
  return runChecks(db, checks)
}
