import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrlOf } from './command-line.ts'
import { testDatabase } from './database.ts'
import { runServerToEnd } from './start-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

let folder: string
let remove: () => Promise<void>

beforeEach(async () => {
  ;({ path: folder, remove } = await temporaryFolder())
})
afterEach(() => remove())

/** Runs a server that cannot start, and expects a message without a stack trace. */
async function runRefusedServer(settings: Record<string, string>) {
  const { code, stdout, stderr } = await runServerToEnd({ TALKTIME_DATA_DIR: folder, ...settings })
  expect(stdout).toBe('')
  expect(stderr).not.toMatch(/^\s+at /m)
  return { code, message: stderr }
}

describe('a start that cannot succeed ends with exit code 1 and a message', () => {
  test('when settings are wrong, and the message names all of them', async () => {
    const { code, message } = await runRefusedServer({ PORT: 'banana', TALKTIME_DEMO: 'perhaps' })
    expect(code).toBe(1)
    expect(message).toBe(
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
    const { code, message } = await runRefusedServer({ PORT: port })
    expect(code).toBe(1)
    expect(message).toContain(
      `Port ${port} of 127.0.0.1 is in use by another program. Set PORT to a free one.`,
    )
    await expect(stat(join(folder, 'postgres'))).rejects.toThrow('ENOENT')
    await new Promise((resolve) => other.close(resolve))
  })

  test('when the host is no address of this machine', async () => {
    const { code, message } = await runRefusedServer({ HOST: '192.0.2.1' })
    expect(code).toBe(1)
    expect(message).toContain('HOST is "192.0.2.1", which is no address of this machine.')
  })

  test.each([
    // Nobody can write a folder at these paths, not even root.
    [
      'a folder below a regular file',
      () => join(folder, 'a-file/data'),
      'a part of the path is a file and not a folder',
    ],
    ['a folder that is read-only', () => '/proc/self', 'no file can be written in it'],
  ])('when the data folder is %s', async (_, path, why) => {
    await writeFile(join(folder, 'a-file'), 'something else')
    const { code, message } = await runRefusedServer({
      TALKTIME_DATA_DIR: path(),
      TALKTIME_SECRET: 'x'.repeat(32),
    })
    expect(code).toBe(1)
    expect(message).toMatch(new RegExp(`The data folder .* cannot be used: ${why}`))
    expect(await readFile(join(folder, 'a-file'), 'utf8')).toBe('something else')
  })

  test('when nothing listens at DATABASE_URL, and the message leaves out the password', async () => {
    const { code, message } = await runRefusedServer({
      DATABASE_URL: 'postgresql://me:hidden@127.0.0.1:1/talktime',
    })
    expect(code).toBe(1)
    expect(message).toContain(
      'The database talktime at 127.0.0.1:1 (DATABASE_URL) cannot be used: nothing listens there.',
    )
    expect(message).not.toContain('hidden')
  })

  test('when the database is newer than the program, and the database stays unchanged', async () => {
    const { database, drop } = await testDatabase()
    await database.query(`insert into schema_migrations values ('9999-tomorrow.sql', 'x', 0)`)
    const { code, message } = await runRefusedServer({ DATABASE_URL: databaseUrlOf(database) })
    expect(code).toBe(1)
    expect(message).toContain('The database is newer than this Talktime: it has 9999-tomorrow.sql')
    await drop()
  })
})
