-- What a plan allows live calls at a balance of zero: they finish below zero, or they are ended. Plans without payment
-- allow nothing: otherwise their credits would have no end.
alter table plans add column overdraft text not null default 'finish' check (overdraft in ('finish', 'none'));
update plans set overdraft = 'none' where not paid;

-- It holds at once, also for workspaces that are in the middle of a cycle.
update subscriptions set terms = terms || jsonb_build_object(
  'overdraft', case when (terms ->> 'paid')::boolean then 'finish' else 'none' end);

-- A campaign also pauses while an owner's address must be verified.
alter table campaigns drop constraint campaigns_pause_reason_check;
alter table campaigns add constraint campaigns_pause_reason_check check (pause_reason in
  ('out_of_credits', 'by_user', 'agent_disabled', 'plan_required', 'workspace_suspended', 'email_unverified',
   'carrier_failing'));

-- When cards were asked for, for a day: each may be a card that somebody tests.
create table card_requests (
  workspace_id uuid not null references workspaces (id),
  at_ms bigint not null
);
create index card_requests_at on card_requests (workspace_id, at_ms);

-- Declined charges of a workspace in the last day.
create index purchases_failed on purchases (workspace_id, settled_at_ms) where status = 'failed';
