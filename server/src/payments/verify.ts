import { type Difference, runChecks } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

// What was paid must match what was delivered. A charge of the sandbox bank's whose answer was lost belongs to an open
// purchase and is not a difference.
const checks: Record<string, string> = {
  'each paid top-up added its credits once': `
    select p.workspace_id, format('purchase %s: %s ms paid, %s entries of %s ms, grant of %s ms', p.id, p.credits_ms,
                                  coalesce(e.entries, 0), coalesce(e.sum, 0), g.granted_ms) as detail
    from purchases p
    left join (select workspace_id, purchase_id, grant_id, count(*) as entries, sum(amount_ms) as sum
               from ledger_entries where purchase_id is not null and amount_ms > 0 group by 1, 2, 3) e
      on e.workspace_id = p.workspace_id and e.purchase_id = p.id and e.grant_id = p.grant_id
    left join grants g on g.workspace_id = p.workspace_id and g.id = p.grant_id
    where p.purpose = 'top_up' and p.status = 'succeeded'
      and (coalesce(e.entries, 0) <> 1 or e.sum <> p.credits_ms or g.granted_ms is distinct from p.credits_ms
           or g.kind <> 'top_up' or g.expires_at_ms is not null)`,

  // A demo's generated past begins without purchases.
  'purchased credits have the price that was paid': `
    select g.workspace_id, format('grant %s: %s ms cost %s, its price is %s for %s ms', g.id, g.granted_ms, p.amount_minor,
                                  g.price_minor, g.price_per_ms) as detail
    from purchases p
    join ledger_entries e on e.workspace_id = p.workspace_id and e.purchase_id = p.id and e.amount_ms > 0
    join grants g on g.workspace_id = e.workspace_id and g.id = e.grant_id
    where p.amount_minor::numeric * g.price_per_ms is distinct from g.price_minor::numeric * g.granted_ms`,

  'purchased credits come from paid purchases': `
    select e.workspace_id, format('entry %s of %s ms: purchase %s is %s', e.seq, e.amount_ms, e.purchase_id,
                                  coalesce(p.status, 'not there')) as detail
    from ledger_entries e
    join workspaces w on w.id = e.workspace_id
    left join purchases p on p.workspace_id = e.workspace_id and p.id = e.purchase_id
    where (e.purchase_id is not null or (e.kind = 'top_up' and not w.demo))
      and (p.status is distinct from 'succeeded' or (e.amount_ms > 0 and p.grant_id is distinct from e.grant_id))`,

  'each charge of the sandbox bank belongs to a purchase': `
    select coalesce(p.workspace_id, '00000000-0000-0000-0000-000000000000') as workspace_id,
           format('the bank charged %s %s for purchase %s, which is %s over %s %s', c.amount_minor, c.currency,
                  c.idempotency_key, coalesce(p.status, 'not there'), p.amount_minor, p.currency) as detail
    from sandbox_charges c
    left join purchases p on p.id::text = c.idempotency_key
    where c.status = 'succeeded'
      and (p.id is null or p.status = 'failed' or p.amount_minor <> c.amount_minor or p.currency <> c.currency)`,

  'the sandbox bank charged each purchase paid in the sandbox': `
    select p.workspace_id, format('purchase %s of %s %s: the bank says %s', p.id, p.amount_minor, p.currency,
                                  coalesce(c.status, 'nothing')) as detail
    from purchases p
    left join sandbox_charges c on c.idempotency_key = p.id::text
    where p.gateway = 'sandbox' and p.status = 'succeeded' and p.amount_minor > 0
      and (c.status is distinct from 'succeeded' or c.ref is distinct from p.gateway_ref)`,

  'receipt numbers have no gaps': `
    select p.workspace_id, format('receipt %s is number %s of its year; %s were given out', p.receipt_number,
                                  p.place, n.last) as detail
    from (select workspace_id, receipt_number, split_part(receipt_number, '-', 2)::integer as year,
                 row_number() over (partition by split_part(receipt_number, '-', 2)
                                    order by split_part(receipt_number, '-', 3)::bigint) as place
          from purchases where receipt_number is not null) p
    left join receipt_numbers n on n.year = p.year
    where split_part(p.receipt_number, '-', 3)::bigint <> p.place or p.place > coalesce(n.last, 0)`,
}

/** Checks that money taken, credits added and receipts match. Returns the differences. */
export function verifyPayments(db: Queryable): Promise<Difference[]> {
  return runChecks(db, checks)
}
