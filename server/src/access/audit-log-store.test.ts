import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, type TestPerson, testApp } from '../../test/app.ts'
import { uuidFrom } from '../public-ids.ts'
import { narrowStates } from './audit-entry.ts'
import { recordAudit } from './audit-log-store.ts'

let t: TestApp
let ada: TestPerson
beforeAll(async () => {
  t = await testApp()
  ada = await t.signUp({ name: 'Ada Lovelace' })
})
afterAll(() => t.close())

const readRows = async (action: string) =>
  (await t.database.query('select * from audit_log where action = $1', [action])).rows

test('an entry keeps who acted under the name of the time, and where from', async () => {
  const userId = uuidFrom('user', ada.userId) ?? ''
  await t.database.transaction((tx) =>
    recordAudit(tx, {
      workspaceId: t.workspaceUuid,
      actor: { kind: 'user', userId },
      action: 'workspace.tested',
      target: { kind: 'workspace', id: t.workspaceUuid, name: 'Acme' },
      before: { plan: 'free', name: 'Old', quote: 'a\u0000b "c"' },
      after: { plan: 'free', name: 'New' },
      origin: { ip: '192.0.2.7', userAgent: 'x'.repeat(900) },
      atMs: t.clock.now(),
    }),
  )
  await t.database.query(`update users set name = 'Somebody Else' where id = $1`, [userId])
  expect(await readRows('workspace.tested')).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at_ms: t.clock.now(),
      workspace_id: t.workspaceUuid,
      actor_kind: 'user',
      actor_id: userId,
      actor_name: 'Ada Lovelace',
      actor_email: expect.stringContaining('@'),
      action: 'workspace.tested',
      target_kind: 'workspace',
      target_id: t.workspaceId,
      target_name: 'Acme',
      before_state: { name: 'Old', quote: 'a\u0000b "c"' },
      after_state: { name: 'New' },
      ip: '192.0.2.7',
      user_agent: 'x'.repeat(500),
    },
  ])
})

test('a change that is rolled back leaves no entry', async () => {
  const failed = t.database.transaction(async (tx) => {
    await recordAudit(tx, {
      workspaceId: null,
      actor: 'command_line',
      action: 'catalog.tested',
      target: { kind: 'catalog', id: 'catalog' },
      atMs: t.clock.now(),
    })
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect(await readRows('catalog.tested')).toEqual([])
})

test.each([
  `update audit_log set ip = null`,
  `delete from audit_log`,
  `truncate audit_log`,
  `truncate workspaces cascade`,
])('the database refuses to change the log: %s', async (statement) => {
  await expect(t.database.query(statement)).rejects.toThrow(/append-only/)
})

test.each([
  ['nothing at all', { a: 1, b: [1] }, { a: 1, b: [1] }, undefined],
  ['one field of two', { a: 1, b: 2 }, { a: 1, b: 3 }, { before: { b: 2 }, after: { b: 3 } }],
  [
    'a field inside a field',
    { a: { x: 1 } },
    { a: { x: 2 } },
    { before: { a: { x: 1 } }, after: { a: { x: 2 } } },
  ],
  ['a new field', { a: 1 }, { a: 1, b: null }, { before: {}, after: { b: null } }],
  ['a field that is gone', { a: 1, b: 2 }, { a: 1 }, { before: { b: 2 }, after: {} }],
])('two states that differ in %s keep what differs', (_what, before, after, kept) => {
  expect(narrowStates({ before, after })).toEqual(kept)
})
