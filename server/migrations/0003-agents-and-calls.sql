create table agents (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  language text not null,            -- BCP 47
  phone_number text,                 -- E.164
  llm_provider text not null,
  llm_model text not null,
  status text not null default 'active' check (status in ('active', 'disabled')),
  created_at_ms bigint not null,
  archived_at_ms bigint,
  primary key (workspace_id, id)
);
create unique index agents_phone_number on agents (phone_number) where archived_at_ms is null;
create unique index agents_by_id on agents (id);

-- No foreign keys, as in ledger_entries: a call is written under the lock of its workspace's line, for an agent that
-- was just read, and agents are archived, never deleted. verify checks both.
create table calls (
  workspace_id uuid not null,
  id uuid not null,
  agent_id uuid not null,
  direction text not null check (direction in ('inbound', 'outbound', 'web')),
  from_number text,
  to_number text,
  external_id text,
  campaign_id uuid,
  status text not null check (status in
    ('authorized', 'in_conversation', 'ended', 'refused', 'unanswered', 'failed', 'lost')),
  refusal_reason text,
  authorized_at_ms bigint not null,
  answered_at_ms bigint,
  ended_at_ms bigint,
  end_reason text,
  end_source text check (end_source in ('reported', 'presumed')),
  max_duration_ms bigint not null,
  settled_ms bigint not null default 0,     -- charged so far
  settled_until_ms bigint,                  -- a reset cut the call here; what came before is charged
  last_seen_at_ms bigint,                   -- the last heartbeat
  reap_at_ms bigint,                        -- when to look whether it was lost; null once it is over
  entry_seqs bigint[] not null default '{}',
  primary key (workspace_id, id)
) with (fillfactor = 80);
create unique index calls_external_id on calls (workspace_id, external_id) where external_id is not null;
create index calls_open on calls (workspace_id, id) where status in ('authorized', 'in_conversation');
create index calls_reap on calls (reap_at_ms) where reap_at_ms is not null;
create index calls_ended on calls (workspace_id, ended_at_ms) where ended_at_ms is not null;
