import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { MIGRATIONS_FOLDER } from './migrate.ts'
import { dumpSchema } from './schema-dump.ts'

test('server/schema.sql is the schema after all migrations ("npm run schema" writes it)', async () => {
  const { database, drop } = await testDatabase()
  const committed = await readFile(join(MIGRATIONS_FOLDER, '../schema.sql'), 'utf8')
  expect(await dumpSchema(database)).toBe(committed)
  await drop()
})

test('a dump shows every part of a schema, so that no drift goes unnoticed', async () => {
  const { database, drop } = await testDatabase('empty')
  await database.query(`
    create table trees (
      id bigint generated always as identity primary key,
      name text not null default 'oak' unique,
      height_m numeric(6, 2) check (height_m > 0),
      label text generated always as ('tree ' || name) stored
    ) with (fillfactor = 70);
    create table leaves (tree_id bigint not null references trees (id) on delete cascade, gone text) partition by hash (tree_id);
    alter table leaves drop column gone;
    create index trees_tall on trees (height_m desc) where height_m > 10;
    create function stay() returns trigger language plpgsql as 'begin return old; end';
    create trigger trees_stay before delete on trees for each row execute function stay();
  `)
  expect(await dumpSchema(database)).toMatchInlineSnapshot(`
    "-- The schema after all migrations, to read and to review. Written by "npm run schema"; not edited by hand.

    create table leaves (
      tree_id bigint not null,
      constraint leaves_tree_id_fkey FOREIGN KEY (tree_id) REFERENCES trees(id) ON DELETE CASCADE
    ) partition by HASH (tree_id);

    create table trees (
      id bigint not null generated always as identity,
      name text not null default 'oak'::text,
      height_m numeric(6,2),
      label text generated always as (('tree '::text || name)) stored,
      constraint trees_pkey PRIMARY KEY (id),
      constraint trees_height_m_check CHECK (height_m > 0::numeric),
      constraint trees_name_key UNIQUE (name)
    ) with (fillfactor=70);

    CREATE INDEX trees_tall ON public.trees USING btree (height_m DESC) WHERE (height_m > (10)::numeric);

    CREATE OR REPLACE FUNCTION public.stay()
     RETURNS trigger
     LANGUAGE plpgsql
    AS $function$begin return old; end$function$
    ;

    CREATE TRIGGER trees_stay BEFORE DELETE ON public.trees FOR EACH ROW EXECUTE FUNCTION stay();
    "
  `)
  await drop()
})
