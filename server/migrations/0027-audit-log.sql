-- Who did what: a row for every change that a person, a key, the operator or a chore makes to money, plans, members,
-- keys, webhooks, settings, agents or campaigns. Written in the transaction of the change, and kept as the ledger is.
create table audit_log (
  id uuid primary key,                          -- UUIDv7: sorts by the time of the action
  at_ms bigint not null,
  workspace_id uuid references workspaces (id), -- null: an action of the operator outside workspaces
  actor_kind text not null check (actor_kind in ('user', 'key', 'operator', 'command_line', 'system')),
  actor_id uuid,                                -- the user or the key; without reference: the log outlives both
  actor_name text,                              -- as it was at the time, because people and keys are renamed and deleted
  actor_email text,
  action text not null check (action ~ '^[a-z0-9_]+\.[a-z0-9_]+$'),
  target_kind text not null,
  target_id text not null,                      -- as the API shows it
  target_name text,                             -- as it was at the time, of what has a name
  before_state json,                            -- the fields that differ; json, not jsonb: they keep their order
  after_state json,
  ip text,
  user_agent text,
  check ((actor_id is null) = (actor_kind in ('command_line', 'system')))
);
create index audit_log_workspace on audit_log (workspace_id, id);
create index audit_log_actor on audit_log (workspace_id, actor_id, id);
create index audit_log_action on audit_log (workspace_id, action, id);

create trigger audit_log_append_only before update or delete on audit_log
  for each row execute function refuse_change();
create trigger audit_log_no_truncate before truncate on audit_log
  for each statement execute function refuse_change();
