import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, type TestApp, testApp } from '../../../test/app.ts'
import { databaseUrlOf } from '../../../test/command-line.ts'
import { testDatabase } from '../../../test/database.ts'
import { closeInOrder, connectVoiceStack, credits } from '../../../test/voice-stack.ts'
import { createLog } from '../log.ts'
import { readServerSettings } from '../server-settings.ts'
import { createSettingsReader } from '../settings-reader.ts'
import { openServerDatabase } from './connect.ts'
import { type Database, openDatabase, type Queryable } from './database.ts'
import { openPipeline } from './pipeline.ts'
import { LONG_LIMITS, withSession } from './session.ts'

/** What an operator, a tool or a managed service may have set for the database. */
const FOREIGN_DEFAULTS = {
  datestyle: 'German, DMY',
  intervalstyle: 'sql_standard',
  timezone: 'America/St_Johns',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  standard_conforming_strings: 'off',
  client_encoding: 'LATIN1',
  statement_timeout: '1',
  lock_timeout: '1',
  idle_session_timeout: '1000',
}

const PINNED = {
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  default_transaction_isolation: 'read committed',
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  lock_timeout: '0',
}

describe('a database with defaults of its own', () => {
  let t: TestApp
  let database: Database
  let request: Ask
  beforeAll(async () => {
    t = await testApp()
    for (const [name, value] of Object.entries(FOREIGN_DEFAULTS)) {
      await t.database.query(`alter database ${t.database.connection.database} set ${name} = '${value}'`)
    }
    database = openDatabase(t.database.connection)
    ;({ request } = await t.addProcess({ database }))
  })
  afterAll(async () => {
    await closeInOrder(t)
    await database.close()
  })

  async function readSettings(db: Queryable): Promise<Record<string, string>> {
    const { rows } = await db.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any($1)',
      [
        Object.keys(PINNED).map((name) =>
          name === 'datestyle' ? 'DateStyle' : name === 'timezone' ? 'TimeZone' : name,
        ),
      ],
    )
    return Object.fromEntries(rows.map(({ name, setting }) => [name.toLowerCase(), setting]))
  }

  test('does not change what the pool, a pipeline and a connection of its own rely on', async () => {
    expect(await readSettings(database)).toEqual(PINNED)
    const pipeline = openPipeline(database)
    expect(await pipeline.transaction((tx) => readSettings(tx))).toEqual(PINNED)
    await pipeline.close()
    const client = database.createClient(LONG_LIMITS)
    await client.connect()
    expect(await readSettings(client as unknown as Queryable)).toEqual(PINNED)
    await client.end()
  })

  test('works like any other: people, calls side by side, texts, instants', async () => {
    const person = await t.signUp({ name: 'Zoë 𝄞 Łódź' })
    const seen = await request('GET', '/v1/session', { cookie: person.cookie })
    expect(seen.body).toMatchObject({ user: { name: 'Zoë 𝄞 Łódź' } })
    const stack = await connectVoiceStack({ ...t, request })
    const ids = await Promise.all(Array.from({ length: 20 }, () => stack.talk(60_000)))
    expect(new Set(ids).size).toBe(20)
    expect((await stack.granted({ credits: 1 })).amount).toEqual(credits(1))
    const { body } = await stack.ask('GET', '/v1/usage/summary')
    expect(JSON.stringify(body)).toContain('1200000')
  })
})

describe('options of a connection string', () => {
  const connectionString =
    'postgresql://me:x@host/db?options=-c%20search_path%3Dmine%20-c%20timezone%3DAsia%2FTokyo&sslmode=require'

  test('are kept, and those that are pinned win', () => {
    const config = withSession({ connectionString }, LONG_LIMITS)
    expect(config.connectionString).toBe('postgresql://me:x@host/db?sslmode=require')
    expect(config.options).toMatch(/^-c search_path=mine -c timezone=Asia\/Tokyo .* -c timezone=UTC/)
    expect(config.options).toContain('-c default_transaction_isolation=read\\ committed')
  })

  test('may be missing', () => {
    expect(withSession({ connectionString: 'postgresql://me@host/db' }, LONG_LIMITS)).toMatchObject({
      connectionString: 'postgresql://me@host/db',
      options: expect.stringMatching(/^-c client_encoding=UTF8 /),
    })
  })
})

test.each(['LATIN1', 'SQL_ASCII'])(
  'a database with the encoding %s is refused at the start, unchanged',
  async (encoding) => {
    const { database, drop } = await testDatabase('empty', `encoding '${encoding}' locale 'C'`)
    const settings = readServerSettings(createSettingsReader({ DATABASE_URL: databaseUrlOf(database) }))
    await expect(openServerDatabase(settings, undefined, createLog('silent'))).rejects.toThrow(
      `has the encoding ${encoding}; Talktime needs UTF8. Create another one: create database`,
    )
    const { rows } = await database.query(`select from pg_tables where schemaname = 'public'`)
    expect(rows).toEqual([])
    await drop()
  },
)
