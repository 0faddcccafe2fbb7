-- Whose word each fact of a call is, and what was corrected. 'unrecorded', or null beside an instant: a report from before
-- sources were recorded, which stands.
alter table calls
  add column answered_by text check (answered_by in ('workspace', 'operator', 'carrier', 'unrecorded')),
  add column ended_by text check (ended_by in ('workspace', 'operator', 'carrier', 'unrecorded')),
  -- What reports of a higher rank corrected: a list of { fact, fromMs, fromBy, toMs, toBy, atMs }. null: nothing.
  add column corrections jsonb;

-- Test calls, made from the dashboard: the server itself is their voice stack. A row is deleted when its call is over.
create table test_calls (
  workspace_id uuid not null,
  call_id uuid not null,
  ends_at_ms bigint not null,  -- when the server ends it at the latest
  primary key (workspace_id, call_id)
);

-- Why a workspace is suspended, and since when. The operator alone reads why.
alter table workspaces
  add column suspended_at_ms bigint,
  add column suspension_reason text;
