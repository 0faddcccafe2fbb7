-- Money: saved cards, purchases, and what the gateways are known by. Amounts of money are whole minor units of an
-- ISO 4217 currency; amounts of credit are milliseconds of talk time.

-- What a gateway calls a workspace.
create table payment_customers (
  workspace_id uuid not null references workspaces (id),
  gateway text not null check (gateway in ('sandbox', 'stripe')),
  ref text not null,
  primary key (workspace_id, gateway),
  unique (gateway, ref)
);

create table payment_methods (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  gateway text not null check (gateway in ('sandbox', 'stripe')),
  ref text not null,
  brand text not null,
  last_four text not null,
  exp_month integer not null check (exp_month between 1 and 12),
  exp_year integer not null,
  test_card text,                      -- of the sandbox: what the card does
  is_default boolean not null,
  created_at_ms bigint not null,
  removed_at_ms bigint,                -- a card that was removed is never charged
  forgotten_at_ms bigint,              -- since when the gateway has forgotten it too
  primary key (workspace_id, id),
  unique (gateway, ref),
  check (removed_at_ms is null or not is_default)
);
create unique index payment_methods_default on payment_methods (workspace_id) where is_default;
create index payment_methods_to_forget on payment_methods (removed_at_ms)
  where removed_at_ms is not null and forgotten_at_ms is null;

-- Written before anything is charged; its id is the gateway's idempotency key. A row is never deleted, and one that
-- succeeded or failed never changes again.
create table purchases (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  purpose text not null check (purpose in ('top_up', 'plan_change', 'renewal')),
  origin text not null check (origin in ('manual', 'auto_reload', 'renewal')),
  status text not null check (status in ('pending', 'requires_action', 'succeeded', 'failed')),
  package_id text,
  quantity integer check (quantity > 0),
  plan_id text,
  credits_ms bigint not null check (credits_ms >= 0),
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null,
  description text not null,           -- a line for the receipt and the card's statement
  payment_method_id uuid,
  gateway text not null check (gateway in ('sandbox', 'stripe')),
  gateway_ref text,                    -- the charge, as the gateway calls it
  action_url text,                     -- where the customer confirms with their bank
  failure_code text,
  failure_message text,
  decline_class text check (decline_class in ('soft', 'hard', 'action_required')),
  grant_id uuid,
  detail jsonb not null default '{}',  -- what the purpose has to know when it is paid
  actor jsonb,                         -- who ordered it; null: the server itself
  idempotency_key text,
  request_hash bytea,
  created_at_ms bigint not null,
  settled_at_ms bigint,
  receipt_number text unique,
  receipt jsonb,                       -- seller and buyer as they were when it was paid
  next_check_at_ms bigint,             -- when the gateway is asked what became of it; null once that is known
  checks integer not null default 0,   -- how often the gateway was asked
  primary key (workspace_id, id),
  foreign key (workspace_id, payment_method_id) references payment_methods (workspace_id, id),
  foreign key (workspace_id, grant_id) references grants (workspace_id, id),
  check ((status in ('succeeded', 'failed')) = (settled_at_ms is not null)),
  check ((status in ('succeeded', 'failed')) = (next_check_at_ms is null)),
  check ((status = 'succeeded') = (receipt_number is not null)),
  check ((status = 'failed') <= (failure_code is not null)),
  check (status = 'succeeded' or grant_id is null)
);
create unique index purchases_idempotency on purchases (workspace_id, idempotency_key)
  where idempotency_key is not null;
create unique index purchases_auto_reload_in_flight on purchases (workspace_id)
  where origin = 'auto_reload' and status in ('pending', 'requires_action');
create unique index purchases_by_id on purchases (id);
create index purchases_next_check on purchases (next_check_at_ms) where next_check_at_ms is not null;

-- Receipts are numbered without a gap, year by year (of UTC), over all workspaces: they are the seller's.
create table receipt_numbers (
  year integer primary key,
  last integer not null
);

-- Which purchase an entry of the ledger comes from. However often a purchase is settled, it gives credit once.
alter table ledger_entries add column purchase_id uuid;
create unique index ledger_entries_purchase on ledger_entries (workspace_id, purchase_id)
  where purchase_id is not null and amount_ms > 0;

-- Webhooks of gateways that have been taken: they come more than once.
create table gateway_events (
  gateway text not null,
  event_id text not null,
  received_at_ms bigint not null,
  primary key (gateway, event_id)
);
create index gateway_events_received on gateway_events using brin (received_at_ms);

-- The sandbox bank's own memory, as if it were another company's: nothing here refers to the tables above.
create table sandbox_cards (
  ref text primary key,
  customer_ref text not null,
  test_card text not null,
  last_four text not null,
  removed boolean not null default false
);

create table sandbox_charges (
  ref text primary key,
  idempotency_key text not null unique,
  customer_ref text not null,
  card_ref text not null,
  amount_minor bigint not null,
  currency text not null,
  description text not null,
  status text not null check (status in ('requires_action', 'succeeded', 'declined')),
  decline_code text,
  return_url text
);
