-- How a subscription goes on, and how it is paid for.
alter table subscriptions
  -- The plan that begins when the cycle ends; null: the same.
  add column pending_plan_id text references plans (id),
  -- card: renewals are charged to the default card. invoiced: the operator collects the money elsewhere.
  add column collection text not null default 'invoiced' check (collection in ('card', 'invoiced')),
  -- Since when a renewal is unpaid; null: all is paid.
  add column past_due_since_ms bigint,
  add column renewal_tries integer not null default 0,
  add column next_renewal_try_ms bigint;
create index subscriptions_next_renewal_try on subscriptions (next_renewal_try_ms)
  where next_renewal_try_ms is not null;
