-- Who is told of alerts, in which way, and what became of it.

-- What members chose for themselves: {"balance_low": false, …}. What is not named is left to their role.
create table alert_settings (
  workspace_id uuid not null,
  user_id uuid not null,
  mail jsonb not null,
  primary key (workspace_id, user_id),
  foreign key (workspace_id, user_id) references members (workspace_id, user_id) on delete cascade
);

-- Addresses of customers that alerts are sent to. Secrets are kept sealed, bound to the workspace and the webhook.
create table webhooks (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  url text not null,
  kinds text[],                  -- null: all there are, also those to come
  enabled boolean not null,
  disabled_reason text,          -- in a sentence, where Talktime switched it off by itself
  sealed_secret text not null,
  sealed_previous_secret text,   -- signs as well until previous_secret_until_ms
  previous_secret_until_ms bigint,
  created_at_ms bigint not null,
  last_tried_at_ms bigint,
  last_delivered boolean,        -- whether the last try was taken
  last_response_status integer,
  last_delivered_at_ms bigint,
  primary key (workspace_id, id)
);

-- One row for each alert and each person or webhook that is told of it, and one for each test of a webhook.
create table alert_deliveries (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  alert_id uuid,                 -- null: a test of the webhook
  channel text not null check (channel in ('mail', 'webhook')),
  user_id uuid,                  -- whom it is mailed to
  webhook_id uuid,               -- stays when the webhook is removed
  target text not null,          -- the address or URL, as it was when it was last used
  status text not null check (status in ('pending', 'delivered', 'failed')),
  tries integer not null default 0,
  last_tried_at_ms bigint,
  next_try_at_ms bigint,         -- while a try is under way: when it counts as lost. Null: never (again)
  response_status integer,
  error text,                    -- how the last try failed; null while one is under way
  duration_ms integer,           -- of the last try
  primary key (workspace_id, id),
  unique (workspace_id, alert_id, user_id),
  unique (workspace_id, alert_id, webhook_id),
  foreign key (workspace_id, alert_id) references alerts (workspace_id, id),
  check ((channel = 'mail') = (user_id is not null)),
  check ((channel = 'webhook') = (webhook_id is not null)),
  check ((status = 'pending') = (next_try_at_ms is not null))
);
create index alert_deliveries_of_webhook on alert_deliveries (workspace_id, webhook_id, id)
  where webhook_id is not null;
create index alert_deliveries_due on alert_deliveries (channel, next_try_at_ms) where next_try_at_ms is not null;

-- Mails that are still to be sent go on from here, one to each owner. The time is that of the alert's id.
insert into alert_deliveries (workspace_id, id, alert_id, channel, user_id, target, status, tries, next_try_at_ms)
select a.workspace_id, (left(a.id::text, 15) || right(gen_random_uuid()::text, 21))::uuid, a.id, 'mail', u.id, u.email,
       'pending', a.mail_tries, a.next_mail_at_ms
from alerts a
join members m on m.workspace_id = a.workspace_id and m.role = 'owner'
join users u on u.id = m.user_id
where a.next_mail_at_ms is not null;

drop index alerts_next_mail;
alter table alerts drop column mailed_at_ms, drop column mail_tries, drop column next_mail_at_ms;
