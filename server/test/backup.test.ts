import { access, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { readSettings } from '../src/config.ts'
import { connectToDatabase } from '../src/platform/database/connect.ts'
import { type Database, openDatabase } from '../src/platform/database/database.ts'
import { dumpSchema } from '../src/platform/database/schema-dump.ts'
import { createLog } from '../src/platform/log.ts'
import { databaseUrlOf, talktime } from './command-line.ts'
import { testDatabase } from './database.ts'
import { startServer, until } from './start-server.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { answerOf, endOf, openWorld, startOf, verifyAll, type World } from './world.ts'

// The commands run as processes, on real databases.

const SECRET = 'the secret of the servers, long enough'
const MINUTE_MS = 60_000

let world: World
let folder: string
let remove: () => Promise<void>
let file: string
let settings: Record<string, string>

beforeAll(async () => {
  ;({ path: folder, remove } = await temporaryFolder())
  world = await openWorld()
  for (let n = 0; n < 3; n += 1) {
    const workspace = await world.workspace()
    await world.grant(workspace, { kind: 'promotional', amountMs: 20 * MINUTE_MS, expiresAtMs: null })
    const start = startOf(workspace, {
      externalId: 'tab\there, line\nbreak, back\\slash, \\.\n\\.\n and ü€𝄞',
    })
    await world.engine.submitBatch([start, answerOf(world, workspace, start.callId)])
    world.clock.advance(MINUTE_MS)
    await world.engine.submit(endOf(world, workspace, start.callId))
  }
  file = join(folder, 'first.backup')
  settings = { DATABASE_URL: databaseUrlOf(world.database), TALKTIME_SECRET: SECRET }
  expect(await talktime(['backup', file], settings)).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^Backed up [\d,]+ rows of \d+ tables to .*first\.backup \([\d.]+ MB\), restored them elsewhere and verified them: everything adds up\.\n$/,
    ),
    stderr: expect.stringContaining('The backup does not contain the servers’ secret (TALKTIME_SECRET).'),
  })
}, 120_000)
afterAll(async () => {
  await world.close()
  await remove()
})

/** Everything in a database: its schema, and the hash of each table's rows. */
async function contentOf(database: Database): Promise<unknown> {
  const { rows: tables } = await database.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`,
  )
  const rows: Record<string, unknown> = {}
  for (const { name } of tables) {
    const found = await database.query(
      `select count(*)::int, md5(string_agg(t::text, E'\\n' order by t::text)) from ${name} t`,
    )
    rows[name] = found.rows[0]
  }
  return { schema: await dumpSchema(database), rows }
}

const look = (dataDir: string) =>
  connectToDatabase(readSettings({ TALKTIME_DATA_DIR: dataDir }), createLog('silent'), 'look')

describe('a backup', () => {
  test('is a file that only its owner can read, and appears when it is complete', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['first.backup'])
  })

  test('never replaces a file', async () => {
    expect(await talktime(['backup', file], settings)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${file} exists. Choose another name: a backup replaces nothing.\n`,
    })
  })

  test('is text that psql understands', async () => {
    const text = zstdDecompressSync(await readFile(file)).toString()
    expect(text).toMatch(/^-- Talktime backup\. .*\n-- \{"format":1,/)
    expect(text).toMatch(/\nCOPY workspaces \(id, name, .*\) FROM stdin;\n/)
    expect(text).not.toContain(SECRET)
  })

  test('of a database that does not add up is not kept, and says so', async () => {
    const { database, drop } = await testDatabase()
    await database.query(
      `insert into workspaces (id, name, time_zone, created_at_ms) values ('0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c', 'A', 'UTC', 1);
       insert into balance_lines (workspace_id, anchor_ms, balance_ms, settled_ms) values ('0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c', 1, 5, 5)`,
    )
    const wrong = join(folder, 'wrong.backup')
    const result = await talktime(['backup', wrong], { ...settings, DATABASE_URL: databaseUrlOf(database) })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('so no backup was kept')
    expect(await readdir(folder)).toEqual(['first.backup'])
    await drop()
  })
})

describe('a restore', () => {
  test('into a new data folder brings back every row and the whole schema, which a server then serves', async () => {
    const dataDir = join(folder, 'restored')
    const restored = await talktime(['restore', file], { TALKTIME_DATA_DIR: dataDir })
    expect(restored).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^Restored [\d,]+ rows of \d+ tables as of .* and verified them: everything adds up\.\n$/,
      ),
      stderr: expect.stringContaining('Put the secret of the backed-up servers in '),
    })
    const { database, stop } = await look(dataDir)
    expect(await contentOf(database)).toEqual(await contentOf(world.database))
    await stop()
    const server = await startServer({ TALKTIME_DATA_DIR: dataDir, TALKTIME_SECRET: SECRET })
    expect((await fetch(`${server.address}/readyz`)).status).toBe(200)
    server.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(await talktime(['restore', file], { TALKTIME_DATA_DIR: dataDir })).toMatchObject({
      code: 1,
      stderr: `The data folder ${dataDir} has a database already. Set TALKTIME_DATA_DIR to a new folder. Nothing was changed.\n`,
    })
  }, 120_000)

  test('into an empty external database needs no superuser, and refuses one that is not empty', async () => {
    const admin = openDatabase({ ...inject('testServer'), database: 'postgres' })
    await admin.query(`create role plain login password 'plain'`)
    await admin.query('create database restored_plain owner plain')
    const connection = {
      ...inject('testServer'),
      user: 'plain',
      password: 'plain',
      database: 'restored_plain',
    }
    const database = openDatabase(connection)
    const target = { DATABASE_URL: databaseUrlOf(database), TALKTIME_SECRET: SECRET }
    expect(await talktime(['restore', file], target)).toMatchObject({
      code: 0,
      stderr: 'The servers’ secret is the one of the backup.\n',
    })
    expect(await contentOf(database)).toEqual(await contentOf(world.database))
    // The ledger is as append-only as before, and the keys between tables hold.
    await expect(database.query('delete from ledger_entries')).rejects.toThrow('append-only')
    await expect(database.query(`update balance_lines set workspace_id = gen_random_uuid()`)).rejects.toThrow(
      'foreign key',
    )
    expect(await talktime(['restore', file], target)).toMatchObject({
      code: 1,
      stderr: `${file} cannot be restored. The database is not empty, and a backup is never mixed with what is there. Nothing was changed.\n`,
    })
    await database.close()
    await admin.query('drop database restored_plain')
    await admin.query('drop role plain')
    await admin.close()
  }, 120_000)

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    [
      'with a changed byte',
      (bytes: Buffer) =>
        Buffer.from(bytes).fill(
          bytes[bytes.length >> 1] ?? 0 ^ 1,
          bytes.length >> 1,
          (bytes.length >> 1) + 8,
        ),
    ],
    [
      'with a changed row',
      (bytes: Buffer) => edit(bytes, (text) => text.replace('\tpromotional\t', '\tpromotionaI\t')),
    ],
    [
      'without a row',
      (bytes: Buffer) => edit(bytes, (text) => text.replace(/\n[^\n]*\tpromotional\t[^\n]*\n/, '\n')),
    ],
    [
      'without a table',
      (bytes: Buffer) => edit(bytes, (text) => text.replace(/COPY workspaces [\s\S]*?\n\\\.\n.*\n/, '')),
    ],
    [
      'with a statement of somebody else',
      (bytes: Buffer) =>
        edit(bytes, (text) =>
          text.replace(/COPY workspaces .*\n/, 'COPY workspaces (id) FROM stdin; drop table users;\n'),
        ),
    ],
    ['of a later version', (bytes: Buffer) => edit(bytes, (text) => text.replace('"0001-', '"9999-'))],
    ['that is something else', () => Buffer.from('hello')],
    ['that is something else, compressed', () => zstdCompressSync('hello\nworld\n')],
  ])('refuses a file %s, and creates nothing', async (_what, damage) => {
    const damaged = join(folder, 'damaged')
    await writeFile(damaged, damage(await readFile(file)))
    const dataDir = join(folder, 'untouched')
    const result = await talktime(['restore', damaged], { TALKTIME_DATA_DIR: dataDir })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(/damaged cannot be restored\. .* Nothing was changed\.\n$/)
    await expect(access(join(dataDir, 'postgres'))).rejects.toThrow('ENOENT')
    await expect(access(join(dataDir, 'restoring'))).rejects.toThrow('ENOENT')
  })

  const edit = (bytes: Buffer, change: (text: string) => string) => {
    const text = zstdDecompressSync(bytes).toString('latin1')
    const changed = change(text)
    expect(changed).not.toBe(text)
    return zstdCompressSync(Buffer.from(changed, 'latin1'))
  }

  test('brings the secret back from a backup that has it', async () => {
    const withSecret = join(folder, 'with-secret.backup')
    expect(await talktime(['backup', '--with-secret', '--no-check', withSecret], settings)).toMatchObject({
      code: 0,
      stderr: '',
    })
    const dataDir = join(folder, 'with-secret')
    expect(await talktime(['restore', withSecret], { TALKTIME_DATA_DIR: dataDir })).toMatchObject({ code: 0 })
    expect(await readFile(join(dataDir, 'secret'), 'utf8')).toBe(`${SECRET}\n`)
    expect((await stat(join(dataDir, 'secret'))).mode & 0o777).toBe(0o600)
  })
})

test('a backup made while calls go on holds what was acknowledged before it, and adds up', async () => {
  const busy = await world.workspace({ monthlyMs: 10_000 * MINUTE_MS, concurrentCallsMax: null })
  const acknowledged: string[] = []
  let isOver = false
  async function makeCalls(): Promise<void> {
    while (!isOver) {
      const start = startOf(busy)
      await world.engine.submit(start)
      await world.engine.submit(answerOf(world, busy, start.callId))
      world.clock.advance(1)
      await world.engine.submit(endOf(world, busy, start.callId))
      acknowledged.push(start.callId)
    }
  }
  const callers = Array.from({ length: 4 }, makeCalls)
  await until(() => (acknowledged.length > 100 ? true : undefined))
  const before = [...acknowledged]
  const underLoad = join(folder, 'load.backup')
  expect(await talktime(['backup', underLoad], settings)).toMatchObject({ code: 0 })
  isOver = true
  await Promise.all(callers)
  expect(acknowledged.length).toBeGreaterThan(before.length)
  const dataDir = join(folder, 'from-load')
  expect(await talktime(['restore', underLoad], { TALKTIME_DATA_DIR: dataDir })).toMatchObject({ code: 0 })
  const { database, stop } = await look(dataDir)
  const { rows } = await database.query<{ id: string }>(`select id from calls where status = 'ended'`)
  const ended = new Set(rows.map(({ id }) => id))
  expect(before.filter((id) => !ended.has(id))).toEqual([])
  expect(await verifyAll(database)).toEqual([])
  await stop()
}, 120_000)

test('a backup of the embedded database while its server runs is restored and verified', async () => {
  const dataDir = join(folder, 'embedded')
  const server = await startServer({ TALKTIME_DATA_DIR: dataDir })
  const id = (await talktime(['workspace', 'create', '--name', 'Acme'], { TALKTIME_DATA_DIR: dataDir }))
    .stdout
  const online = join(folder, 'online.backup')
  expect(await talktime(['backup', online], { TALKTIME_DATA_DIR: dataDir })).toMatchObject({ code: 0 })
  expect((await readdir(dataDir)).filter((name) => name.startsWith('backup-check'))).toEqual([])
  server.kill('SIGTERM')
  await server.ended
  const copy = join(folder, 'embedded-copy')
  expect(await talktime(['restore', online], { TALKTIME_DATA_DIR: copy })).toMatchObject({ code: 0 })
  const { database, stop } = await look(copy)
  const { rows } = await database.query<{ id: string }>('select id from workspaces')
  expect(rows.map((row) => `ws_${row.id.replaceAll('-', '')}\n`)).toEqual([id])
  expect(await verifyAll(database)).toEqual([])
  await stop()
}, 120_000)
