-- Who may do what. users, sessions, accounts and verifications are better-auth's tables: their columns are the ones
-- it writes, so their instants are timestamps. Everything else counts milliseconds.

create table users (
  id uuid primary key,
  name text not null,
  email text not null unique,        -- in lower case
  email_verified boolean not null,
  image text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  token text not null unique,        -- worth nothing without the server's secret, which signs the cookie
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sessions_user on sessions (user_id);

create table accounts (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  account_id text not null,
  provider_id text not null,         -- 'credential': a password
  password text,                     -- scrypt, with its salt
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index accounts_user on accounts (user_id);

create table verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verifications_identifier on verifications (identifier);

create table members (
  workspace_id uuid not null references workspaces (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'admin', 'member')),
  joined_at_ms bigint not null,
  primary key (workspace_id, user_id)
);
create index members_user on members (user_id, joined_at_ms);

-- An invitation is open until it is accepted, withdrawn (the row is deleted) or has expired.
create table invitations (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  email text not null,               -- in lower case
  role text not null check (role in ('owner', 'admin', 'member')),
  token_hash bytea not null unique,  -- SHA-256; the token itself is in the link alone
  invited_by uuid references users (id),
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  accepted_at_ms bigint,
  primary key (workspace_id, id)
);
create unique index invitations_open on invitations (workspace_id, email) where accepted_at_ms is null;

create table api_keys (
  id uuid primary key,
  workspace_id uuid references workspaces (id),  -- null: an operator's key, good for every workspace
  name text not null,
  key_hash bytea not null unique,    -- SHA-256 of the key, which is random enough to need no slow hash
  last_four text not null,
  created_by uuid references users (id),
  created_at_ms bigint not null,
  last_used_at_ms bigint,
  revoked_at_ms bigint
);
create index api_keys_workspace on api_keys (workspace_id, id) where revoked_at_ms is null;
