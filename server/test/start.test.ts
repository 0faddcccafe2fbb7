import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig, readSettings } from '../src/config.ts'
import {
  type Connected,
  connectToDatabase,
  openServerDatabase,
  takeDataFolder,
} from '../src/platform/database/connect.ts'
import { databaseUrlOf } from './command-line.ts'
import { testDatabase } from './database.ts'
import {
  isRunning,
  type Program,
  projectRoot,
  type RunningServer,
  runProgram,
  runServer,
  runServerToEnd,
  startServer,
  until,
  waitForWelcome,
} from './start-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

// Each test starts the real server as a process, with its own data folder, on a free port.

let folder: string
let remove: () => Promise<void>
let programs: Program[]

/** A data folder with an empty database. Each test copies it, because setting one up takes longer than any test here. */
let prepared: { path: string; remove(): Promise<void> }

beforeAll(async () => {
  prepared = await temporaryFolder()
  folder = prepared.path
  await createDatabase()
})
afterAll(() => prepared.remove())

beforeEach(async () => {
  ;({ path: folder, remove } = await temporaryFolder())
  programs = []
})
afterEach(async () => {
  for (const program of programs) program.kill('SIGTERM')
  await Promise.all(programs.map(({ ended }) => ended))
  await remove()
})

const settings = (more: Record<string, string> = {}) => ({ TALKTIME_DATA_DIR: folder, ...more })

async function start(more: Record<string, string> = {}): Promise<RunningServer> {
  const server = await startServer(settings(more))
  programs.push(server)
  return server
}

const log = pino({ level: 'silent' })
const connect = () => connectToDatabase(readSettings(settings()), log, 'change')

/** Creates and migrates the database of the folder, as a server does when it starts. */
async function createDatabase(): Promise<void> {
  const config = await loadConfig(settings())
  const lock = await takeDataFolder(config, log)
  const { stop } = await openServerDatabase(config, lock, log)
  await stop()
  await lock?.release()
}

async function withDatabase<T>(work: (connected: Connected) => Promise<T>): Promise<T> {
  const connected = await connect()
  return work(connected).finally(connected.stop)
}

const readPostmasterPid = async () =>
  Number((await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
/** Copies the prepared data folder into the test's empty one. */
const copyPrepared = () => promisify(execFile)('cp', ['-Rp', `${prepared.path}/.`, folder])
const isUp = async (server: RunningServer) => (await fetch(`${server.address}/healthz`)).ok

describe('the server', () => {
  beforeEach(copyPrepared)

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'shuts down cleanly on %s, and its PostgreSQL with it',
    async (signal) => {
      const server = await start()
      expect(await isUp(server)).toBe(true)
      const postmaster = await readPostmasterPid()
      server.kill(signal)
      expect(await server.ended).toBe(0)
      expect(isRunning(postmaster)).toBe(false)
      expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\n$/)
      await expect(stat(join(folder, 'holder.json'))).rejects.toThrow('ENOENT')
    },
  )

  test('shuts down cleanly when Ctrl-C is pressed repeatedly', async () => {
    const server = await start()
    const hammer = setInterval(() => server.kill('SIGINT'), 5)
    expect(await server.ended).toBe(0)
    clearInterval(hammer)
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\n$/)
  })

  test('stops when it gets SIGTERM while it is still starting', async () => {
    await rm(join(folder, 'postgres'), { recursive: true })
    const program = runServer(settings())
    await until(() => stat(join(folder, 'holder.json')).catch(() => undefined))
    program.kill('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(program.stdout()).toBe('')
    expect(program.stderr()).toBe('Stopping …\n')
    expect(await isUp(await start())).toBe(true)
  })

  test('started by a script stops when the script is killed', async () => {
    const script = join(projectRoot, 'scripts/with-node.mjs')
    const wrapper = await waitForWelcome(runProgram([script, 'server/src/main.ts'], settings()))
    const { pid } = JSON.parse(await readFile(join(folder, 'holder.json'), 'utf8')) as { pid: number }
    const postmaster = await readPostmasterPid()
    wrapper.kill('SIGKILL')
    await until(() => (isRunning(pid) || isRunning(postmaster) ? undefined : true))
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\n$/)
  })

  test('names the holder of the data folder when it is started a second time, and leaves the first server running', async () => {
    const server = await start()
    const second = await runServerToEnd(settings())
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toContain(
      `Another Talktime server (pid ${server.pid}) at ${server.address} has held the data folder`,
    )
    expect(await isUp(server)).toBe(true)
  })
})

describe('after kill -9', () => {
  beforeEach(copyPrepared)

  test('of the server, its PostgreSQL shuts down and the next start has all data', async () => {
    const server = await start()
    await withDatabase(({ database }) => database.query(`create table notes as select 'kept' as text`))
    const postmaster = await readPostmasterPid()
    server.kill('SIGKILL')
    await server.ended
    await until(() => (isRunning(postmaster) ? undefined : true))
    expect(await isUp(await start())).toBe(true)
    expect((await withDatabase(({ database }) => database.query('table notes'))).rows).toEqual([
      { text: 'kept' },
    ])
  })

  test('of the server, the next start succeeds at once', async () => {
    const server = await start()
    await withDatabase(({ database }) => database.query(`create table notes as select 'kept' as text`))
    server.kill('SIGKILL')
    expect(await isUp(await start())).toBe(true)
    expect((await withDatabase(({ database }) => database.query('table notes'))).rows).toEqual([
      { text: 'kept' },
    ])
  })

  test('of the server and its PostgreSQL, the next start recovers all commits', async () => {
    const server = await start()
    await withDatabase(({ database }) => database.query(`create table notes as select 'kept' as text`))
    process.kill(await readPostmasterPid(), 'SIGKILL')
    server.kill('SIGKILL')
    await server.ended
    expect(await isUp(await start())).toBe(true)
    expect((await withDatabase(({ database }) => database.query('table notes'))).rows).toEqual([
      { text: 'kept' },
    ])
  })
})

describe('the command line', () => {
  beforeEach(copyPrepared)

  test('uses the database of the server that runs on the folder, and leaves the server running', async () => {
    const server = await start()
    const postmaster = await readPostmasterPid()
    await withDatabase(async (connected) => {
      expect(connected.embedded).toBe(true)
      expect(
        (await connected.database.query('select count(*) as n from schema_migrations')).rows,
      ).not.toEqual([])
    })
    expect(isRunning(postmaster)).toBe(true)
    expect(await isUp(server)).toBe(true)
  })

  test('waits for a server that is still starting', async () => {
    await rm(join(folder, 'postgres'), { recursive: true })
    const program = runServer(settings())
    await until(() => stat(join(folder, 'holder.json')).catch(() => undefined))
    const connected = await connect()
    programs.push(await waitForWelcome(program))
    expect((await connected.database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await connected.stop()
  })

  test('starts the embedded PostgreSQL when no server runs, and stops it afterwards', async () => {
    const connected = await connect()
    const postmaster = await readPostmasterPid()
    expect((await connected.database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await connected.stop()
    expect(isRunning(postmaster)).toBe(false)
  })

  test('takes turns with other commands, and a server waits for its turn', async () => {
    const first = await connect()
    await first.database.query('create table turns (n int)')
    const second = withDatabase(({ database }) => database.query('insert into turns values (2)'))
    const server = start()
    await first.database.query('insert into turns values (1)')
    await first.stop()
    await second
    await server
    expect(
      (await withDatabase(({ database }) => database.query('select n from turns order by n'))).rows,
    ).toEqual([{ n: 1 }, { n: 2 }])
  })
})

test('with DATABASE_URL, two servers share one database and one data folder', async () => {
  const { database, drop } = await testDatabase('empty')
  const url = databaseUrlOf(database)
  const servers = await Promise.all([start({ DATABASE_URL: url }), start({ DATABASE_URL: url })])
  expect(await Promise.all(servers.map(isUp))).toEqual([true, true])
  for (const server of servers) server.kill('SIGTERM')
  expect(await Promise.all(servers.map(({ ended }) => ended))).toEqual([0, 0])
  await drop()
})
