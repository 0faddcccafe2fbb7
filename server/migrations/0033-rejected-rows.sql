-- A rejected row keeps all its cells, so that its owner can correct it and send it again. Rows that were rejected before
-- this migration have only the number as it was written.
alter table contact_imports add column headings jsonb;   -- of the file, in its order
alter table contact_rejections add column cells jsonb;   -- in the order of the headings
