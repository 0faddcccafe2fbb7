-- What a plan lets a workspace use of the platform's keys for language models. Null: no limit.
update plans set limits = limits || jsonb_build_object(
  'llmRequestsPerMinute', case id when 'starter' then 120 when 'scale' then 3000 when 'enterprise' then 6000
                          else case when paid then 600 else 30 end end,
  'llmTokensPerDay', case id when 'starter' then 5000000 when 'scale' then 100000000 when 'enterprise' then 500000000
                     else case when paid then 20000000 else 200000 end end);

update subscriptions set terms = jsonb_set(terms, '{limits}', terms -> 'limits' || jsonb_build_object(
  'llmRequestsPerMinute', case plan_id when 'starter' then 120 when 'scale' then 3000 when 'enterprise' then 6000
                          else case when (terms ->> 'paid')::boolean then 600 else 30 end end,
  'llmTokensPerDay', case plan_id when 'starter' then 5000000 when 'scale' then 100000000
                     when 'enterprise' then 500000000
                     else case when (terms ->> 'paid')::boolean then 20000000 else 200000 end end));

-- What a workspace has used of the platform's keys: requests of the latest minute, tokens and tests of the latest day.
-- Days are those of UTC, so that no change of time zone begins a new one. All servers count here.
create table llm_quotas (
  workspace_id uuid primary key references workspaces (id),
  minute_at_ms bigint not null,      -- when the minute began
  requests integer not null,
  day date not null,
  tokens bigint not null,            -- used by requests that are over, and reserved for those in progress
  tests integer not null
);

-- The tokens that were reserved for a request before it was sent. Null: it did not count.
alter table llm_requests add column reserved_tokens bigint;
