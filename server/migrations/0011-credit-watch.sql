-- What the credit watch has seen of a line, and acted on: only it changes these.
alter table balance_lines
  -- The exact instant at which the balance reached zero; null: it is above.
  add column out_since_ms bigint,
  -- The level below which the balance is low, while it was last seen at or above it; null: it is known to be low.
  -- A line that was never looked at is below it.
  add column low_below_ms bigint default 9007199254740991;

-- When the call was ordered to be hung up, and why; the voice stack is told until the call is over.
alter table calls
  add column hang_up_at_ms bigint,
  add column hang_up_reason text;
create index calls_hang_up on calls (hang_up_at_ms)
  where hang_up_at_ms is not null and status in ('authorized', 'in_conversation');
