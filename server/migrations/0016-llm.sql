-- Language models: keys of the workspaces' own, and what went through the gateway.

-- One key a provider. It is kept sealed, bound to its workspace, its id, its provider and the address that it is sent
-- to: a row that was moved or changed does not open.
create table llm_keys (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  provider text not null,
  sealed_key text not null,          -- which secret closed it, nonce, ciphertext, tag
  last_four text not null,
  base_url text,                     -- of azure_openai and openai_compatible alone
  api_version text,                  -- of azure_openai; null: its v1 API
  deployments jsonb not null default '{}',  -- of azure_openai: the deployment of a model, where it has another name
  created_at_ms bigint not null,
  saved_at_ms bigint not null,       -- when the key itself was last replaced
  saved_by jsonb not null,
  last_used_at_ms bigint,
  -- How the provider last refused it; null since it was taken again.
  failure_status integer,
  failure_code text,
  failed_at_ms bigint,
  primary key (workspace_id, id),
  unique (workspace_id, provider)
);

create table llm_settings (
  workspace_id uuid primary key references workspaces (id),
  fallback_to_platform boolean not null,
  saved_at_ms bigint not null,
  saved_by jsonb not null
);

-- Tokens for a single call each. The token itself is with the voice stack alone.
create table llm_call_tokens (
  workspace_id uuid not null references workspaces (id),
  token_hash bytea not null,         -- SHA-256; the token is random enough to need no slow hash
  call_id uuid not null,
  expires_at_ms bigint not null,     -- at the latest; it ends with its call
  primary key (workspace_id, token_hash)
);
create index llm_call_tokens_expires on llm_call_tokens (expires_at_ms);

-- What went through the gateway, without a word of what was said. A row is written when the request goes out, and
-- completed when it is over. Without foreign keys, as calls are: agents are archived, never deleted.
create table llm_requests (
  workspace_id uuid not null,
  id uuid not null,
  at_ms bigint not null,
  day date not null,                 -- the local day of the workspace at that moment
  agent_id uuid not null,
  call_id uuid,
  provider text not null,
  model text not null,               -- as the provider was asked for it
  key_source text not null check (key_source in ('own', 'platform')),
  fallback boolean not null,         -- the own key was refused before, and the platform's took over
  own_key_status integer,            -- with fallback: how the provider answered to the own key
  streamed boolean not null,
  ended_at_ms bigint,                -- null: under way
  status integer,                    -- what the caller was answered; null: it had gone before there was an answer
  error text,                        -- null: everything went well
  prompt_tokens bigint,              -- null: the provider did not say
  completion_tokens bigint,
  total_tokens bigint,
  first_byte_ms integer,             -- from the request to the first byte of what the model said
  total_ms integer,
  primary key (workspace_id, id)
);
create index llm_requests_call on llm_requests (workspace_id, call_id) where call_id is not null;
create index llm_requests_under_way on llm_requests (at_ms) where ended_at_ms is null;
create index llm_requests_at on llm_requests using brin (at_ms);

-- The same added up, for the page. A request is added in the statement that completes its row.
create table llm_days (
  workspace_id uuid not null,
  day date not null,
  agent_id uuid not null,
  provider text not null,
  key_source text not null,
  requests bigint not null,
  errors bigint not null,
  fallbacks bigint not null,
  prompt_tokens bigint not null,
  completion_tokens bigint not null,
  total_tokens bigint not null,
  primary key (workspace_id, day, agent_id, provider, key_source)
);
