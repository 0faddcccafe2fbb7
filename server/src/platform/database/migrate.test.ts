import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { virtualClock } from '../clock.ts'
import { StartProblem } from '../start-problem.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'

let database: Database
let drop: () => Promise<void>
let folder: string

beforeEach(async () => {
  ;({ database, drop } = await testDatabase('empty'))
  folder = await mkdtemp(join(tmpdir(), 'talktime-migrations-'))
  await writeFile(
    join(folder, '0001-apples.sql'),
    'create table apples (id int); insert into apples values (1);',
  )
})
afterEach(async () => {
  await drop()
  await rm(folder, { recursive: true })
})

const tables = async () =>
  (
    await database.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    )
  ).rows
    .map(({ name }) => name)
    .filter((name) => name !== 'schema_migrations')
    .sort()

describe('migrations', () => {
  test('are applied once, in the order of their names, and their time is recorded', async () => {
    await writeFile(join(folder, '0002-more-apples.sql'), 'insert into apples values (2);')
    expect(await migrate(database, { folder, clock: virtualClock(1_700_000_000_000) })).toEqual([
      '0001-apples.sql',
      '0002-more-apples.sql',
    ])
    expect(await migrate(database, { folder })).toEqual([])
    const { rows } = await database.query('select name, applied_at_ms from schema_migrations order by name')
    expect(rows).toEqual([
      { name: '0001-apples.sql', applied_at_ms: 1_700_000_000_000 },
      { name: '0002-more-apples.sql', applied_at_ms: 1_700_000_000_000 },
    ])
    expect((await database.query('select id from apples')).rows).toHaveLength(2)
  })

  test('are applied by one of several servers that start at once, while the others wait', async () => {
    const others = [1, 2, 3].map(() => openDatabase(database.connection))
    const applied = await Promise.all([database, ...others].map((each) => migrate(each, { folder })))
    await Promise.all(others.map((other) => other.close()))
    expect(applied.filter((names) => names.length === 1)).toHaveLength(1)
    expect((await database.query('select id from apples')).rows).toHaveLength(1)
  })

  test('that were edited after they were applied are refused by name', async () => {
    await migrate(database, { folder })
    await writeFile(join(folder, '0001-apples.sql'), 'create table pears (id int);')
    await writeFile(join(folder, '0002-plums.sql'), 'create table plums (id int);')
    await expect(migrate(database, { folder })).rejects.toThrow(
      'The migration 0001-apples.sql was edited after it had been applied',
    )
    expect(await tables()).toEqual(['apples'])
  })

  test('that an older program does not know stop it', async () => {
    await writeFile(join(folder, '0002-plums.sql'), 'create table plums (id int);')
    await migrate(database, { folder })
    await rm(join(folder, '0002-plums.sql'))
    const refusal = migrate(database, { folder })
    await expect(refusal).rejects.toBeInstanceOf(StartProblem)
    await expect(refusal).rejects.toThrow('The database is newer than this Talktime: it has 0002-plums.sql')
  })

  test('with a name before one that was already applied are refused', async () => {
    await writeFile(join(folder, '0003-plums.sql'), 'create table plums (id int);')
    await migrate(database, { folder })
    await writeFile(join(folder, '0002-pears.sql'), 'create table pears (id int);')
    await expect(migrate(database, { folder })).rejects.toThrow('0002-pears.sql comes before 0003-plums.sql')
    expect(await tables()).toEqual(['apples', 'plums'])
  })

  test('that fail are rolled back completely, and earlier ones stay', async () => {
    await writeFile(join(folder, '0002-plums.sql'), 'create table plums (id int); select 1/0;')
    await expect(migrate(database, { folder })).rejects.toThrow(
      'The migration 0002-plums.sql failed and was rolled back: division by zero.',
    )
    expect(await tables()).toEqual(['apples'])
    await writeFile(join(folder, '0002-plums.sql'), 'create table plums (id int);')
    expect(await migrate(database, { folder })).toEqual(['0002-plums.sql'])
  })

  test('with a name without a number are refused', async () => {
    await writeFile(join(folder, 'plums.sql'), '')
    await expect(migrate(database, { folder })).rejects.toThrow(
      'a migration must be named like 0007-what-it-does.sql',
    )
  })
})
