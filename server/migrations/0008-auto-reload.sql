-- Auto-reload: top-up credits are bought when the balance drops below a threshold.

-- As the customer saved it, and what was decided last. What it shows (its state, its declines) is not kept: it is
-- decided anew from the purchases, the card, the plan and the balance whenever someone looks.
create table auto_reload_settings (
  workspace_id uuid primary key references workspaces (id),
  enabled boolean not null,              -- changed by nothing but the customer's own saving
  threshold_ms bigint not null check (threshold_ms > 0),
  package_id text not null references packages (id),
  quantity integer not null check (quantity between 1 and 100),
  monthly_cap_minor bigint check (monthly_cap_minor >= 0),  -- null: no cap
  saved_at_ms bigint not null,
  saved_by jsonb not null,
  attempt_seq bigint not null default 0,         -- the last attempt
  declines_after_seq bigint not null default 0,  -- saving forgives the declines of attempts up to here
  decided_reason text,                   -- why it was, or was not, bought when that was decided last
  look_at_ms bigint                      -- when to decide again by the clock alone; 0: at once
);
create index auto_reload_settings_enabled on auto_reload_settings (workspace_id) where enabled;

-- Every attempt, also those that were not made, and why. What became of one that was made is in its purchase.
create table auto_reload_attempts (
  workspace_id uuid not null references auto_reload_settings (workspace_id),
  seq bigint not null,
  id uuid not null,
  at_ms bigint not null,
  reason text not null,
  detail text,                           -- of one that was not made: why, in a sentence of that moment
  balance_ms bigint not null,            -- with what live calls had used by then taken off
  purchase_id uuid,                      -- null: it was not made
  primary key (workspace_id, seq),
  foreign key (workspace_id, purchase_id) references purchases (workspace_id, id),
  check ((purchase_id is null) = (detail is not null))
);
create unique index auto_reload_attempts_made on auto_reload_attempts (workspace_id, seq)
  where purchase_id is not null;

-- The threshold, while the balance was last seen at or above it: below it, auto-reload has to decide. Null where
-- auto-reload is off, or knows already that the balance is below.
alter table balance_lines add column reload_below_ms bigint;

-- What the decision rests on is changed by others, who know nothing of auto-reload, and who may crash right after
-- their commit. So the change itself leaves the note that it is to be decided anew. All of them hold the workspace's
-- line by then, as does whoever decides.
create function auto_reload_look_again() returns trigger language plpgsql as $$
begin
  update auto_reload_settings set look_at_ms = 0 where workspace_id = new.workspace_id and enabled;
  return null;
end $$;
create trigger purchases_auto_reload after update of status on purchases
  for each row when (new.origin = 'auto_reload' and new.status <> old.status)
  execute function auto_reload_look_again();
create trigger payment_methods_auto_reload after insert or update of is_default on payment_methods
  for each row execute function auto_reload_look_again();
create trigger subscriptions_auto_reload after update of terms on subscriptions
  for each row when (new.terms -> 'paid' is distinct from old.terms -> 'paid')
  execute function auto_reload_look_again();
