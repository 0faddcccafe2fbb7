import type pg from 'pg'

/** A table whose rows are in a backup. The names are quoted. */
export type BackupTable = { readonly name: string; readonly columns: string }

/** What an extension brought into the schema is no concern of a backup. */
const notOfExtension = (catalog: string) =>
  `not exists (select from pg_depend where classid = '${catalog}'::regclass and objid = ${catalog}.oid and deptype = 'e')`

/** Lists the tables, in the order of their names. Generated columns are left out: PostgreSQL computes them. */
export async function listTables(client: pg.Client): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable>(
    `select format('%I', relname) as name, string_agg(format('%I', attname), ', ' order by attnum) as columns
     from pg_class join pg_attribute on attrelid = pg_class.oid
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and relpersistence = 'p'
       and attnum > 0 and not attisdropped and attgenerated = '' and ${notOfExtension('pg_class')}
     group by relname order by relname`,
  )
  return rows
}

/** Reads where each sequence stands. Sequences are in no snapshot: this may be later than the rows, never earlier. */
export async function readSequences(
  client: pg.Client,
): Promise<{ name: string; value: string; isCalled: boolean }[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I', relname) as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind = 'S' order by relname`,
  )
  const sequences: { name: string; value: string; isCalled: boolean }[] = []
  for (const { name } of rows) {
    const found = await client.query<{ value: string; isCalled: boolean }>(
      `select last_value::text as value, is_called as "isCalled" from ${name}`,
    )
    sequences.push(...found.rows.map((row) => ({ name, ...row })))
  }
  return sequences
}

export async function setSequence(
  client: pg.Client,
  { name, value, isCalled }: { readonly name: string; readonly value: string; readonly isCalled: boolean },
): Promise<void> {
  await client.query('select setval($1::regclass, $2::bigint, $3)', [name, value, isCalled])
}

/** Whether the schema holds no table, sequence, view or function. */
export async function isSchemaEmpty(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ empty: boolean }>(
    `select not exists (select from pg_class where relnamespace = current_schema()::regnamespace and ${notOfExtension('pg_class')})
        and not exists (select from pg_proc where pronamespace = current_schema()::regnamespace and ${notOfExtension('pg_proc')}) as empty`,
  )
  return rows[0]?.empty === true
}

/**
 * Takes away what would hinder rows in any order: foreign keys, triggers, and rows that migrations inserted. Everything
 * is what the owner of the tables may do; nothing needs a superuser.
 *
 * @returns the statements that bring foreign keys and triggers back
 */
export async function openForLoading(client: pg.Client): Promise<string[]> {
  const { rows: keys } = await client.query<{ drop: string; add: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
            format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as add
     from pg_constraint where connamespace = current_schema()::regnamespace and contype = 'f'
     order by conrelid::regclass::text, conname`,
  )
  for (const { drop } of keys) await client.query(drop)
  const { rows: triggers } = await client.query<{ off: string; on: string }>(
    `select distinct format('alter table %s disable trigger user', tgrelid::regclass) as off,
                     format('alter table %s enable trigger user', tgrelid::regclass) as "on"
     from pg_trigger join pg_class on pg_class.oid = tgrelid
     where relnamespace = current_schema()::regnamespace and not tgisinternal`,
  )
  for (const { off } of triggers) await client.query(off)
  for (const { name } of await listTables(client)) await client.query(`delete from ${name}`)
  return [...keys.map(({ add }) => add), ...triggers.map(({ on }) => on)]
}
