-- Call history of a day, an agent or a rare status, in the order in which calls began, over millions of calls.

create index calls_of_agent on calls (workspace_id, agent_id, id) where ended_at_ms is not null;

create index calls_rare on calls (workspace_id, id) where status in ('refused', 'lost');

-- A call's id says when it was made: within two hours before the call ended, as good as always. Those that were longer,
-- or were reported only after they had ended, are looked for by themselves.
create function uuid_ms(id uuid) returns bigint language sql immutable parallel safe
  return ('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint;

create index calls_long_or_late on calls (workspace_id, ended_at_ms)
  where ended_at_ms is not null and ended_at_ms - uuid_ms(id) not between 0 and 7200000;
