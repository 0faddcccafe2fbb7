import { execFile } from 'node:child_process'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { type Connected, connectToDatabase } from '../src/platform/database/connect.ts'
import { databaseUrlOf } from './command-line.ts'
import { testDatabase } from './database.ts'
import {
  isRunning,
  type Program,
  projectRoot,
  type RunningServer,
  runProgram,
  runServer,
  startServer,
  temporaryFolder,
  until,
  welcomed,
} from './start-server.ts'

// The real server as its own process, on a data folder of its own and a free port.

let folder: string
let remove: () => Promise<void>
let programs: Program[]

/** A data folder with an empty database, copied for each test: making one takes longer than anything else here. */
let prepared: { path: string; remove(): Promise<void> }

beforeAll(async () => {
  prepared = await temporaryFolder()
  folder = prepared.path
  await use(async () => {})
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

/** Runs the server where it can't start; what it says, and its exit code. */
async function refused(more: Record<string, string>): Promise<{ code: unknown; said: string }> {
  const program = runServer(settings(more))
  const code = await program.ended
  expect(program.stdout()).toBe('')
  expect(program.stderr()).not.toMatch(/^\s+at /m)
  return { code, said: program.stderr() }
}

const connect = async () => connectToDatabase(await loadConfig(settings()), pino({ level: 'silent' }))

async function use<T>(work: (connected: Connected) => Promise<T>): Promise<T> {
  const connected = await connect()
  return work(connected).finally(connected.stop)
}

const postmasterPid = async () =>
  Number((await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
/** Puts the prepared data folder in place of the empty one. */
const usePrepared = () => promisify(execFile)('cp', ['-Rp', `${prepared.path}/.`, folder])
const isUp = async (server: RunningServer) => (await fetch(`${server.address}/healthz`)).ok

describe('the server', () => {
  beforeEach(usePrepared)

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'stops in good order at %s, with its PostgreSQL',
    async (signal) => {
      const server = await start()
      expect(await isUp(server)).toBe(true)
      const postmaster = await postmasterPid()
      server.kill(signal)
      expect(await server.ended).toBe(0)
      expect(isRunning(postmaster)).toBe(false)
      expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\n$/)
      await expect(stat(join(folder, 'holder.json'))).rejects.toThrow('ENOENT')
    },
  )

  test('stops in good order when Ctrl-C comes again and again', async () => {
    const server = await start()
    const hammer = setInterval(() => server.kill('SIGINT'), 5)
    expect(await server.ended).toBe(0)
    clearInterval(hammer)
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\n$/)
  })

  test('stops when it is told to while it still starts', async () => {
    await rm(join(folder, 'postgres'), { recursive: true })
    const program = runServer(settings())
    await until(() => stat(join(folder, 'holder.json')).catch(() => undefined))
    program.kill('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(program.stdout()).toBe('')
    expect(program.stderr()).toBe('Stopping …\n')
    expect(await isUp(await start())).toBe(true)
  })

  test('that was started by a script stops when the script is killed', async () => {
    const script = join(projectRoot, 'scripts/with-node.mjs')
    const wrapper = await welcomed(runProgram([script, 'server/src/main.ts'], settings()))
    const { pid } = JSON.parse(await readFile(join(folder, 'holder.json'), 'utf8')) as { pid: number }
    const postmaster = await postmasterPid()
    wrapper.kill('SIGKILL')
    await until(() => (isRunning(pid) || isRunning(postmaster) ? undefined : true))
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\n$/)
  })

  test('says who holds the data folder when it is started twice, and leaves the first alone', async () => {
    const server = await start()
    const { code, said } = await refused({})
    expect(code).toBe(1)
    expect(said).toContain(
      `Another Talktime server (pid ${server.pid}) at ${server.address} has held the data folder`,
    )
    expect(await isUp(server)).toBe(true)
  })
})

describe('after kill -9', () => {
  beforeEach(usePrepared)

  test('of the server, its PostgreSQL shuts down by itself, and the next start has everything', async () => {
    const server = await start()
    await use(({ database }) => database.query(`create table notes as select 'kept' as text`))
    const postmaster = await postmasterPid()
    server.kill('SIGKILL')
    await server.ended
    await until(() => (isRunning(postmaster) ? undefined : true))
    expect(await isUp(await start())).toBe(true)
    expect((await use(({ database }) => database.query('table notes'))).rows).toEqual([{ text: 'kept' }])
  })

  test('of the server, the next start does not wait for anybody', async () => {
    const server = await start()
    await use(({ database }) => database.query(`create table notes as select 'kept' as text`))
    server.kill('SIGKILL')
    expect(await isUp(await start())).toBe(true)
    expect((await use(({ database }) => database.query('table notes'))).rows).toEqual([{ text: 'kept' }])
  })

  test('of the server and its PostgreSQL, the next start recovers what was committed', async () => {
    const server = await start()
    await use(({ database }) => database.query(`create table notes as select 'kept' as text`))
    process.kill(await postmasterPid(), 'SIGKILL')
    server.kill('SIGKILL')
    await server.ended
    expect(await isUp(await start())).toBe(true)
    expect((await use(({ database }) => database.query('table notes'))).rows).toEqual([{ text: 'kept' }])
  })
})

describe('the command line', () => {
  beforeEach(usePrepared)

  test('uses the database of the server that runs on the folder, and leaves it running', async () => {
    const server = await start()
    const postmaster = await postmasterPid()
    await use(async (connected) => {
      expect(connected.embedded).toBe(true)
      expect(
        (await connected.database.query('select count(*) as n from schema_migrations')).rows,
      ).not.toEqual([])
    })
    expect(isRunning(postmaster)).toBe(true)
    expect(await isUp(server)).toBe(true)
  })

  test('waits for a server that still starts', async () => {
    await rm(join(folder, 'postgres'), { recursive: true })
    const program = runServer(settings())
    await until(() => stat(join(folder, 'holder.json')).catch(() => undefined))
    const connected = await connect()
    programs.push(await welcomed(program))
    expect((await connected.database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await connected.stop()
  })

  test('starts the embedded PostgreSQL for itself when no server runs, and stops it afterwards', async () => {
    const connected = await connect()
    const postmaster = await postmasterPid()
    expect((await connected.database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await connected.stop()
    expect(isRunning(postmaster)).toBe(false)
  })

  test('takes turns with other commands, and a server waits for its turn', async () => {
    const first = await connect()
    await first.database.query('create table turns (n int)')
    const second = use(({ database }) => database.query('insert into turns values (2)'))
    const server = start()
    await first.database.query('insert into turns values (1)')
    await first.stop()
    await second
    await server
    expect((await use(({ database }) => database.query('select n from turns order by n'))).rows).toEqual([
      { n: 1 },
      { n: 2 },
    ])
  })
})

describe('a start that can not go well ends with exit code 1 and a sentence', () => {
  test('when settings are wrong, naming all of them', async () => {
    const { code, said } = await refused({ PORT: 'banana', TALKTIME_DEMO: 'perhaps' })
    expect(code).toBe(1)
    expect(said).toBe(
      'Talktime could not start.\n' +
        'PORT is "banana": it must be a whole number from 0 to 65535 (0 takes any free port).\n' +
        'TALKTIME_DEMO is "perhaps": it must be "on" or "off".\n',
    )
  })

  test('when the port is taken, before anything is set up', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = String(address && typeof address === 'object' ? address.port : '')
    const { code, said } = await refused({ PORT: port })
    expect(code).toBe(1)
    expect(said).toContain(`Port ${port} of 127.0.0.1 is in use by another program. Set PORT to a free one.`)
    await expect(stat(join(folder, 'postgres'))).rejects.toThrow('ENOENT')
    await new Promise((resolve) => other.close(resolve))
  })

  test('when the host is no address of this machine', async () => {
    const { code, said } = await refused({ HOST: '192.0.2.1' })
    expect(code).toBe(1)
    expect(said).toContain('HOST is "192.0.2.1", which is no address of this machine.')
  })

  test.each([
    // Paths on which a folder can be written by nobody, root included.
    [
      'a folder below a regular file',
      () => join(folder, 'a-file/data'),
      'a part of the path is a file and not a folder',
    ],
    ['a folder that is read-only', () => '/proc/self', 'no file can be written in it'],
  ])('when the data folder is %s', async (_, path, why) => {
    await writeFile(join(folder, 'a-file'), 'of somebody else')
    const { code, said } = await refused({ TALKTIME_DATA_DIR: path(), TALKTIME_SECRET: 'x'.repeat(32) })
    expect(code).toBe(1)
    expect(said).toMatch(new RegExp(`The data folder .* cannot be used: ${why}`))
    expect(await readFile(join(folder, 'a-file'), 'utf8')).toBe('of somebody else')
  })

  test('when nothing listens at DATABASE_URL, without its password', async () => {
    const { code, said } = await refused({ DATABASE_URL: 'postgresql://me:hidden@127.0.0.1:1/talktime' })
    expect(code).toBe(1)
    expect(said).toContain(
      'The database talktime at 127.0.0.1:1 (DATABASE_URL) cannot be used: nothing listens there.',
    )
    expect(said).not.toContain('hidden')
  })

  test('when the database is newer than the program, without changing it', async () => {
    const { database, drop } = await testDatabase()
    await database.query(`insert into schema_migrations values ('9999-tomorrow.sql', 'x', 0)`)
    const { code, said } = await refused({ DATABASE_URL: databaseUrlOf(database) })
    expect(code).toBe(1)
    expect(said).toContain('The database is newer than this Talktime: it has 9999-tomorrow.sql')
    await drop()
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
