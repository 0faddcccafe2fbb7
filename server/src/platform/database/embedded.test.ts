import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isRunning, until } from '../../../test/start-server.ts'
import { temporaryFolder } from '../../../test/temporary-folder.ts'
import { type Database, openDatabase } from './database.ts'
import { type EmbeddedPostgres, findEmbedded, startEmbedded } from './embedded.ts'
import { CLUSTER_USER, createCluster, startCluster } from './postgres-cluster.ts'

const log = pino({ level: 'silent' })
let folder: string
let remove: () => Promise<void>
let postgres: EmbeddedPostgres
let database: Database

async function start(): Promise<void> {
  postgres = await startEmbedded(folder, log, { setUp: true })
  database = openDatabase(postgres.connection)
}

async function stop(): Promise<void> {
  await database.close()
  await postgres.stop()
}

const postmasterPid = async () =>
  Number((await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
const notes = async () =>
  (await database.query<{ text: string }>('select text from notes order by text')).rows

beforeAll(async () => {
  ;({ path: folder, remove } = await temporaryFolder())
  await start()
  await database.query('create table notes (text text)')
})
beforeEach(() => database.query('truncate notes'))
afterAll(async () => {
  await stop()
  await remove()
})

describe('the embedded PostgreSQL', () => {
  test('loses no committed transaction: every commit waits for the disk', async () => {
    const names = ['fsync', 'synchronous_commit', 'full_page_writes']
    for (const name of names) expect((await database.query(`show ${name}`)).rows).toEqual([{ [name]: 'on' }])
  })

  test('listens on 127.0.0.1 only, and requires its password', async () => {
    const { port = 0, ...rest } = postgres.connection
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
    for (const { address } of others) {
      const outcome = await new Promise((resolve) => {
        const socket = connect(port, address, () => resolve('connected'))
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
        socket.on('close', () => socket.destroy())
      })
      expect(outcome).toBe('ECONNREFUSED')
    }
    const intruder = openDatabase({ ...rest, port, password: 'a guess' })
    await expect(intruder.query('select 1')).rejects.toThrow('password authentication failed')
    await intruder.close()
  })

  test('keeps its password and its log readable by their owner only', async () => {
    for (const name of ['postgres-password', 'postgres.log']) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    }
  })

  test('is found by other processes through the data folder', async () => {
    expect(await findEmbedded(folder)).toEqual(postgres.connection)
  })

  test('is restarted on the same port after it is killed, with all committed data', async () => {
    await database.query(`insert into notes values ('before')`)
    const pid = await postmasterPid()
    process.kill(pid, 'SIGKILL')
    await until(() => (isRunning(pid) ? undefined : true))
    // A connection of the killed one may answer once more before it notices.
    await until(async () => ((await postmasterPid().catch(() => pid)) === pid ? undefined : true))
    await until(() => database.query(`insert into notes values ('after')`).catch(() => undefined))
    expect(await notes()).toEqual([{ text: 'after' }, { text: 'before' }])
  })

  test('keeps all data when it is stopped and started', async () => {
    await database.query(`insert into notes values ('kept')`)
    const pid = await postmasterPid()
    await stop()
    expect(isRunning(pid)).toBe(false)
    expect(await findEmbedded(folder)).toBeUndefined()
    await start()
    expect(await notes()).toEqual([{ text: 'kept' }])
  })

  test('gets a new password when its password file is lost', async () => {
    await database.query(`insert into notes values ('kept')`)
    await stop()
    await rm(join(folder, 'postgres-password'))
    await start()
    expect(await notes()).toEqual([{ text: 'kept' }])
  })

  test('starts although a killed one left a process number that now belongs to another program', async () => {
    await stop()
    const left = [process.pid, join(folder, 'postgres'), 0, 5432, '', '127.0.0.1', '', 'ready   ', '']
    await writeFile(join(folder, 'postgres/postmaster.pid'), left.join('\n'))
    await start()
    expect(await notes()).toEqual([])
  })

  test('is used by a role that is no superuser and owns nothing but Talktime’s database', async () => {
    const { rows } = await database.query(
      `select current_user as role, rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls as powerful,
              (select datdba::regrole::text from pg_database where datname = current_database()) as owner
       from pg_roles where rolname = current_user`,
    )
    expect(rows).toEqual([{ role: 'talktime_app', powerful: false, owner: 'talktime_app' }])
    await expect(database.query(`copy notes to program 'cat'`)).rejects.toThrow('permission denied')
    await expect(database.query(`select pg_read_file('PG_VERSION')`)).rejects.toThrow('permission denied')
  })

  test('created by a version that used the superuser passes everything to the role, and locks the superuser out', async () => {
    const older = await temporaryFolder()
    const files = join(older.path, 'postgres')
    const password = 'the password of the superuser'
    await writeFile(join(older.path, 'postgres-password'), password)
    await createCluster(files, password)
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' }
    const cluster = await startCluster({ folder: files, logFile: join(older.path, 'postgres.log'), settings })
    const login = { host: '127.0.0.1', port: cluster.port, user: CLUSTER_USER, password }
    const admin = openDatabase({ ...login, database: 'postgres' })
    await admin.query('create database talktime')
    await admin.close()
    const before = openDatabase({ ...login, database: 'talktime' })
    await before.query(`create table notes (id int generated always as identity, text text);
      insert into notes (text) values ('kept'); create sequence numbers; create view texts as select text from notes;
      create function answer() returns int language sql as 'select 42'`)
    await before.close()
    await cluster.stop()

    await expect(startEmbedded(older.path, log, { setUp: false })).rejects.toThrow('Start the server once')
    const upgraded = await startEmbedded(older.path, log, { setUp: true })
    const after = openDatabase(upgraded.connection)
    expect((await after.query('select text, answer() from texts')).rows).toEqual([
      { text: 'kept', answer: 42 },
    ])
    await after.query(
      `insert into notes (text) values ('more'); alter table notes add column n int; drop sequence numbers`,
    )
    await after.close()
    const intruder = openDatabase({ ...login, port: upgraded.connection.port ?? 0, database: 'talktime' })
    await expect(intruder.query('select 1')).rejects.toThrow()
    await intruder.close()
    await upgraded.stop()
    await older.remove()
  })

  test('that outlived its server is stopped cleanly and started again', async () => {
    await database.query(`insert into notes values ('kept')`)
    await stop()
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' }
    const logFile = join(folder, 'postgres.log')
    await startCluster({ folder: join(folder, 'postgres'), logFile, settings })
    const pid = await postmasterPid()
    await start()
    expect(isRunning(pid)).toBe(false)
    expect(await notes()).toEqual([{ text: 'kept' }])
  })

  test('of another version is refused with an explanation, and left unchanged', async () => {
    await stop()
    const file = join(folder, 'postgres/PG_VERSION')
    const version = await readFile(file)
    await writeFile(file, '15\n')
    await expect(startEmbedded(folder, log, { setUp: true })).rejects.toThrow(
      'was created by PostgreSQL 15; this Talktime comes with PostgreSQL 18.',
    )
    await writeFile(file, version)
    await start()
  })
})

test('a PostgreSQL whose creation was interrupted is created again', async () => {
  const { path, remove } = await temporaryFolder()
  await mkdir(join(path, 'postgres.draft/base'), { recursive: true })
  await writeFile(join(path, 'postgres.draft/PG_VERSION'), '18\n')
  await createCluster(join(path, 'postgres'), 'a password')
  expect(await readFile(join(path, 'postgres/PG_VERSION'), 'utf8')).toBe('18\n')
  await expect(stat(join(path, 'postgres.draft'))).rejects.toThrow('ENOENT')
  await remove()
})
