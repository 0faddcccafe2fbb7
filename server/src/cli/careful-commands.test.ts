import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrlOf, talktime } from '../../test/command-line.ts'
import { testDatabase } from '../../test/database.ts'
import { projectRoot } from '../../test/start-server.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { connectToDatabase } from '../platform/database/connect.ts'
import type { Database } from '../platform/database/database.ts'
import { createLog } from '../platform/log.ts'

// Commands change nothing that they were not asked to change. Each runs as its own process.

describe('without a database', () => {
  let folder: string
  let remove: () => Promise<void>
  beforeEach(async () => {
    ;({ path: folder, remove } = await temporaryFolder())
  })
  afterEach(() => remove())

  const commands = [
    'verify',
    'workspace create --name Acme',
    'key create --operator',
    'account remove-second-factor ada@example.com',
    'secrets rotate',
    'catalog load server/catalog.json',
    'demo',
  ]

  test.each([...commands, 'mails'])(
    '%s refuses a data folder that does not exist, and does not create it',
    async (line) => {
      const missing = join(folder, 'missing')
      expect(await talktime(line.split(' '), { TALKTIME_DATA_DIR: missing })).toEqual({
        code: 1,
        stdout: '',
        stderr: `There is no data folder ${missing}. Set TALKTIME_DATA_DIR to the folder of an existing server, or start the server, which creates it. Nothing was created.\n`,
      })
      await expect(stat(missing)).rejects.toThrow('ENOENT')
    },
  )

  test.each(commands)('%s refuses a folder without a database, and leaves it empty', async (line) => {
    expect(await talktime(line.split(' '), { TALKTIME_DATA_DIR: folder })).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`There is no database in the data folder ${folder}. `),
    })
    expect(await readdir(folder)).toEqual([])
  })

  test.each(['verify', 'key create --operator'])(
    '%s does not migrate: it names the migration that is missing, and how to apply it',
    async (line) => {
      const { database, drop } = await testDatabase('empty')
      const settings = { DATABASE_URL: databaseUrlOf(database), TALKTIME_DATA_DIR: join(folder, 'missing') }
      expect(await talktime(line.split(' '), settings)).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^The database lacks the migration 0001-workspaces-and-plans\.sql and \d+ more\. Start this version’s server, which applies it\./,
        ),
      })
      const { rows } = await database.query(
        `select from pg_class where relnamespace = 'public'::regnamespace`,
      )
      expect(rows).toEqual([])
      await expect(stat(join(folder, 'missing'))).rejects.toThrow('ENOENT')
      await drop()
    },
  )
})

describe('on a database', () => {
  let database: Database
  let drop: () => Promise<void>
  beforeAll(async () => {
    ;({ database, drop } = await testDatabase())
  })
  afterAll(() => drop())

  /** Runs a line of a shell in which `talktime` is the command line. */
  async function shell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const script = `talktime() { "${process.execPath}" server/src/cli.ts "$@"; }; ${line}`
    const env = { ...process.env, DATABASE_URL: databaseUrlOf(database) }
    return promisify(execFile)('bash', ['-c', script], { cwd: projectRoot, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )
  }
  const countKeys = async () => (await database.query('select from api_keys')).rowCount

  test('a key that could not be printed is not kept', async () => {
    expect(await shell('talktime key create --operator > /dev/full')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The result could not be written to standard output: the disk is full.\n',
    })
    expect(await countKeys()).toBe(0)
    expect(await shell('talktime key create --operator')).toMatchObject({ code: 0, stderr: '' })
    expect(await countKeys()).toBe(1)
  })

  test('verify writes nothing, not even the catalog', async () => {
    await database.query('delete from plans')
    expect(await shell('talktime verify')).toMatchObject({
      code: 0,
      stdout: 'Verified 0 workspaces, 0 calls and 0 ledger entries: everything adds up.\n',
    })
    expect((await database.query('select from plans')).rowCount).toBe(0)
  })

  test('the connections of a command that looks refuse every write', async () => {
    const settings = { databaseUrl: databaseUrlOf(database), dataDir: '/nowhere' }
    const { database: looking, stop } = await connectToDatabase(settings, createLog('silent'), 'look')
    await expect(looking.query('delete from plans')).rejects.toThrow('in a read-only transaction')
    await stop()
  })

  test('a reader that has seen enough ends the help quietly', async () => {
    expect(await shell('talktime --help | head -1')).toEqual({
      code: 0,
      stdout: 'Usage: talktime [options] [command]\n',
      stderr: '',
    })
  })

  test('--version prints the version', async () => {
    expect(await shell('talktime --version')).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })
})
