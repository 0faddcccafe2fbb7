import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { databaseUrlOf, talktime } from '../../test/command-line.ts'
import { testDatabase } from '../../test/database.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { loadCatalog } from '../plans/index.ts'
import type { Database } from '../platform/database/database.ts'
import { publicId } from '../public-ids.ts'
import { createWorkspace } from '../workspaces/index.ts'

// `verify --heads FILE`, as its own process. The file is evidence: whatever is wrong with it, it is named and left as it is.

let database: Database
let drop: () => Promise<void>
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let file: string
beforeAll(async () => {
  ;({ database, drop } = await testDatabase())
  folder = await temporaryFolder()
  file = join(folder.path, 'heads')
  await loadCatalog(database)
})
afterAll(async () => {
  await drop()
  await folder.remove()
})
beforeEach(() => rm(file, { recursive: true, force: true }))

const verify = (headsFile = file) =>
  talktime(['verify', '--heads', headsFile], { DATABASE_URL: databaseUrlOf(database) })

const addWorkspace = () =>
  database.transaction((tx) =>
    createWorkspace(tx, { name: 'Acme', timeZone: 'UTC', planId: 'free' }, 1_000_000),
  )

const addsUp = /^Verified \d workspaces?, 0 calls and \d ledger (entry|entries): everything adds up\.\n/

test('without any entry there is nothing to keep, and no file is written', async () => {
  const { code, stdout, stderr } = await verify()
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.replace(addsUp, '')).toBe(
    `There is nothing to keep in ${file} yet: no workspace has entries.\n`,
  )
  expect(await readdir(folder.path)).toEqual([])
})

test('a file that does not exist is written, which is said, and the next run compares with it', async () => {
  const id = publicId('workspace', await addWorkspace())
  const first = await verify()
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout.replace(addsUp, '')).toMatch(
    /^\S+\/heads did not exist, so nothing was compared\. It keeps the last hash of \d workspaces? now\.\n$/,
  )
  const kept = await readFile(file, 'utf8')
  expect(kept).toMatch(new RegExp(`^${id} 1 [0-9a-f]{64}$`, 'm'))
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const second = await verify()
  expect(second).toMatchObject({ code: 0, stderr: '' })
  expect(second.stdout.replace(addsUp, '')).toMatch(
    /^The last hash of \d workspaces? that \S+\/heads kept is still in the ledger\.\n$/,
  )
  expect(await readFile(file, 'utf8')).toBe(kept)
})

test('a ledger that does not have a kept hash is a difference, and the file stays as it is', async () => {
  const id = publicId('workspace', await addWorkspace())
  const kept = `${id} 1 ${'0'.repeat(64)}\n`
  await writeFile(file, kept)
  const { code, stdout } = await verify()
  expect(code).toBe(1)
  expect(stdout).toContain(
    `${id}: not so: the ledger continues from the heads that were kept: entry 1 is not what it was when ${file} was written\n`,
  )
  expect(await readFile(file, 'utf8')).toBe(kept)
})

const good = `ws_${'1'.repeat(32)} 42 ${'a'.repeat(64)}`

test.each([
  ['that is empty', '', ' is empty. '],
  ['with something else in it', 'hello\n', ', line 1: "hello"'],
  ['with an unknown kind of id', `${good}\n${good.replace('ws_', 'key_')}\n`, ', line 2: "key_1111'],
  ['with an entry 0', good.replace(' 42 ', ' 0 '), ', line 1: "ws_1111'],
  ['with a field too many', `${good} more\n`, ', line 1: "ws_1111'],
  ['that breaks off', `${good}\n${good.slice(0, -1)}`, ', line 2: "ws_1111'],
  ['with an empty line', `${good}\n\n${good}\n`, ', line 2: ""'],
  ['with line ends of another system', `${good}\r\n`, ', line 1: "ws_1111'],
  ['of bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x1b, 0x5b, 0x32, 0x4a]), ', line 1: "'],
])('a file %s is refused with what is right, and stays as it is', async (_, content, what) => {
  await writeFile(file, content)
  const { code, stdout, stderr } = await verify()
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(`${file}${what}`)
  expect(stderr).toContain(
    'the id of a workspace, the number of an entry and its hash, such as "ws_6b1f… 42 9c0e…". ' +
      'Put a copy of the file back, or move it away to begin again. Nothing was compared.\n',
  )
  // A terminal obeys control characters.
  expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect(await readFile(file)).toEqual(Buffer.from(content))
})

test('a folder in place of the file, and a folder that does not exist, are named', async () => {
  await mkdir(file)
  expect(await verify()).toEqual({
    code: 1,
    stdout: '',
    stderr: `${file} cannot be read: it is a folder and not a file.\n`,
  })
  const nowhere = join(folder.path, 'missing', 'heads')
  expect(await verify(nowhere)).toEqual({
    code: 1,
    stdout: '',
    stderr: `There is no folder ${join(folder.path, 'missing')} for the file of heads.\n`,
  })
})
