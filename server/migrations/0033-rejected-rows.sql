-- Rejected rows are kept with all their cells, so that they can be mended and sent again. Files from before have the
-- value of the number alone.
alter table contact_imports add column headings jsonb;   -- of the file, in its order
alter table contact_rejections add column cells jsonb;   -- in the order of the headings
