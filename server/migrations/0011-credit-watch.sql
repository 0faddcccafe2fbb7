-- Below how much credit the balance is low; null: Talktime's rule, from the monthly credits.
alter table workspaces add column low_balance_ms bigint check (low_balance_ms >= 0);

-- What the credit watch has seen of a line, and acted on. Only it changes these; null in both: the balance was last
-- seen above.
alter table balance_lines
  -- The exact instant at which the balance reached zero.
  add column out_since_ms bigint,
  -- The exact instant at which it fell below its low level.
  add column low_since_ms bigint,
  -- That level: the workspace's own, or from its monthly credits. Kept by whoever changes either.
  add column low_level_ms bigint not null default 300000;
update balance_lines l set low_level_ms = greatest(300000, ceil(m.granted / 10.0)::bigint)
from (select workspace_id, sum(granted_ms) as granted from grants join balance_lines line using (workspace_id)
      where kind = 'monthly' and not returned and expires_at_ms > line.anchor_ms group by workspace_id) m
where l.workspace_id = m.workspace_id;

-- When the call was ordered to be hung up, and why; the voice stack is told until the call is over.
alter table calls
  add column hang_up_at_ms bigint,
  add column hang_up_reason text,
  add check ((hang_up_at_ms is null) = (hang_up_reason is null));
create index calls_hang_up on calls (hang_up_at_ms)
  where hang_up_at_ms is not null and status in ('authorized', 'in_conversation');
