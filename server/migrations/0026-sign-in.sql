-- How often something was attempted: signing in, signing up, asking for a mail. All servers count in this table.
create table sign_in_limits (
  key bytea primary key,             -- HMAC of what is counted, such as a network or a device; no address is stored
  debt_ms bigint not null,           -- each attempt adds the time after which one attempt is forgiven
  at_ms bigint not null,             -- when debt_ms was true; it falls with time
  next_at_ms bigint not null         -- attempts before this instant are refused
);
create index sign_in_limits_at on sign_in_limits (at_ms);

-- better-auth's table for a second factor, with the columns that it writes.
create table second_factors (
  id uuid primary key,
  user_id uuid not null unique references users (id) on delete cascade,
  secret text not null,              -- of the authenticator app, encrypted
  backup_codes text not null,        -- recovery codes that are left, encrypted
  verified boolean not null,         -- false: enrolling, and not asked for yet
  failed_verification_count integer not null default 0,
  locked_until timestamptz
);
alter table users add column two_factor_enabled boolean not null default false;
alter table workspaces add column requires_second_factor boolean not null default false;

-- When a session was last used; null: not since this column exists.
alter table sessions add column last_seen_at_ms bigint;

-- An account can be deleted. What its person created stays, without a name.
alter table invitations drop constraint invitations_invited_by_fkey;
alter table invitations add constraint invitations_invited_by_fkey
  foreign key (invited_by) references users (id) on delete set null;
alter table api_keys drop constraint api_keys_created_by_fkey;
alter table api_keys add constraint api_keys_created_by_fkey
  foreign key (created_by) references users (id) on delete set null;
