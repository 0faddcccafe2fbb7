-- The balance of a workspace as a line: at time t it is balance_ms - live_calls * (t - anchor_ms).
-- Whoever changes anything of a workspace's credits or calls locks this row first.
create table balance_lines (
  workspace_id uuid primary key references workspaces (id),
  anchor_ms bigint not null,
  balance_ms bigint not null,
  live_calls integer not null default 0 check (live_calls >= 0),
  open_calls integer not null default 0 check (open_calls >= live_calls), -- authorized or in conversation
  settled_ms bigint not null default 0,   -- the sum of all entries
  drawn_ms bigint not null default 0 check (drawn_ms >= 0),    -- all that was ever taken: charges and deductions
  folded_ms bigint not null default 0 check (folded_ms >= 0),  -- drawn up to here has been taken off grants
  entry_seq bigint not null default 0,
  event_seq bigint not null default 0,
  next_boundary_ms bigint,                -- the next expiry or end of a cycle
  check (folded_ms <= drawn_ms)
) with (fillfactor = 50);
create index balance_lines_next_boundary on balance_lines (next_boundary_ms) where next_boundary_ms is not null;

create table grants (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  kind text not null check (kind in ('monthly', 'top_up', 'promotional', 'adjustment')),
  -- Credit that a correction gave back: it keeps the kind and the expiry of the grant that had paid, and is no
  -- new credit.
  returned boolean not null default false,
  granted_ms bigint not null check (granted_ms > 0),
  remaining_ms bigint not null check (remaining_ms >= 0 and remaining_ms <= granted_ms),
  granted_at_ms bigint not null,
  expires_at_ms bigint,
  expired_at_ms bigint,
  reason text,
  primary key (workspace_id, id)
);
create index grants_open on grants (workspace_id) where remaining_ms > 0;

-- Which grant paid which stretch of the workspace's cumulative draws: [from_ms, to_ms). Written when draws are
-- folded into grants. Together with ledger_entries.drawn_after_ms it answers "which grants paid this call".
create table grant_draws (
  workspace_id uuid not null,
  from_ms bigint not null,
  to_ms bigint not null check (to_ms > from_ms),
  grant_id uuid not null,
  primary key (workspace_id, from_ms),
  foreign key (workspace_id, grant_id) references grants (workspace_id, id)
);

-- Entries and events carry no foreign key: they are written under the lock of the workspace's line, which has
-- one, and checking it again for every row cost more than writing the row (docs/decisions/0005). verify checks it.
create table ledger_entries (
  workspace_id uuid not null,
  seq bigint not null,
  id uuid not null,
  at_ms bigint not null,           -- when it happened
  recorded_at_ms bigint not null,  -- when it was written
  kind text not null check (kind in
    ('call', 'monthly_grant', 'top_up', 'promotional', 'adjustment', 'expiry', 'refund')),
  amount_ms bigint not null,
  balance_after_ms bigint not null,  -- the settled balance: the sum of all entries up to this one
  drawn_after_ms bigint not null,    -- the cumulative draws up to this one
  call_id uuid,
  grant_id uuid,
  reason text,
  primary key (workspace_id, seq)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;
create trigger ledger_entries_append_only before update or delete on ledger_entries
  for each row execute function refuse_change();
create trigger ledger_entries_no_truncate before truncate on ledger_entries
  for each statement execute function refuse_change();
create trigger grant_draws_append_only before update or delete on grant_draws
  for each row execute function refuse_change();
create trigger grant_draws_no_truncate before truncate on grant_draws
  for each statement execute function refuse_change();

-- What changed in a workspace, for server-sent events: one row a topic of a committed batch, in the order of
-- commits. It names what changed; whoever listens reads how it is now.
create table events (
  workspace_id uuid not null,
  seq bigint not null,
  at_ms bigint not null,
  topic text not null,      -- balance, call, agent, …
  ids uuid[] not null,
  primary key (workspace_id, seq)
);
create index events_at on events using brin (at_ms);
