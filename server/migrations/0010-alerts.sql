-- What the people of a workspace should hear of: once for each time it became true.
create table alerts (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  kind text not null,         -- reload_declined, renewal_failed, …
  key text not null,          -- which crossing it tells of, such as the purchase that was declined
  at_ms bigint not null,
  title text not null,
  detail text not null,       -- in sentences, with what to do
  link text not null,         -- the page of the dashboard where it is mended
  read_at_ms bigint,          -- null: nobody has looked yet
  mailed_at_ms bigint,        -- when the owners' mail was handed over; null: it was not, or not yet
  mail_tries integer not null default 0,
  next_mail_at_ms bigint,     -- when to mail it, or to try again; null: never (again)
  primary key (workspace_id, id),
  unique (workspace_id, kind, key)
);
create index alerts_next_mail on alerts (next_mail_at_ms) where next_mail_at_ms is not null;
