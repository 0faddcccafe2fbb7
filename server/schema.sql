-- The schema after all migrations, to read and to review. Written by "npm run schema"; not edited by hand.

create table accounts (
  id uuid not null,
  user_id uuid not null,
  account_id text not null,
  provider_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

create table agents (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  language text not null,
  phone_number text,
  llm_provider text not null,
  llm_model text not null,
  status text not null default 'active'::text,
  created_at_ms bigint not null,
  archived_at_ms bigint,
  voice_endpoint text,
  unconnected_call_at_ms bigint,
  constraint agents_pkey PRIMARY KEY (workspace_id, id),
  constraint agents_status_check CHECK (status = ANY (ARRAY['active'::text, 'disabled'::text])),
  constraint agents_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table alert_deliveries (
  workspace_id uuid not null,
  id uuid not null,
  alert_id uuid,
  channel text not null,
  user_id uuid,
  webhook_id uuid,
  target text not null,
  status text not null,
  tries integer not null default 0,
  last_tried_at_ms bigint,
  next_try_at_ms bigint,
  response_status integer,
  error text,
  duration_ms integer,
  constraint alert_deliveries_pkey PRIMARY KEY (workspace_id, id),
  constraint alert_deliveries_channel_check CHECK (channel = ANY (ARRAY['mail'::text, 'webhook'::text])),
  constraint alert_deliveries_check CHECK ((channel = 'mail'::text) = (user_id IS NOT NULL)),
  constraint alert_deliveries_check1 CHECK ((channel = 'webhook'::text) = (webhook_id IS NOT NULL)),
  constraint alert_deliveries_check2 CHECK ((status = 'pending'::text) = (next_try_at_ms IS NOT NULL)),
  constraint alert_deliveries_status_check CHECK (status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])),
  constraint alert_deliveries_workspace_id_alert_id_fkey FOREIGN KEY (workspace_id, alert_id) REFERENCES alerts(workspace_id, id),
  constraint alert_deliveries_workspace_id_alert_id_user_id_key UNIQUE (workspace_id, alert_id, user_id),
  constraint alert_deliveries_workspace_id_alert_id_webhook_id_key UNIQUE (workspace_id, alert_id, webhook_id),
  constraint alert_deliveries_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table alert_settings (
  workspace_id uuid not null,
  user_id uuid not null,
  mail jsonb not null,
  constraint alert_settings_pkey PRIMARY KEY (workspace_id, user_id),
  constraint alert_settings_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES members(workspace_id, user_id) ON DELETE CASCADE
);

create table alerts (
  workspace_id uuid not null,
  id uuid not null,
  kind text not null,
  key text not null,
  at_ms bigint not null,
  title text not null,
  detail text not null,
  link text not null,
  read_at_ms bigint,
  constraint alerts_pkey PRIMARY KEY (workspace_id, id),
  constraint alerts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint alerts_workspace_id_kind_key_key UNIQUE (workspace_id, kind, key)
);

create table api_keys (
  id uuid not null,
  workspace_id uuid,
  name text not null,
  key_hash bytea not null,
  last_four text not null,
  created_by uuid,
  created_at_ms bigint not null,
  last_used_at_ms bigint,
  revoked_at_ms bigint,
  scopes text[],
  expires_at_ms bigint,
  created_through text not null,
  created_by_key uuid,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint api_keys_created_by_key_fkey FOREIGN KEY (created_by_key) REFERENCES api_keys(id),
  constraint api_keys_created_through_check CHECK (created_through = ANY (ARRAY['dashboard'::text, 'key'::text, 'operator'::text, 'command_line'::text])),
  constraint api_keys_key_hash_key UNIQUE (key_hash),
  constraint api_keys_scopes_check CHECK (scopes <@ ARRAY['read'::text, 'calls:report'::text, 'calls:start'::text, 'campaigns'::text, 'money'::text, 'admin'::text, 'llm'::text]),
  constraint api_keys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table audit_log (
  id uuid not null,
  at_ms bigint not null,
  workspace_id uuid,
  actor_kind text not null,
  actor_id uuid,
  actor_name text,
  actor_email text,
  action text not null,
  target_kind text not null,
  target_id text not null,
  target_name text,
  before_state json,
  after_state json,
  ip text,
  user_agent text,
  constraint audit_log_pkey PRIMARY KEY (id),
  constraint audit_log_action_check CHECK (action ~ '^[a-z0-9_]+\.[a-z0-9_]+$'::text),
  constraint audit_log_actor_kind_check CHECK (actor_kind = ANY (ARRAY['user'::text, 'key'::text, 'operator'::text, 'command_line'::text, 'system'::text])),
  constraint audit_log_check CHECK ((actor_id IS NULL) = (actor_kind = ANY (ARRAY['command_line'::text, 'system'::text]))),
  constraint audit_log_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table auto_reload_attempts (
  workspace_id uuid not null,
  seq bigint not null,
  id uuid not null,
  at_ms bigint not null,
  reason text not null,
  detail text,
  balance_ms bigint not null,
  purchase_id uuid,
  constraint auto_reload_attempts_pkey PRIMARY KEY (workspace_id, seq),
  constraint auto_reload_attempts_check CHECK ((purchase_id IS NULL) = (detail IS NOT NULL)),
  constraint auto_reload_attempts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES auto_reload_settings(workspace_id),
  constraint auto_reload_attempts_workspace_id_purchase_id_fkey FOREIGN KEY (workspace_id, purchase_id) REFERENCES purchases(workspace_id, id)
);

create table auto_reload_settings (
  workspace_id uuid not null,
  enabled boolean not null,
  threshold_ms bigint not null,
  package_id text not null,
  quantity integer not null,
  monthly_cap_minor bigint,
  saved_at_ms bigint not null,
  saved_by jsonb not null,
  attempt_seq bigint not null default 0,
  declines_after_seq bigint not null default 0,
  decided_reason text,
  look_at_ms bigint,
  constraint auto_reload_settings_pkey PRIMARY KEY (workspace_id),
  constraint auto_reload_settings_monthly_cap_minor_check CHECK (monthly_cap_minor >= 0),
  constraint auto_reload_settings_package_id_fkey FOREIGN KEY (package_id) REFERENCES packages(id),
  constraint auto_reload_settings_quantity_check CHECK (quantity >= 1 AND quantity <= 100),
  constraint auto_reload_settings_threshold_ms_check CHECK (threshold_ms > 0),
  constraint auto_reload_settings_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table balance_lines (
  workspace_id uuid not null,
  anchor_ms bigint not null,
  balance_ms bigint not null,
  live_calls integer not null default 0,
  open_calls integer not null default 0,
  settled_ms bigint not null default 0,
  drawn_ms bigint not null default 0,
  folded_ms bigint not null default 0,
  entry_seq bigint not null default 0,
  event_seq bigint not null default 0,
  next_boundary_ms bigint,
  reload_below_ms bigint,
  out_since_ms bigint,
  low_since_ms bigint,
  low_level_ms bigint not null default 300000,
  entry_hash bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000'::bytea,
  constraint balance_lines_pkey PRIMARY KEY (workspace_id),
  constraint balance_lines_check CHECK (open_calls >= live_calls),
  constraint balance_lines_check1 CHECK (folded_ms <= drawn_ms),
  constraint balance_lines_drawn_ms_check CHECK (drawn_ms >= 0),
  constraint balance_lines_folded_ms_check CHECK (folded_ms >= 0),
  constraint balance_lines_live_calls_check CHECK (live_calls >= 0),
  constraint balance_lines_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
) with (fillfactor=50);

create table budget_watches (
  workspace_id uuid not null,
  month text not null,
  ends_at_ms bigint not null,
  time_zone text not null,
  budget_ms bigint not null,
  told_percent integer not null,
  look_at_drawn_ms bigint,
  constraint budget_watches_pkey PRIMARY KEY (workspace_id),
  constraint budget_watches_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table calls (
  workspace_id uuid not null,
  id uuid not null,
  agent_id uuid not null,
  direction text not null,
  from_number text,
  to_number text,
  external_id text,
  campaign_id uuid,
  status text not null,
  refusal_reason text,
  authorized_at_ms bigint not null,
  answered_at_ms bigint,
  ended_at_ms bigint,
  end_reason text,
  end_source text,
  max_duration_ms bigint not null,
  settled_ms bigint not null default 0,
  settled_until_ms bigint,
  last_seen_at_ms bigint,
  reap_at_ms bigint,
  entry_seqs bigint[] not null default '{}'::bigint[],
  hang_up_at_ms bigint,
  hang_up_reason text,
  carrier text,
  drawn_from_ms bigint,
  answered_by text,
  ended_by text,
  corrections jsonb,
  constraint calls_pkey PRIMARY KEY (workspace_id, id),
  constraint calls_answered_by_check CHECK (answered_by = ANY (ARRAY['workspace'::text, 'operator'::text, 'carrier'::text, 'unrecorded'::text])),
  constraint calls_check CHECK ((hang_up_at_ms IS NULL) = (hang_up_reason IS NULL)),
  constraint calls_direction_check CHECK (direction = ANY (ARRAY['inbound'::text, 'outbound'::text, 'web'::text])),
  constraint calls_end_source_check CHECK (end_source = ANY (ARRAY['reported'::text, 'presumed'::text])),
  constraint calls_ended_by_check CHECK (ended_by = ANY (ARRAY['workspace'::text, 'operator'::text, 'carrier'::text, 'unrecorded'::text])),
  constraint calls_status_check CHECK (status = ANY (ARRAY['authorized'::text, 'in_conversation'::text, 'ended'::text, 'refused'::text, 'unanswered'::text, 'failed'::text, 'lost'::text]))
) with (fillfactor=80);

create table campaigns (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  agent_id uuid not null,
  status text not null default 'draft'::text,
  pause_reason text,
  paused_at_ms bigint,
  concurrency integer not null,
  calls_per_minute double precision,
  calling_hours jsonb,
  attempts_max integer not null,
  retry_after_ms bigint not null,
  retry_on text[] not null,
  on_voicemail text not null,
  resume_when_credits_return boolean not null,
  default_country text,
  created_at_ms bigint not null,
  starts_at_ms bigint,
  started_at_ms bigint,
  completed_at_ms bigint,
  archived_at_ms bigint,
  waiting_count integer not null default 0,
  calling_count integer not null default 0,
  reached_count integer not null default 0,
  not_reached_count integer not null default 0,
  dials_over bigint not null default 0,
  used_ms bigint not null default 0,
  failures_in_row integer not null default 0,
  next_slot_ms bigint not null default 0,
  look_at_ms bigint,
  constraint campaigns_pkey PRIMARY KEY (workspace_id, id),
  constraint campaigns_attempts_max_check CHECK (attempts_max >= 1 AND attempts_max <= 10),
  constraint campaigns_calling_count_check CHECK (calling_count >= 0),
  constraint campaigns_calls_per_minute_check CHECK (calls_per_minute > 0::double precision),
  constraint campaigns_check CHECK ((status = 'paused'::text) = (pause_reason IS NOT NULL)),
  constraint campaigns_check1 CHECK ((status = 'paused'::text) = (paused_at_ms IS NOT NULL)),
  constraint campaigns_concurrency_check CHECK (concurrency >= 1 AND concurrency <= 1000),
  constraint campaigns_not_reached_count_check CHECK (not_reached_count >= 0),
  constraint campaigns_on_voicemail_check CHECK (on_voicemail = ANY (ARRAY['hang_up'::text, 'talk'::text])),
  constraint campaigns_pause_reason_check CHECK (pause_reason = ANY (ARRAY['out_of_credits'::text, 'by_user'::text, 'agent_disabled'::text, 'plan_required'::text, 'workspace_suspended'::text, 'email_unverified'::text, 'carrier_failing'::text])),
  constraint campaigns_reached_count_check CHECK (reached_count >= 0),
  constraint campaigns_retry_after_ms_check CHECK (retry_after_ms > 0),
  constraint campaigns_status_check CHECK (status = ANY (ARRAY['draft'::text, 'scheduled'::text, 'running'::text, 'paused'::text, 'completed'::text])),
  constraint campaigns_waiting_count_check CHECK (waiting_count >= 0),
  constraint campaigns_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table card_requests (
  workspace_id uuid not null,
  at_ms bigint not null,
  constraint card_requests_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table contact_imports (
  workspace_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  at_ms bigint not null,
  row_count integer not null,
  added_count integer not null,
  rejected_count integer not null,
  headings jsonb,
  constraint contact_imports_pkey PRIMARY KEY (workspace_id, id),
  constraint contact_imports_workspace_id_campaign_id_fkey FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaigns(workspace_id, id)
);

create table contact_rejections (
  workspace_id uuid not null,
  import_id uuid not null,
  line integer not null,
  reason text not null,
  value text not null,
  cells jsonb,
  constraint contact_rejections_pkey PRIMARY KEY (workspace_id, import_id, line),
  constraint contact_rejections_workspace_id_import_id_fkey FOREIGN KEY (workspace_id, import_id) REFERENCES contact_imports(workspace_id, id) ON DELETE CASCADE
);

create table contacts (
  workspace_id uuid not null,
  campaign_id uuid not null,
  id uuid not null,
  import_id uuid not null,
  line integer not null,
  phone text not null,
  name text,
  details jsonb,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_attempt_at_ms bigint not null default 0,
  last_outcome text,
  last_call_id uuid,
  last_attempt_at_ms bigint,
  constraint contacts_pkey PRIMARY KEY (workspace_id, campaign_id, id),
  constraint contacts_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'calling'::text, 'reached'::text, 'not_reached'::text])),
  constraint contacts_workspace_id_phone_campaign_id_key UNIQUE (workspace_id, phone, campaign_id)
) with (fillfactor=80);

create table dials (
  workspace_id uuid not null,
  call_id uuid not null,
  campaign_id uuid not null,
  contact_id uuid not null,
  state text not null,
  intended_at_ms bigint not null,
  attempt integer not null,
  attempts_max integer not null,
  outcome text,
  charged_ms bigint not null default 0,
  provisional boolean not null default false,
  began_at_ms bigint not null,
  constraint dials_pkey PRIMARY KEY (workspace_id, call_id),
  constraint dials_check CHECK ((state = 'over'::text) = (outcome IS NOT NULL)),
  constraint dials_state_check CHECK (state = ANY (ARRAY['intended'::text, 'dialled'::text, 'over'::text]))
);

create table events (
  workspace_id uuid not null,
  seq bigint not null,
  at_ms bigint not null,
  topic text not null,
  ids uuid[] not null,
  constraint events_pkey PRIMARY KEY (workspace_id, seq)
);

create table gateway_events (
  gateway text not null,
  event_id text not null,
  received_at_ms bigint not null,
  constraint gateway_events_pkey PRIMARY KEY (gateway, event_id)
);

create table grant_draws (
  workspace_id uuid not null,
  from_ms bigint not null,
  to_ms bigint not null,
  grant_id uuid not null,
  constraint grant_draws_pkey PRIMARY KEY (workspace_id, from_ms),
  constraint grant_draws_check CHECK (to_ms > from_ms),
  constraint grant_draws_workspace_id_grant_id_fkey FOREIGN KEY (workspace_id, grant_id) REFERENCES grants(workspace_id, id)
);

create table grants (
  workspace_id uuid not null,
  id uuid not null,
  kind text not null,
  returned boolean not null default false,
  granted_ms bigint not null,
  remaining_ms bigint not null,
  granted_at_ms bigint not null,
  expires_at_ms bigint,
  expired_at_ms bigint,
  reason text,
  price_minor bigint,
  price_per_ms bigint,
  price_currency text,
  constraint grants_pkey PRIMARY KEY (workspace_id, id),
  constraint grants_check CHECK (remaining_ms >= 0 AND remaining_ms <= granted_ms),
  constraint grants_granted_ms_check CHECK (granted_ms > 0),
  constraint grants_kind_check CHECK (kind = ANY (ARRAY['monthly'::text, 'top_up'::text, 'promotional'::text, 'adjustment'::text])),
  constraint grants_price_minor_check CHECK (price_minor >= 0),
  constraint grants_price_per_ms_check CHECK (price_per_ms > 0),
  constraint grants_price_whole CHECK (num_nulls(price_minor, price_per_ms, price_currency) = ANY (ARRAY[0, 3])),
  constraint grants_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table idempotency_keys (
  scope text not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  body text not null,
  created_at_ms bigint not null,
  constraint idempotency_keys_pkey PRIMARY KEY (scope, key)
);

create table invitations (
  workspace_id uuid not null,
  id uuid not null,
  email text not null,
  role text not null,
  token_hash bytea not null,
  invited_by uuid,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  accepted_at_ms bigint,
  constraint invitations_pkey PRIMARY KEY (workspace_id, id),
  constraint invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint invitations_role_check CHECK (role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text])),
  constraint invitations_token_hash_key UNIQUE (token_hash),
  constraint invitations_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table ledger_entries (
  workspace_id uuid not null,
  seq bigint not null,
  id uuid not null,
  at_ms bigint not null,
  recorded_at_ms bigint not null,
  kind text not null,
  amount_ms bigint not null,
  balance_after_ms bigint not null,
  drawn_after_ms bigint not null,
  call_id uuid,
  grant_id uuid,
  reason text,
  purchase_id uuid,
  hash bytea not null,
  constraint ledger_entries_pkey PRIMARY KEY (workspace_id, seq),
  constraint ledger_entries_kind_check CHECK (kind = ANY (ARRAY['call'::text, 'monthly_grant'::text, 'top_up'::text, 'promotional'::text, 'adjustment'::text, 'expiry'::text, 'refund'::text]))
);

create table llm_call_tokens (
  workspace_id uuid not null,
  token_hash bytea not null,
  call_id uuid not null,
  expires_at_ms bigint not null,
  constraint llm_call_tokens_pkey PRIMARY KEY (workspace_id, token_hash),
  constraint llm_call_tokens_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

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
  constraint llm_days_pkey PRIMARY KEY (workspace_id, day, agent_id, provider, key_source)
);

create table llm_keys (
  workspace_id uuid not null,
  id uuid not null,
  provider text not null,
  sealed_key text not null,
  last_four text not null,
  base_url text,
  api_version text,
  deployments jsonb not null default '{}'::jsonb,
  created_at_ms bigint not null,
  saved_at_ms bigint not null,
  saved_by jsonb not null,
  last_used_at_ms bigint,
  failure_status integer,
  failure_code text,
  failed_at_ms bigint,
  constraint llm_keys_pkey PRIMARY KEY (workspace_id, id),
  constraint llm_keys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint llm_keys_workspace_id_provider_key UNIQUE (workspace_id, provider)
);

create table llm_quotas (
  workspace_id uuid not null,
  minute_at_ms bigint not null,
  requests integer not null,
  day date not null,
  tokens bigint not null,
  tests integer not null,
  constraint llm_quotas_pkey PRIMARY KEY (workspace_id),
  constraint llm_quotas_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table llm_requests (
  workspace_id uuid not null,
  id uuid not null,
  at_ms bigint not null,
  day date not null,
  agent_id uuid not null,
  call_id uuid,
  provider text not null,
  model text not null,
  key_source text not null,
  fallback boolean not null,
  own_key_status integer,
  streamed boolean not null,
  ended_at_ms bigint,
  status integer,
  error text,
  prompt_tokens bigint,
  completion_tokens bigint,
  total_tokens bigint,
  first_byte_ms integer,
  total_ms integer,
  reserved_tokens bigint,
  constraint llm_requests_pkey PRIMARY KEY (workspace_id, id),
  constraint llm_requests_key_source_check CHECK (key_source = ANY (ARRAY['own'::text, 'platform'::text]))
);

create table llm_settings (
  workspace_id uuid not null,
  fallback_to_platform boolean not null,
  saved_at_ms bigint not null,
  saved_by jsonb not null,
  constraint llm_settings_pkey PRIMARY KEY (workspace_id),
  constraint llm_settings_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table members (
  workspace_id uuid not null,
  user_id uuid not null,
  role text not null,
  joined_at_ms bigint not null,
  constraint members_pkey PRIMARY KEY (workspace_id, user_id),
  constraint members_role_check CHECK (role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text])),
  constraint members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
  constraint members_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table packages (
  id text not null,
  "position" integer not null,
  credits_ms bigint not null,
  price_minor bigint not null,
  currency text not null,
  constraint packages_pkey PRIMARY KEY (id),
  constraint packages_credits_ms_check CHECK (credits_ms > 0),
  constraint packages_price_minor_check CHECK (price_minor >= 0)
);

create table payment_customers (
  workspace_id uuid not null,
  gateway text not null,
  ref text not null,
  constraint payment_customers_pkey PRIMARY KEY (workspace_id, gateway),
  constraint payment_customers_gateway_check CHECK (gateway = ANY (ARRAY['sandbox'::text, 'stripe'::text])),
  constraint payment_customers_gateway_ref_key UNIQUE (gateway, ref),
  constraint payment_customers_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table payment_methods (
  workspace_id uuid not null,
  id uuid not null,
  gateway text not null,
  ref text not null,
  brand text not null,
  last_four text not null,
  exp_month integer not null,
  exp_year integer not null,
  test_card text,
  is_default boolean not null,
  created_at_ms bigint not null,
  removed_at_ms bigint,
  forgotten_at_ms bigint,
  constraint payment_methods_pkey PRIMARY KEY (workspace_id, id),
  constraint payment_methods_check CHECK (removed_at_ms IS NULL OR NOT is_default),
  constraint payment_methods_exp_month_check CHECK (exp_month >= 1 AND exp_month <= 12),
  constraint payment_methods_gateway_check CHECK (gateway = ANY (ARRAY['sandbox'::text, 'stripe'::text])),
  constraint payment_methods_gateway_ref_key UNIQUE (gateway, ref),
  constraint payment_methods_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table plans (
  id text not null,
  name text not null,
  "position" integer not null,
  price_minor bigint,
  currency text not null,
  monthly_ms bigint not null,
  paid boolean not null,
  features jsonb not null,
  limits jsonb not null,
  overdraft text not null default 'finish'::text,
  constraint plans_pkey PRIMARY KEY (id),
  constraint plans_monthly_ms_check CHECK (monthly_ms >= 0),
  constraint plans_overdraft_check CHECK (overdraft = ANY (ARRAY['finish'::text, 'none'::text]))
);

create table purchases (
  workspace_id uuid not null,
  id uuid not null,
  purpose text not null,
  origin text not null,
  status text not null,
  package_id text,
  quantity integer,
  plan_id text,
  credits_ms bigint not null,
  amount_minor bigint not null,
  currency text not null,
  description text not null,
  payment_method_id uuid,
  gateway text not null,
  gateway_ref text,
  action_url text,
  failure_code text,
  failure_message text,
  decline_class text,
  grant_id uuid,
  detail jsonb not null default '{}'::jsonb,
  actor jsonb,
  idempotency_key text,
  request_hash bytea,
  created_at_ms bigint not null,
  settled_at_ms bigint,
  receipt_number text,
  receipt jsonb,
  next_check_at_ms bigint,
  checks integer not null default 0,
  constraint purchases_pkey PRIMARY KEY (workspace_id, id),
  constraint purchases_amount_minor_check CHECK (amount_minor >= 0),
  constraint purchases_check CHECK ((status = ANY (ARRAY['succeeded'::text, 'failed'::text])) = (settled_at_ms IS NOT NULL)),
  constraint purchases_check1 CHECK ((status = ANY (ARRAY['succeeded'::text, 'failed'::text])) = (next_check_at_ms IS NULL)),
  constraint purchases_check2 CHECK ((status = 'succeeded'::text) = (receipt_number IS NOT NULL)),
  constraint purchases_check3 CHECK ((status = 'failed'::text) <= (failure_code IS NOT NULL)),
  constraint purchases_check4 CHECK (status = 'succeeded'::text OR grant_id IS NULL),
  constraint purchases_credits_ms_check CHECK (credits_ms >= 0),
  constraint purchases_decline_class_check CHECK (decline_class = ANY (ARRAY['soft'::text, 'hard'::text, 'action_required'::text])),
  constraint purchases_gateway_check CHECK (gateway = ANY (ARRAY['sandbox'::text, 'stripe'::text])),
  constraint purchases_origin_check CHECK (origin = ANY (ARRAY['manual'::text, 'auto_reload'::text, 'renewal'::text])),
  constraint purchases_purpose_check CHECK (purpose = ANY (ARRAY['top_up'::text, 'plan_change'::text, 'renewal'::text])),
  constraint purchases_quantity_check CHECK (quantity > 0),
  constraint purchases_receipt_number_key UNIQUE (receipt_number),
  constraint purchases_status_check CHECK (status = ANY (ARRAY['pending'::text, 'requires_action'::text, 'succeeded'::text, 'failed'::text])),
  constraint purchases_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint purchases_workspace_id_grant_id_fkey FOREIGN KEY (workspace_id, grant_id) REFERENCES grants(workspace_id, id),
  constraint purchases_workspace_id_payment_method_id_fkey FOREIGN KEY (workspace_id, payment_method_id) REFERENCES payment_methods(workspace_id, id)
);

create table receipt_numbers (
  year integer not null,
  last integer not null,
  constraint receipt_numbers_pkey PRIMARY KEY (year)
);

create table sandbox_cards (
  ref text not null,
  customer_ref text not null,
  test_card text not null,
  last_four text not null,
  removed boolean not null default false,
  constraint sandbox_cards_pkey PRIMARY KEY (ref)
);

create table sandbox_charges (
  ref text not null,
  idempotency_key text not null,
  customer_ref text not null,
  card_ref text not null,
  amount_minor bigint not null,
  currency text not null,
  description text not null,
  status text not null,
  decline_code text,
  return_url text,
  constraint sandbox_charges_pkey PRIMARY KEY (ref),
  constraint sandbox_charges_idempotency_key_key UNIQUE (idempotency_key),
  constraint sandbox_charges_status_check CHECK (status = ANY (ARRAY['requires_action'::text, 'succeeded'::text, 'declined'::text]))
);

create table schema_migrations (
  name text not null,
  checksum text not null,
  applied_at_ms bigint not null,
  constraint schema_migrations_pkey PRIMARY KEY (name)
);

create table second_factors (
  id uuid not null,
  user_id uuid not null,
  secret text not null,
  backup_codes text not null,
  verified boolean not null,
  failed_verification_count integer not null default 0,
  locked_until timestamp with time zone,
  constraint second_factors_pkey PRIMARY KEY (id),
  constraint second_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
  constraint second_factors_user_id_key UNIQUE (user_id)
);

create table sessions (
  id uuid not null,
  user_id uuid not null,
  token text not null,
  expires_at timestamp with time zone not null,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  last_seen_at_ms bigint,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_token_key UNIQUE (token),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

create table sign_in_limits (
  key bytea not null,
  debt_ms bigint not null,
  at_ms bigint not null,
  next_at_ms bigint not null,
  constraint sign_in_limits_pkey PRIMARY KEY (key)
);

create table simulated_calls (
  ref text not null,
  call_id uuid not null,
  placed_at_ms bigint not null,
  answers_at_ms bigint,
  ends_at_ms bigint not null,
  end_reason text not null,
  constraint simulated_calls_pkey PRIMARY KEY (ref),
  constraint simulated_calls_call_id_key UNIQUE (call_id)
);

create table simulated_messages (
  ref text not null,
  seq integer not null,
  due_at_ms bigint not null,
  kind text not null,
  at_ms bigint not null,
  constraint simulated_messages_pkey PRIMARY KEY (ref, seq),
  constraint simulated_messages_kind_check CHECK (kind = ANY (ARRAY['ringing'::text, 'answered'::text, 'ended'::text])),
  constraint simulated_messages_ref_fkey FOREIGN KEY (ref) REFERENCES simulated_calls(ref)
);

create table subscriptions (
  workspace_id uuid not null,
  plan_id text not null,
  terms jsonb not null,
  anchor_local text not null,
  time_zone text not null,
  cycle_number integer not null,
  cycle_starts_at_ms bigint not null,
  cycle_ends_at_ms bigint not null,
  pending_plan_id text,
  collection text not null default 'invoiced'::text,
  past_due_since_ms bigint,
  renewal_tries integer not null default 0,
  next_renewal_try_ms bigint,
  constraint subscriptions_pkey PRIMARY KEY (workspace_id),
  constraint subscriptions_check CHECK (cycle_ends_at_ms > cycle_starts_at_ms),
  constraint subscriptions_collection_check CHECK (collection = ANY (ARRAY['card'::text, 'invoiced'::text])),
  constraint subscriptions_pending_plan_id_fkey FOREIGN KEY (pending_plan_id) REFERENCES plans(id),
  constraint subscriptions_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id),
  constraint subscriptions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table test_calls (
  workspace_id uuid not null,
  call_id uuid not null,
  ends_at_ms bigint not null,
  constraint test_calls_pkey PRIMARY KEY (workspace_id, call_id)
);

create table time_zone_changes (
  workspace_id uuid not null,
  id uuid not null,
  time_zone text not null,
  started_at_ms bigint not null,
  constraint time_zone_changes_pkey PRIMARY KEY (workspace_id),
  constraint time_zone_changes_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table usage_closed_days (
  workspace_id uuid not null,
  time_zone text not null,
  day date not null,
  calls bigint not null,
  used_ms bigint not null,
  drawn_from_ms bigint,
  drawn_to_ms bigint,
  corrections bigint not null,
  constraint usage_closed_days_pkey PRIMARY KEY (workspace_id, time_zone, day)
);

create table usage_closed_months (
  workspace_id uuid not null,
  time_zone text not null,
  month date not null,
  agent_id uuid not null,
  calls bigint not null,
  used_ms bigint not null,
  constraint usage_closed_months_pkey PRIMARY KEY (workspace_id, time_zone, month, agent_id)
);

create table usage_closings (
  workspace_id uuid not null,
  time_zone text not null,
  until_day date not null,
  constraint usage_closings_pkey PRIMARY KEY (workspace_id),
  constraint usage_closings_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table usage_days (
  workspace_id uuid not null,
  time_zone text not null,
  day date not null,
  agent_id uuid not null,
  calls bigint not null,
  used_ms bigint not null,
  drawn_from_ms bigint,
  drawn_to_ms bigint,
  corrections integer not null default 0,
  constraint usage_days_pkey PRIMARY KEY (workspace_id, time_zone, day, agent_id)
) with (fillfactor=50);

create table usage_price_looks (
  workspace_id uuid not null,
  time_zone text not null,
  folded_ms bigint not null,
  look_at_drawn_ms bigint,
  constraint usage_price_looks_pkey PRIMARY KEY (workspace_id),
  constraint usage_price_looks_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table usage_splits (
  workspace_id uuid not null,
  time_zone text not null,
  day date not null,
  agent_id uuid not null,
  drawn_ms bigint not null,
  before_ms bigint not null,
  corrections bigint not null,
  constraint usage_splits_pkey PRIMARY KEY (workspace_id, time_zone, day, agent_id, drawn_ms)
);

create table used_app_codes (
  user_id uuid not null,
  code text not null,
  used_at_ms bigint not null,
  constraint used_app_codes_pkey PRIMARY KEY (user_id, code),
  constraint used_app_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

create table users (
  id uuid not null,
  name text not null,
  email text not null,
  email_verified boolean not null,
  image text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  awaits_verification boolean not null default false,
  two_factor_enabled boolean not null default false,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_key UNIQUE (email)
);

create table verifications (
  id uuid not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint verifications_pkey PRIMARY KEY (id)
);

create table voice_legs (
  workspace_id uuid not null,
  call_id uuid not null,
  carrier text not null,
  state text not null,
  ref text,
  from_number text,
  to_number text,
  ring_ms_max bigint not null,
  on_voicemail text not null,
  placed_at_ms bigint not null,
  next_check_at_ms bigint,
  hang_up_tries integer not null default 0,
  next_hang_up_at_ms bigint,
  constraint voice_legs_pkey PRIMARY KEY (workspace_id, call_id),
  constraint voice_legs_carrier_check CHECK (carrier = ANY (ARRAY['simulated'::text, 'twilio'::text])),
  constraint voice_legs_on_voicemail_check CHECK (on_voicemail = ANY (ARRAY['hang_up'::text, 'talk'::text])),
  constraint voice_legs_state_check CHECK (state = ANY (ARRAY['ordered'::text, 'placing'::text, 'placed'::text, 'over'::text]))
);

create table webhooks (
  workspace_id uuid not null,
  id uuid not null,
  url text not null,
  kinds text[],
  enabled boolean not null,
  disabled_reason text,
  sealed_secret text not null,
  sealed_previous_secret text,
  previous_secret_until_ms bigint,
  created_at_ms bigint not null,
  last_tried_at_ms bigint,
  last_delivered boolean,
  last_response_status integer,
  last_delivered_at_ms bigint,
  constraint webhooks_pkey PRIMARY KEY (workspace_id, id),
  constraint webhooks_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table workspaces (
  id uuid not null,
  name text not null,
  time_zone text not null,
  status text not null default 'active'::text,
  when_credits_run_out text not null default 'finish'::text,
  monthly_budget_ms bigint,
  demo boolean not null default false,
  created_at_ms bigint not null,
  low_balance_ms bigint,
  may_report_calls boolean not null default false,
  suspended_at_ms bigint,
  suspension_reason text,
  awaits_verification boolean not null default false,
  requires_second_factor boolean not null default false,
  constraint workspaces_pkey PRIMARY KEY (id),
  constraint workspaces_low_balance_ms_check CHECK (low_balance_ms >= 0),
  constraint workspaces_monthly_budget_ms_check CHECK (monthly_budget_ms > 0),
  constraint workspaces_status_check CHECK (status = ANY (ARRAY['active'::text, 'suspended'::text])),
  constraint workspaces_when_credits_run_out_check CHECK (when_credits_run_out = ANY (ARRAY['finish'::text, 'end'::text]))
);

CREATE INDEX accounts_user ON public.accounts USING btree (user_id);

CREATE UNIQUE INDEX agents_by_id ON public.agents USING btree (id);

CREATE UNIQUE INDEX agents_phone_number ON public.agents USING btree (phone_number) WHERE (archived_at_ms IS NULL);

CREATE INDEX alert_deliveries_due ON public.alert_deliveries USING btree (channel, next_try_at_ms) WHERE (next_try_at_ms IS NOT NULL);

CREATE INDEX alert_deliveries_of_webhook ON public.alert_deliveries USING btree (workspace_id, webhook_id, id) WHERE (webhook_id IS NOT NULL);

CREATE INDEX alert_deliveries_tried ON public.alert_deliveries USING brin (last_tried_at_ms);

CREATE INDEX alerts_at ON public.alerts USING brin (at_ms);

CREATE INDEX api_keys_creator ON public.api_keys USING btree (workspace_id, created_by) WHERE (revoked_at_ms IS NULL);

CREATE INDEX api_keys_operator ON public.api_keys USING btree (id) WHERE ((workspace_id IS NULL) AND (revoked_at_ms IS NULL));

CREATE INDEX api_keys_workspace ON public.api_keys USING btree (workspace_id, id) WHERE (revoked_at_ms IS NULL);

CREATE INDEX audit_log_action ON public.audit_log USING btree (workspace_id, action, id);

CREATE INDEX audit_log_actor ON public.audit_log USING btree (workspace_id, actor_id, id);

CREATE INDEX audit_log_workspace ON public.audit_log USING btree (workspace_id, id);

CREATE UNIQUE INDEX auto_reload_attempts_made ON public.auto_reload_attempts USING btree (workspace_id, seq) WHERE (purchase_id IS NOT NULL);

CREATE INDEX auto_reload_settings_enabled ON public.auto_reload_settings USING btree (workspace_id) WHERE enabled;

CREATE INDEX balance_lines_next_boundary ON public.balance_lines USING btree (next_boundary_ms) WHERE (next_boundary_ms IS NOT NULL);

CREATE INDEX calls_ended ON public.calls USING btree (workspace_id, ended_at_ms) WHERE (ended_at_ms IS NOT NULL);

CREATE UNIQUE INDEX calls_external_id ON public.calls USING btree (workspace_id, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX calls_hang_up ON public.calls USING btree (hang_up_at_ms) WHERE ((hang_up_at_ms IS NOT NULL) AND (status = ANY (ARRAY['authorized'::text, 'in_conversation'::text])));

CREATE INDEX calls_in_pieces ON public.calls USING btree (workspace_id, ended_at_ms) WHERE ((cardinality(entry_seqs) > 1) AND (ended_at_ms IS NOT NULL));

CREATE INDEX calls_long_or_late ON public.calls USING btree (workspace_id, ended_at_ms) WHERE ((ended_at_ms IS NOT NULL) AND (((ended_at_ms - uuid_ms(id)) < 0) OR ((ended_at_ms - uuid_ms(id)) > 7200000)));

CREATE INDEX calls_of_agent ON public.calls USING btree (workspace_id, agent_id, id) WHERE (ended_at_ms IS NOT NULL);

CREATE INDEX calls_open ON public.calls USING btree (workspace_id, id) WHERE (status = ANY (ARRAY['authorized'::text, 'in_conversation'::text]));

CREATE INDEX calls_rare ON public.calls USING btree (workspace_id, id) WHERE (status = ANY (ARRAY['refused'::text, 'lost'::text]));

CREATE INDEX calls_reap ON public.calls USING btree (reap_at_ms) WHERE (reap_at_ms IS NOT NULL);

CREATE UNIQUE INDEX campaigns_by_id ON public.campaigns USING btree (id);

CREATE INDEX campaigns_look_at ON public.campaigns USING btree (look_at_ms) WHERE (look_at_ms IS NOT NULL);

CREATE INDEX card_requests_at ON public.card_requests USING btree (workspace_id, at_ms);

CREATE INDEX contact_imports_campaign ON public.contact_imports USING btree (workspace_id, campaign_id, id);

CREATE INDEX contacts_by_state ON public.contacts USING btree (workspace_id, campaign_id, state, id) WHERE (state <> 'waiting'::text);

CREATE INDEX contacts_waiting ON public.contacts USING btree (workspace_id, campaign_id, next_attempt_at_ms, id) WHERE (state = 'waiting'::text);

CREATE INDEX dials_began ON public.dials USING btree (workspace_id, campaign_id, began_at_ms);

CREATE INDEX dials_contact ON public.dials USING btree (workspace_id, campaign_id, contact_id);

CREATE INDEX dials_open ON public.dials USING btree (workspace_id, campaign_id) WHERE ((state <> 'over'::text) OR provisional);

CREATE UNIQUE INDEX dials_open_contact ON public.dials USING btree (workspace_id, campaign_id, contact_id) WHERE (state <> 'over'::text);

CREATE INDEX events_at ON public.events USING brin (at_ms);

CREATE INDEX gateway_events_received ON public.gateway_events USING brin (received_at_ms);

CREATE INDEX grants_open ON public.grants USING btree (workspace_id) WHERE (remaining_ms > 0);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING brin (created_at_ms);

CREATE UNIQUE INDEX invitations_open ON public.invitations USING btree (workspace_id, email) WHERE (accepted_at_ms IS NULL);

CREATE INDEX ledger_entries_other_than_calls ON public.ledger_entries USING btree (workspace_id, seq) WHERE (kind <> 'call'::text);

CREATE UNIQUE INDEX ledger_entries_purchase ON public.ledger_entries USING btree (workspace_id, purchase_id) WHERE ((purchase_id IS NOT NULL) AND (amount_ms > 0));

CREATE INDEX llm_call_tokens_expires ON public.llm_call_tokens USING btree (expires_at_ms);

CREATE INDEX llm_requests_at ON public.llm_requests USING brin (at_ms);

CREATE INDEX llm_requests_call ON public.llm_requests USING btree (workspace_id, call_id) WHERE (call_id IS NOT NULL);

CREATE INDEX llm_requests_under_way ON public.llm_requests USING btree (at_ms) WHERE (ended_at_ms IS NULL);

CREATE INDEX members_user ON public.members USING btree (user_id, joined_at_ms);

CREATE UNIQUE INDEX payment_methods_default ON public.payment_methods USING btree (workspace_id) WHERE is_default;

CREATE INDEX payment_methods_to_forget ON public.payment_methods USING btree (removed_at_ms) WHERE ((removed_at_ms IS NOT NULL) AND (forgotten_at_ms IS NULL));

CREATE UNIQUE INDEX purchases_auto_reload_in_flight ON public.purchases USING btree (workspace_id) WHERE ((origin = 'auto_reload'::text) AND (status = ANY (ARRAY['pending'::text, 'requires_action'::text])));

CREATE UNIQUE INDEX purchases_by_id ON public.purchases USING btree (id);

CREATE INDEX purchases_failed ON public.purchases USING btree (workspace_id, settled_at_ms) WHERE (status = 'failed'::text);

CREATE UNIQUE INDEX purchases_idempotency ON public.purchases USING btree (workspace_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX purchases_next_check ON public.purchases USING btree (next_check_at_ms) WHERE (next_check_at_ms IS NOT NULL);

CREATE INDEX sessions_expires ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_user ON public.sessions USING btree (user_id);

CREATE INDEX sign_in_limits_at ON public.sign_in_limits USING btree (at_ms);

CREATE INDEX simulated_calls_over ON public.simulated_calls USING brin (ends_at_ms);

CREATE INDEX simulated_messages_due ON public.simulated_messages USING btree (due_at_ms);

CREATE INDEX subscriptions_next_renewal_try ON public.subscriptions USING btree (next_renewal_try_ms) WHERE (next_renewal_try_ms IS NOT NULL);

CREATE INDEX usage_days_of_agent ON public.usage_days USING btree (workspace_id, time_zone, agent_id, day);

CREATE INDEX used_app_codes_used_at ON public.used_app_codes USING btree (used_at_ms);

CREATE INDEX verifications_identifier ON public.verifications USING btree (identifier);

CREATE UNIQUE INDEX voice_legs_call ON public.voice_legs USING btree (call_id);

CREATE INDEX voice_legs_next_check ON public.voice_legs USING btree (next_check_at_ms) WHERE (next_check_at_ms IS NOT NULL);

CREATE UNIQUE INDEX voice_legs_ref ON public.voice_legs USING btree (carrier, ref) WHERE (ref IS NOT NULL);

CREATE OR REPLACE FUNCTION public.auto_reload_look_again()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update auto_reload_settings set look_at_ms = 0 where workspace_id = new.workspace_id and enabled;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION public.uuid_ms(id uuid)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((('x'::text || substr(replace((id)::text, '-'::text, ''::text), 1, 12)))::bit(48))::bigint
;

CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER grant_draws_append_only BEFORE DELETE OR UPDATE ON public.grant_draws FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER grant_draws_no_truncate BEFORE TRUNCATE ON public.grant_draws FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER ledger_entries_append_only BEFORE DELETE OR UPDATE ON public.ledger_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON public.ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payment_methods_auto_reload AFTER INSERT OR UPDATE OF is_default ON public.payment_methods FOR EACH ROW EXECUTE FUNCTION auto_reload_look_again();

CREATE TRIGGER purchases_auto_reload AFTER UPDATE OF status ON public.purchases FOR EACH ROW WHEN (((new.origin = 'auto_reload'::text) AND (new.status <> old.status))) EXECUTE FUNCTION auto_reload_look_again();

CREATE TRIGGER subscriptions_auto_reload AFTER UPDATE OF terms ON public.subscriptions FOR EACH ROW WHEN (((new.terms -> 'paid'::text) IS DISTINCT FROM (old.terms -> 'paid'::text))) EXECUTE FUNCTION auto_reload_look_again();
