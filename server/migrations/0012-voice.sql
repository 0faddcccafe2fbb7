-- Voice stacks that Talktime itself speaks to.

-- Where the calls of an agent are connected to: wss://…, sip:… or a number. Null: its voice stack does that by itself.
alter table agents add column voice_endpoint text;

-- The carrier that can be asked what became of the call; null: its voice stack reports by itself.
alter table calls add column carrier text;

-- One row for each call that goes through a carrier. Like calls, it has no foreign keys.
create table voice_legs (
  workspace_id uuid not null,
  call_id uuid not null,
  carrier text not null check (carrier in ('simulated', 'twilio')),
  -- ordered: to be placed. placing: the carrier is being asked, or was when its answer got lost. placed: it has the
  -- call. over: nothing more is expected of it.
  state text not null check (state in ('ordered', 'placing', 'placed', 'over')),
  ref text,                        -- the carrier's own name of the call
  from_number text,
  to_number text,
  ring_ms_max bigint not null,
  on_voicemail text not null check (on_voicemail in ('hang_up', 'talk')),
  placed_at_ms bigint not null,    -- when it was ordered, then when the carrier was asked
  next_check_at_ms bigint,         -- when to ask the carrier what became of it; null: never (again)
  hang_up_tries integer not null default 0,
  next_hang_up_at_ms bigint,       -- when the carrier is told again to hang up; null: it was not told yet
  primary key (workspace_id, call_id)
);
create unique index voice_legs_call on voice_legs (call_id);
create unique index voice_legs_ref on voice_legs (carrier, ref) where ref is not null;
create index voice_legs_next_check on voice_legs (next_check_at_ms) where next_check_at_ms is not null;

-- The simulated carrier's own memory, as if it were another company's: nothing here refers to the tables above.
create table simulated_calls (
  ref text primary key,
  call_id uuid not null unique,
  placed_at_ms bigint not null,
  answers_at_ms bigint,            -- null: nobody answers
  ends_at_ms bigint not null,
  end_reason text not null
);

-- Messages that are still under way. Whoever takes one delivers it; if that process dies, it is lost.
create table simulated_messages (
  ref text not null references simulated_calls (ref),
  seq integer not null,
  due_at_ms bigint not null,
  kind text not null check (kind in ('ringing', 'answered', 'ended')),
  at_ms bigint not null,
  primary key (ref, seq)
);
create index simulated_messages_due on simulated_messages (due_at_ms);
