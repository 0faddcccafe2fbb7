-- What was used, by the local day on which calls ended and by agent; and what it cost.

-- Where, on the workspace's cumulative draws, the call's first charge begins; null: nothing was charged.
alter table calls add column drawn_from_ms bigint;
update calls c set drawn_from_ms = e.drawn_after_ms + e.amount_ms
from ledger_entries e where e.workspace_id = c.workspace_id and e.seq = c.entry_seqs[1];

-- What the grant's credit cost: price_minor for each price_per_ms milliseconds, as a fraction that cannot be reduced.
-- 0 of the currency XXX: it was given free. Null: nobody knows.
alter table grants
  add column price_minor bigint check (price_minor >= 0),
  add column price_per_ms bigint check (price_per_ms > 0),
  add column price_currency text,
  add constraint grants_price_whole check (num_nulls(price_minor, price_per_ms, price_currency) in (0, 3));

-- Promotional credit and adjustments are given;
update grants set price_minor = 0, price_per_ms = 1, price_currency = 'XXX'
where kind in ('promotional', 'adjustment');
-- what was bought cost what was paid for it;
update grants g set price_minor = p.amount_minor / gcd(p.amount_minor, g.granted_ms),
                    price_per_ms = g.granted_ms / gcd(p.amount_minor, g.granted_ms),
                    price_currency = case when p.amount_minor = 0 then 'XXX' else p.currency end
from ledger_entries e join purchases p on p.workspace_id = e.workspace_id and p.id = e.purchase_id
where e.workspace_id = g.workspace_id and e.grant_id = g.id and e.amount_ms = g.granted_ms and not g.returned;
-- other monthly credit has the price of its plan, as far as the plan can still be told from the reason;
update grants g set price_minor = p.price_minor / gcd(p.price_minor, p.monthly_ms),
                    price_per_ms = p.monthly_ms / gcd(p.price_minor, p.monthly_ms),
                    price_currency = case when p.price_minor = 0 then 'XXX' else p.currency end
from plans p
where g.kind = 'monthly' and not g.returned and g.price_minor is null and p.price_minor is not null
  and p.monthly_ms > 0 and g.reason in (p.name || ' plan', p.name || ' plan for the rest of the cycle');
-- and credit that was given back, that of the grant which had paid.
update grants g set price_minor = p.price_minor, price_per_ms = p.price_per_ms, price_currency = p.price_currency
from grants p
where g.returned and g.kind = 'monthly' and p.kind = 'monthly' and not p.returned and p.workspace_id = g.workspace_id
  and p.expires_at_ms = g.expires_at_ms and p.granted_at_ms < g.granted_at_ms;

-- A call counts once its conversation is over: on the local day on which it ended, for what it was charged. Kept in
-- the transaction that charges it, under the lock of the workspace's balance line.
create table usage_days (
  workspace_id uuid not null,
  time_zone text not null,         -- in which the day is meant: the workspace's, or the one it is changing to
  day date not null,
  agent_id uuid not null,
  calls bigint not null,
  used_ms bigint not null,
  -- All charges of these calls lie, on the workspace's cumulative draws, within [from, to); null: nothing was charged.
  drawn_from_ms bigint,
  drawn_to_ms bigint,
  corrections integer not null default 0,  -- how often what had been charged before came, went or changed
  primary key (workspace_id, time_zone, day, agent_id)
) with (fillfactor = 50);

insert into usage_days (workspace_id, time_zone, day, agent_id, calls, used_ms, drawn_from_ms, drawn_to_ms)
select c.workspace_id, w.time_zone, (to_timestamp(c.ended_at_ms / 1000.0) at time zone w.time_zone)::date, c.agent_id,
       count(*), sum(c.settled_ms), min(c.drawn_from_ms), max(e.drawn_after_ms)
from calls c
join workspaces w on w.id = c.workspace_id
left join ledger_entries e on e.workspace_id = c.workspace_id and e.seq = c.entry_seqs[cardinality(c.entry_seqs)]
where c.ended_at_ms is not null and c.answered_at_ms is not null
group by 1, 2, 3, 4;

-- How much of such a row was drawn before a point of the cumulative draws at which the price changes. Reckoned from
-- the calls when somebody asks what they cost, and kept for the next who does.
create table usage_splits (
  workspace_id uuid not null,
  time_zone text not null,
  day date not null,
  agent_id uuid not null,
  drawn_ms bigint not null,        -- the point
  before_ms bigint not null,
  corrections integer not null,    -- of the row, when this was reckoned: it holds as long as they are the same
  primary key (workspace_id, time_zone, day, agent_id, drawn_ms)
);

-- A workspace whose time zone is being changed: its usage is kept in both zones until the new one is complete.
create table time_zone_changes (
  workspace_id uuid primary key references workspaces (id),
  id uuid not null,
  time_zone text not null,
  started_at_ms bigint not null
);

-- How far a workspace's budget was looked at.
create table budget_watches (
  workspace_id uuid primary key references workspaces (id),
  month text not null,             -- such as 2026-11
  ends_at_ms bigint not null,      -- when that month does
  time_zone text not null,
  budget_ms bigint not null,
  told_percent integer not null,   -- the highest step of this budget that is known to have been reached; 0: none
  look_at_drawn_ms bigint          -- what the line has drawn in all when the next step may be reached; null: there is none
);
