-- A campaign's pace is kept by when phones ring: a dial that was intended may be placed a while later.
alter table dials add column began_at_ms bigint;  -- the latest instant at which the carrier may have been asked
update dials set began_at_ms = intended_at_ms;
alter table dials alter column began_at_ms set not null;
drop index dials_started;
create index dials_began on dials (workspace_id, campaign_id, began_at_ms);
