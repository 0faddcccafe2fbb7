-- The first answer to a POST with an Idempotency-Key, given again to its repeats. Pruned after a day.
create table idempotency_keys (
  scope text not null,             -- whose key it is: a workspace, the operator, a user
  key text not null,
  request_hash bytea not null,     -- method, path and body
  status integer not null,
  body text not null,
  created_at_ms bigint not null,
  primary key (scope, key)
);
create index idempotency_keys_created on idempotency_keys using brin (created_at_ms);
