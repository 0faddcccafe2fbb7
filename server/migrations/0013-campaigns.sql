-- Campaigns: many contacts, called one after the other by an agent. Whoever changes a campaign, its contacts or its
-- dials holds the workspace's balance line.
create table campaigns (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  agent_id uuid not null,
  status text not null default 'draft' check (status in ('draft', 'scheduled', 'running', 'paused', 'completed')),
  pause_reason text check (pause_reason in
    ('out_of_credits', 'by_user', 'agent_disabled', 'plan_required', 'workspace_suspended', 'carrier_failing')),
  paused_at_ms bigint,
  concurrency integer not null check (concurrency between 1 and 1000),
  calls_per_minute double precision check (calls_per_minute > 0),  -- null: as many as the concurrency allows
  calling_hours jsonb,             -- {"timeZone", "days": [{"day", "from", "to"}]}; null: at any time
  attempts_max integer not null check (attempts_max between 1 and 10),
  retry_after_ms bigint not null check (retry_after_ms > 0),
  retry_on text[] not null,
  on_voicemail text not null check (on_voicemail in ('hang_up', 'talk')),
  resume_when_credits_return boolean not null,
  default_country text,            -- of numbers without a country code
  created_at_ms bigint not null,
  starts_at_ms bigint,             -- of a scheduled one
  started_at_ms bigint,
  completed_at_ms bigint,
  archived_at_ms bigint,

  -- How many contacts there are in each state, and what their calls were charged. Kept with each change, because
  -- counting half a million rows takes longer than anybody wants to wait for a page.
  waiting_count integer not null default 0 check (waiting_count >= 0),
  calling_count integer not null default 0 check (calling_count >= 0),
  reached_count integer not null default 0 check (reached_count >= 0),
  not_reached_count integer not null default 0 check (not_reached_count >= 0),
  dials_over bigint not null default 0,
  used_ms bigint not null default 0,
  failures_in_row integer not null default 0,

  next_slot_ms bigint not null default 0,  -- when the pace allows the next dial
  look_at_ms bigint,                       -- when there may be something to do by the clock; null: when something changes
  primary key (workspace_id, id),
  check ((status = 'paused') = (pause_reason is not null)),
  check ((status = 'paused') = (paused_at_ms is not null))
);
create index campaigns_look_at on campaigns (look_at_ms) where look_at_ms is not null;
create unique index campaigns_by_id on campaigns (id);

create table contact_imports (
  workspace_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  at_ms bigint not null,
  row_count integer not null,
  added_count integer not null,
  rejected_count integer not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id)
);
create index contact_imports_campaign on contact_imports (workspace_id, campaign_id, id);

-- Rows of a file that were not taken, and why.
create table contact_rejections (
  workspace_id uuid not null,
  import_id uuid not null,
  line integer not null,
  reason text not null,
  value text not null,
  primary key (workspace_id, import_id, line),
  foreign key (workspace_id, import_id) references contact_imports (workspace_id, id) on delete cascade
);

create table contacts (
  workspace_id uuid not null,
  campaign_id uuid not null,
  id uuid not null,
  import_id uuid not null,
  line integer not null,           -- of the file
  phone text not null,             -- E.164
  name text,
  details jsonb,                   -- the file's other columns
  state text not null default 'waiting' check (state in ('waiting', 'calling', 'reached', 'not_reached')),
  attempts integer not null default 0,     -- dials that count
  next_attempt_at_ms bigint not null default 0,
  last_outcome text,
  last_call_id uuid,
  last_attempt_at_ms bigint,
  primary key (workspace_id, campaign_id, id),
  unique (workspace_id, campaign_id, phone)
) with (fillfactor = 80);
create index contacts_waiting on contacts (workspace_id, campaign_id, next_attempt_at_ms, id) where state = 'waiting';
create index contacts_by_state on contacts (workspace_id, campaign_id, state, id) where state <> 'waiting';

-- Every dial. Written before anything is asked of the carrier: its call's id makes it one call, whoever carries it out.
create table dials (
  workspace_id uuid not null,
  call_id uuid not null,
  campaign_id uuid not null,
  contact_id uuid not null,
  -- intended: to be handed to the voice room. dialled: it has it. over: what became of it is in the contact.
  state text not null check (state in ('intended', 'dialled', 'over')),
  intended_at_ms bigint not null,
  attempt integer not null,        -- the contact's so-manyeth, of those that count
  attempts_max integer not null,   -- how many the campaign allowed when it was decided
  outcome text,
  charged_ms bigint not null default 0,    -- of one that is over: what is in its campaign's used_ms
  -- It is over, and its call may be charged otherwise yet: the answer was not told, or the end is presumed.
  provisional boolean not null default false,
  primary key (workspace_id, call_id),
  check ((state = 'over') = (outcome is not null))
);
create index dials_open on dials (workspace_id, campaign_id) where state <> 'over' or provisional;
create unique index dials_open_contact on dials (workspace_id, campaign_id, contact_id) where state <> 'over';
create index dials_started on dials (workspace_id, campaign_id, intended_at_ms);
create index dials_contact on dials (workspace_id, campaign_id, contact_id);
