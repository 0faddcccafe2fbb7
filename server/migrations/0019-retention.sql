-- What is kept for a while only is found by its age.
create index alerts_at on alerts using brin (at_ms);
create index alert_deliveries_tried on alert_deliveries using brin (last_tried_at_ms);
create index simulated_calls_over on simulated_calls using brin (ends_at_ms);
create index sessions_expires on sessions (expires_at);
