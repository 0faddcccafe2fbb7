import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from './config.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talktime-secret-'))
})
afterEach(() => rm(folder, { recursive: true }))

const load = (env: Record<string, string>) => loadConfig({ TALKTIME_DATA_DIR: folder, ...env })

describe('the secret', () => {
  test('is created once, even by several processes at the same time, and only its owner can read it', async () => {
    const secrets = await Promise.all([1, 2, 3, 4].map(async () => (await load({})).secret))
    expect(new Set(secrets).size).toBe(1)
    expect((await load({})).secret).toBe(secrets[0])
    expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600)
  })

  test('is refused rather than replaced if its file was truncated', async () => {
    await writeFile(join(folder, 'secret'), 'short\n')
    await expect(load({})).rejects.toThrow('secret is damaged: it must hold at least 32 characters.')
  })

  test.each([
    [
      'below a regular file',
      async () => join(await file(), 'data'),
      'a part of the path is a file and not a folder',
    ],
    ['that is a regular file', async () => file(), 'a file with this name already exists'],
    [
      'that nobody can write to',
      async () => '/proc/talktime',
      '(no file can be created there|permission is denied|the file system is read-only)',
    ],
  ])('cannot be kept in a folder %s, and the error says why', async (_, path, why) => {
    await expect(load({ TALKTIME_DATA_DIR: await path() })).rejects.toThrow(
      new RegExp(`cannot be used: ${why}`),
    )
  })
})

async function file(): Promise<string> {
  const path = join(folder, 'a-file')
  await writeFile(path, '')
  return path
}
