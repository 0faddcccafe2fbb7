-- Instants are bigint milliseconds since 1970 UTC and amounts are bigint milliseconds of talk time throughout:
-- exact arithmetic without casts. Every key begins with the workspace, so that tables can be distributed by it.

create table plans (
  id text primary key,
  name text not null,
  position integer not null,
  price_minor bigint,              -- per cycle; null: price on request
  currency text not null,
  monthly_ms bigint not null check (monthly_ms >= 0),
  paid boolean not null,           -- may buy top-ups
  features jsonb not null,         -- {"campaigns": true, …}
  limits jsonb not null            -- {"concurrentCallsMax": 20, "callDurationSecondsMax": 3600, "membersMax": 2}
);

create table packages (
  id text primary key,
  position integer not null,
  credits_ms bigint not null check (credits_ms > 0),
  price_minor bigint not null check (price_minor >= 0),
  currency text not null
);

create table workspaces (
  id uuid primary key,
  name text not null,
  time_zone text not null,
  status text not null default 'active' check (status in ('active', 'suspended')),
  when_credits_run_out text not null default 'finish' check (when_credits_run_out in ('finish', 'end')),
  monthly_budget_ms bigint check (monthly_budget_ms > 0),
  demo boolean not null default false,
  created_at_ms bigint not null
);

-- What a workspace subscribes to. `terms` is the plan as it stood when the cycle began: a plan edited later
-- changes nothing here until the next cycle.
create table subscriptions (
  workspace_id uuid primary key references workspaces (id),
  plan_id text not null references plans (id),
  terms jsonb not null,
  anchor_local text not null,      -- local date and time at which the plan started, e.g. 2026-01-31T09:30:00
  time_zone text not null,         -- the zone in which anchor_local is read
  cycle_number integer not null,   -- 0 is the first
  cycle_starts_at_ms bigint not null,
  cycle_ends_at_ms bigint not null,
  check (cycle_ends_at_ms > cycle_starts_at_ms)
);
