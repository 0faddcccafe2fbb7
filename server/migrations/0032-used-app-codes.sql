-- Codes of authenticator apps that were accepted. Each is accepted once, although servers take it for a minute and a half:
-- who saw it being typed cannot use it again. All servers look into this table.
create table used_app_codes (
  user_id uuid not null references users (id) on delete cascade,
  code text not null,                -- as it is: it opens nothing any more
  used_at_ms bigint not null,
  primary key (user_id, code)
);
create index used_app_codes_used_at on used_app_codes (used_at_ms);
