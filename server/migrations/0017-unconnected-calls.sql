-- When a call to an agent's number was last turned away because there is nothing to connect it to.
alter table agents add column unconnected_call_at_ms bigint;
