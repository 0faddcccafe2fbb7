-- Usage of months that are over, added up once more: windows of a year read hundreds of rows instead of one for each
-- day and agent.

-- How far that goes: usage of days before `until_day`, the first day of a month, is in the two tables below as well.
-- A call of such a day that is reported or corrected later is added to all of them, in its transaction.
create table usage_closings (
  workspace_id uuid primary key references workspaces (id),
  time_zone text not null,
  until_day date not null
);

-- The days, all agents together; columns as in usage_days.
create table usage_closed_days (
  workspace_id uuid not null,
  time_zone text not null,
  day date not null,
  calls bigint not null,
  used_ms bigint not null,
  drawn_from_ms bigint,
  drawn_to_ms bigint,
  corrections bigint not null,
  primary key (workspace_id, time_zone, day)
);

-- The agents, by months, each under its first day.
create table usage_closed_months (
  workspace_id uuid not null,
  time_zone text not null,
  month date not null,
  agent_id uuid not null,
  calls bigint not null,
  used_ms bigint not null,
  primary key (workspace_id, time_zone, month, agent_id)
);

create index usage_days_of_agent on usage_days (workspace_id, time_zone, agent_id, day);

-- Splits are kept of a day's agents, and of all of them together, under the agent of zeros. Corrections of a day are
-- those of its agents.
alter table usage_splits alter column corrections type bigint;

-- The few calls that were charged in several entries.
create index calls_in_pieces on calls (workspace_id, ended_at_ms) where cardinality(entry_seqs) > 1 and ended_at_ms is not null;

-- How far a workspace's draws were looked through for changes of the price, so that splits are kept before somebody asks.
create table usage_price_looks (
  workspace_id uuid primary key references workspaces (id),
  time_zone text not null,
  folded_ms bigint not null,       -- of the line, at the last look
  look_at_drawn_ms bigint          -- what the line has drawn in all when the price changes next; null: not with the grants there are
);
