import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseUrlOf, talktime } from '../../test/command-line.ts'
import { testDatabase } from '../../test/database.ts'
import { loadCatalog } from '../plans/index.ts'
import type { Database } from '../platform/database/database.ts'
import { publicId } from '../public-ids.ts'
import { createWorkspace } from '../workspaces/index.ts'

// Each command runs as its own process, as it would in a terminal.

let database: Database
let drop: () => Promise<void>
let settings: Record<string, string>
beforeAll(async () => {
  ;({ database, drop } = await testDatabase())
  settings = { DATABASE_URL: databaseUrlOf(database) }
  await loadCatalog(database)
})
afterAll(() => drop())

test.each(['--workspace', '--operator'])(
  'keys of %s have scopes and an expiry, are listed and are revoked',
  async (owner) => {
    const workspace = await database.transaction((tx) =>
      createWorkspace(tx, { name: 'Keys', timeZone: 'UTC', planId: 'free' }, 1_000_000),
    )
    const owners = owner === '--workspace' ? [owner, publicId('workspace', workspace)] : [owner]
    const limits = ['--scopes', 'calls:start, read', '--expires', '2100-01-01T00:00:00Z']
    const args = ['key', 'create', ...owners, '--name', 'Bridge', ...limits]
    const { stdout: key } = await talktime(args, settings)
    const list = () => talktime(['key', 'list', ...owners, '--json'], settings)
    const [made] = JSON.parse((await list()).stdout)
    expect(made).toMatchObject({
      name: 'Bridge',
      lastFour: key.trim().slice(-4),
      scopes: ['read', 'calls:start'],
      voiceStack: false,
      expiresAt: '2100-01-01T00:00:00.000Z',
      createdThrough: 'command_line',
    })
    expect((await talktime(['key', 'list', ...owners], settings)).stdout).toBe(
      `${made.id}\tBridge\t…${made.lastFour}\tread,calls:start\texpires 2100-01-01T00:00:00.000Z\tnever used\n`,
    )
    expect(await talktime(['key', 'revoke', made.id], settings)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
    expect(JSON.parse((await list()).stdout)).toEqual([])
    expect(await talktime(['key', 'revoke', made.id], settings)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no such key, or it is already revoked.'),
    })
  },
)

test.each([
  ['--scopes', 'read,write', '"write" is not a scope. The scopes are: read, calls:report, calls:start'],
  ['--expires', '2001-01-01T00:00:00Z', 'It must be an instant in the future'],
])('key create refuses %s %s', async (option, value, sentence) => {
  const { code, stdout, stderr } = await talktime(['key', 'create', '--operator', option, value], settings)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(sentence)
})

test('a workspace is suspended and resumed', async () => {
  const uuid = await database.transaction((tx) =>
    createWorkspace(tx, { name: 'Late payer', timeZone: 'UTC', planId: 'free' }, 1_000_000),
  )
  const id = publicId('workspace', uuid)
  const read = async () => {
    const { rows } = await database.query(
      `select status, suspension_reason as reason from workspaces where name = 'Late payer'`,
    )
    return rows[0]
  }
  const done = { code: 0, stdout: '', stderr: '' }
  expect(await talktime(['workspace', 'suspend', id, '--reason', 'Unpaid'], settings)).toEqual(done)
  expect(await read()).toEqual({ status: 'suspended', reason: 'Unpaid' })
  expect(await talktime(['workspace', 'resume', id, '--reason', 'Paid'], settings)).toEqual(done)
  expect(await read()).toEqual({ status: 'active', reason: null })
  expect((await talktime(['workspace', 'suspend', id], settings)).code).toBe(2)
})
