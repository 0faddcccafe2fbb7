-- What a key may do, until when, and who made it.
alter table api_keys
  -- null: a key from before scopes. It keeps what it could do until it is replaced.
  add column scopes text[] check
    (scopes <@ array['read', 'calls:report', 'calls:start', 'campaigns', 'money', 'admin', 'llm']),
  add column expires_at_ms bigint,
  add column created_through text check (created_through in ('dashboard', 'key', 'operator', 'command_line')),
  -- The key that made it. Its created_by is inherited, so that a removed member's keys go with the keys they made.
  add column created_by_key uuid references api_keys (id);

update api_keys set created_through = case when created_by is null then 'operator' else 'dashboard' end;
alter table api_keys alter column created_through set not null;
create index api_keys_operator on api_keys (id) where workspace_id is null and revoked_at_ms is null;
create index api_keys_creator on api_keys (workspace_id, created_by) where revoked_at_ms is null;

-- Whether keys made in the dashboard, or with a workspace's key, may report calls. The operator decides.
alter table workspaces add column may_report_calls boolean not null default false;
