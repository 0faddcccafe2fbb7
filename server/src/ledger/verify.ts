import type pg from 'pg'
import type { Queryable } from '../platform/database/database.ts'
import { CHAIN_START } from './entry-hash.ts'

/** One place where the books do not agree. */
export type Difference = { readonly workspaceId: string; readonly check: string; readonly detail: string }

const CHAIN_START_SQL = `'\\x${CHAIN_START}'::bytea`

/**
 * Recompute every balance of the ledger's own tables from the ground up. Each query returns one row per workspace that
 * differs: (workspace_id, detail). Run them in one snapshot; the server may run meanwhile.
 */
const checks: Record<string, string> = {
  'entries add up to the settled balance': `
    select l.workspace_id, format('entries add up to %s ms, the line says %s ms', coalesce(e.sum, 0), l.settled_ms) as detail
    from balance_lines l
    left join (select workspace_id, sum(amount_ms) as sum from ledger_entries group by workspace_id) e using (workspace_id)
    where coalesce(e.sum, 0) <> l.settled_ms`,

  'each entry continues the one before': `
    select workspace_id, format('entry %s of %s ms: balance %s ms after %s ms before, %s ms drawn after %s ms before',
                                seq, amount_ms, balance_after_ms, before_ms, drawn_after_ms, drawn_before_ms) as detail
    from (select workspace_id, seq, kind, amount_ms, balance_after_ms, drawn_after_ms,
                 lag(balance_after_ms, 1, 0::bigint) over w as before_ms,
                 lag(seq, 1, 0::bigint) over w as seq_before,
                 lag(drawn_after_ms, 1, 0::bigint) over w as drawn_before_ms
          from ledger_entries window w as (partition by workspace_id order by seq)) e
    where balance_after_ms <> before_ms + amount_ms or seq <> seq_before + 1
       or drawn_after_ms <> drawn_before_ms
                            + case when amount_ms < 0 and kind <> 'expiry' then -amount_ms else 0 end`,

  'the line ends where the last entry does': `
    select l.workspace_id, format('the line has %s entries and %s ms drawn, the last entry is %s with %s ms',
                                  l.entry_seq, l.drawn_ms, e.seq, e.drawn_after_ms) as detail
    from balance_lines l
    left join (select distinct on (workspace_id) workspace_id, seq, drawn_after_ms from ledger_entries
               order by workspace_id, seq desc) e using (workspace_id)
    where l.entry_seq <> coalesce(e.seq, 0) or l.drawn_ms <> coalesce(e.drawn_after_ms, 0)`,

  // Written independently of entry-hash.ts, in another language: two programs that must agree.
  'each entry’s hash follows from what it says and from the entry before': `
    select distinct on (workspace_id) workspace_id, format('entry %s is the first whose hash does not fit', seq) as detail
    from (select *, lag(hash, 1, ${CHAIN_START_SQL}) over (partition by workspace_id order by seq) as hash_before
          from ledger_entries) e
    where hash <> sha256(convert_to(concat_ws(' ', encode(hash_before, 'hex'), workspace_id, seq, id, at_ms,
                                              recorded_at_ms, kind, amount_ms, balance_after_ms, drawn_after_ms,
                                              coalesce(call_id::text, '-'), coalesce(grant_id::text, '-'),
                                              coalesce(purchase_id::text, '-'),
                                              case when reason is null then '-' else '+' || reason end), 'UTF8'))
    order by workspace_id, seq`,

  'the line has the hash of the last entry': `
    select l.workspace_id, format('the line has %s, the last entry has %s',
                                  encode(l.entry_hash, 'hex'), coalesce(encode(e.hash, 'hex'), 'none')) as detail
    from balance_lines l
    left join (select distinct on (workspace_id) workspace_id, hash from ledger_entries
               order by workspace_id, seq desc) e using (workspace_id)
    where l.entry_hash <> coalesce(e.hash, ${CHAIN_START_SQL})`,

  'grants less what is not folded make the settled balance': `
    select l.workspace_id, format('grants hold %s ms, %s ms are not folded, the balance is %s ms',
                                  coalesce(g.sum, 0), l.drawn_ms - l.folded_ms, l.settled_ms) as detail
    from balance_lines l
    left join (select workspace_id, sum(remaining_ms) as sum from grants group by workspace_id) g using (workspace_id)
    where coalesce(g.sum, 0) - (l.drawn_ms - l.folded_ms) <> l.settled_ms`,

  'each grant is granted = remaining + drawn + expired': `
    select g.workspace_id, format('grant %s: %s ms granted, %s remaining, %s drawn, %s expired',
                                  g.id, g.granted_ms, g.remaining_ms, coalesce(d.sum, 0), coalesce(x.sum, 0)) as detail
    from grants g
    left join (select workspace_id, grant_id, sum(to_ms - from_ms) as sum from grant_draws group by 1, 2) d
      on d.workspace_id = g.workspace_id and d.grant_id = g.id
    left join (select workspace_id, grant_id, -sum(amount_ms) as sum from ledger_entries where kind = 'expiry' group by 1, 2) x
      on x.workspace_id = g.workspace_id and x.grant_id = g.id
    where g.granted_ms <> g.remaining_ms + coalesce(d.sum, 0) + coalesce(x.sum, 0)`,

  'draws cover what is folded without a gap': `
    select l.workspace_id, format('%s ms folded, draws reach %s ms over %s ms, %s of them not where the one before ends',
                                  l.folded_ms, coalesce(d.reach, 0), coalesce(d.sum, 0), coalesce(d.gaps, 0)) as detail
    from balance_lines l
    left join (select workspace_id, max(to_ms) as reach, sum(to_ms - from_ms) as sum,
                      count(*) filter (where from_ms <> to_before_ms) as gaps
               from (select workspace_id, from_ms, to_ms,
                            lag(to_ms, 1, 0::bigint) over (partition by workspace_id order by from_ms) as to_before_ms
                     from grant_draws) placed
               group by workspace_id) d
      using (workspace_id)
    where coalesce(d.reach, 0) <> l.folded_ms or coalesce(d.sum, 0) <> l.folded_ms or coalesce(d.gaps, 0) > 0`,

  'the next boundary is no later than the next expiry': `
    select l.workspace_id, format('looked at again at %s, credit expires at %s', l.next_boundary_ms, g.at) as detail
    from balance_lines l
    join (select workspace_id, min(expires_at_ms) as at from grants where remaining_ms > 0 group by workspace_id) g
      using (workspace_id)
    where g.at is not null and (l.next_boundary_ms is null or l.next_boundary_ms > g.at)`,

  'granted = balance + used + expired': `
    select workspace_id, format('granted %s ms, balance %s ms, used %s ms, expired %s ms, deducted %s ms',
                                granted, settled_ms, used, expired, deducted) as detail
    from (select l.workspace_id, l.settled_ms,
            coalesce((select sum(granted_ms) from grants g where g.workspace_id = l.workspace_id and not g.returned), 0) as granted,
            coalesce(-sum(e.amount_ms) filter (where e.kind = 'call'), 0) as used,
            coalesce(-sum(e.amount_ms) filter (where e.kind = 'expiry'), 0) as expired,
            coalesce(-sum(e.amount_ms) filter (where e.kind in ('adjustment', 'refund') and e.amount_ms < 0), 0) as deducted
          from balance_lines l left join ledger_entries e using (workspace_id)
          group by l.workspace_id, l.settled_ms) sums
    where granted <> settled_ms + used + expired + deducted`,

  // Instead of foreign keys: see docs/decisions/0005.
  'every entry and event belongs to a workspace': `
    select r.workspace_id, format('%s of a workspace that has no balance line', r.what) as detail
    from (select workspace_id, 'entries' as what from ledger_entries group by 1
          union all select workspace_id, 'events' from events group by 1) r
    left join balance_lines l using (workspace_id)
    where l.workspace_id is null`,
}

/** Runs a set of checks. Use a repeatable-read transaction for `db` where others write meanwhile. */
export async function runChecks(db: Queryable, queries: Record<string, string>): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const [check, sql] of Object.entries(queries)) {
    const { rows } = await db.query<{ workspace_id: string; detail: string } & pg.QueryResultRow>(sql)
    for (const row of rows) differences.push({ workspaceId: row.workspace_id, check, detail: row.detail })
  }
  return differences
}

export function verifyLedger(db: Queryable): Promise<Difference[]> {
  return runChecks(db, checks)
}
