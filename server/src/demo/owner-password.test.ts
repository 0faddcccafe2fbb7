import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { isExposed, readOwnerPassword } from './owner-password.ts'

let dataDir: string
let remove: () => Promise<void>

beforeEach(async () => {
  ;({ path: dataDir, remove } = await temporaryFolder())
})
afterEach(() => remove())

const local = { host: '127.0.0.1', publicUrl: undefined }

describe('the demo owner’s password', () => {
  test.each([
    ['127.0.0.1', undefined, false],
    ['127.0.0.53', undefined, false],
    ['localhost', undefined, false],
    ['::1', undefined, false],
    ['127.0.0.1', 'http://localhost:4400', false],
    ['0.0.0.0', undefined, true],
    ['::', undefined, true],
    ['192.168.1.20', undefined, true],
    ['talktime.example.com', undefined, true],
    ['127.evil.example', undefined, true],
    ['127.0.0.1', 'https://talktime.example.com', true],
  ])(
    'HOST %s with public address %s: other machines can reach the server: %s',
    (host, publicUrl, exposed) => {
      expect(isExposed({ host, publicUrl })).toBe(exposed)
    },
  )

  test('is well known while no other machine can reach the server', async () => {
    expect(await readOwnerPassword({ ...local, dataDir })).toBe('talktime-demo')
  })

  test('is random once other machines can reach the server, stays so, and is in a file only its owner can read', async () => {
    const password = await readOwnerPassword({ host: '0.0.0.0', publicUrl: undefined, dataDir })
    expect(password.length).toBeGreaterThanOrEqual(16)
    expect(await readOwnerPassword({ ...local, dataDir })).toBe(password)
    const file = join(dataDir, 'demo-password')
    expect((await readFile(file, 'utf8')).trim()).toBe(password)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })
})
