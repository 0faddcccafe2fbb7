import { execFile } from 'node:child_process'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clearPostmaster, findPostmaster } from '../src/platform/database/postmaster.ts'
import { talktime } from './command-line.ts'
import { isRunning, type RunningServer, startServer } from './start-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

// A copy of a data folder has the postmaster.pid of the original, which names the original's PostgreSQL.

let folder: string
let remove: () => Promise<void>
let servers: RunningServer[]

beforeEach(async () => {
  ;({ path: folder, remove } = await temporaryFolder())
  servers = [await startServer({ TALKTIME_DATA_DIR: original() })]
  // Files of a running PostgreSQL may go while they are copied.
  await promisify(execFile)('cp', ['-Rp', original(), copy()]).catch(() => {})
})
afterEach(async () => {
  for (const server of servers) server.kill('SIGTERM')
  await Promise.all(servers.map(({ ended }) => ended))
  await remove()
})

const original = () => join(folder, 'original')
const copy = () => join(folder, 'copy')

const readPid = async (dataFolder: string) =>
  Number((await readFile(join(dataFolder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])

/** The process and the address of the original are as they were, and it answers with its database. */
async function expectUntouched(pid: number): Promise<void> {
  expect(await readPid(original())).toBe(pid)
  expect(isRunning(pid)).toBe(true)
  const [server] = servers
  expect((await fetch(`${server?.address}/readyz`)).status).toBe(200)
}

describe('a copy of the data folder of a running server', () => {
  test('gets a PostgreSQL of its own when a server starts on it', async () => {
    const pid = await readPid(original())
    const second = await startServer({ TALKTIME_DATA_DIR: copy() })
    servers.push(second)
    expect(await readPid(copy())).not.toBe(pid)
    expect((await fetch(`${second.address}/readyz`)).status).toBe(200)
    await expectUntouched(pid)
  })

  test('can be verified without touching the original', async () => {
    const pid = await readPid(original())
    expect(await talktime(['verify'], { TALKTIME_DATA_DIR: copy() })).toMatchObject({ code: 0 })
    await expectUntouched(pid)
  })

  test('at the place from which the original was moved is not mistaken for it', async () => {
    const pid = await readPid(original())
    const moved = join(folder, 'moved')
    await rename(original(), moved)
    await rename(copy(), original())
    expect(await findPostmaster(join(original(), 'postgres'))).toBeUndefined()
    expect(await findPostmaster(join(moved, 'postgres'))).toMatchObject({ pid })
    await clearPostmaster(join(original(), 'postgres'))
    expect(isRunning(pid)).toBe(true)
    await rename(original(), copy())
    await rename(moved, original())
  })
})

test('a pid file that names another PostgreSQL is removed, and that PostgreSQL goes on', async () => {
  const pid = await readPid(original())
  const files = join(copy(), 'postgres')
  await writeFile(join(files, 'postmaster.pid'), `${pid}\n${files}\n0\n5432\n\n127.0.0.1\n\nready\n`)
  await clearPostmaster(files)
  await expect(stat(join(files, 'postmaster.pid'))).rejects.toThrow('ENOENT')
  expect(isRunning(pid)).toBe(true)
  await rm(files, { recursive: true })
})
