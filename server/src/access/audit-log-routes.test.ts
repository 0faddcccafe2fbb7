import { DAY_MS } from '@talktime/core/time/durations'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, type TestPerson, type TestRequest, testApp } from '../../test/app.ts'
import { publicId, uuidFrom } from '../public-ids.ts'
import type { AuditEntry } from './audit-entry.ts'
import { recordAudit } from './audit-log-store.ts'
import { addMember } from './member-store.ts'

type ListedEntry = {
  readonly id: string
  readonly at: string
  readonly action: string
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null }
  readonly ip: string | null
}

let t: TestApp
let ada: TestPerson
let workspaceId: string

beforeAll(async () => {
  t = await testApp()
  ada = await t.signUp({ name: 'Ada' })
  workspaceId = uuidFrom('workspace', ada.workspaceId) ?? ''
})
afterAll(() => t.close())

const asAda = () => ({ cookie: ada.cookie, workspace: ada.workspaceId })
const listEntries = async (query = '', options: TestRequest = asAda()) =>
  (
    await t.request<{ data: ListedEntry[]; nextCursor: string | null }>(
      'GET',
      `/v1/audit-log${query}`,
      options,
    )
  ).body
const actionsOf = async (query: string, options?: TestRequest) =>
  (await listEntries(query, options)).data.map(({ action }) => action)

async function record(entry: Partial<AuditEntry>): Promise<void> {
  t.clock.advance(1)
  await t.database.transaction((tx) =>
    recordAudit(tx, {
      workspaceId,
      actor: 'system',
      action: 'thing.done',
      target: { kind: 'workspace', id: workspaceId, name: 'Acme' },
      atMs: t.clock.now(),
      ...entry,
    }),
  )
}

test('200: an entry says who did what, when, from where, and what it changed', async () => {
  await t.request('PATCH', '/v1/workspace', {
    ...asAda(),
    body: { name: 'Acme GmbH', whenCreditsRunOut: 'end' },
    headers: { 'user-agent': 'Firefox' },
  })
  expect((await listEntries('?limit=1')).data).toEqual([
    {
      id: expect.stringMatching(/^aud_[0-9a-f]{32}$/),
      at: '2026-11-22T10:00:00.000Z',
      workspaceId: ada.workspaceId,
      actor: { kind: 'user', id: ada.userId, name: 'Ada', email: ada.email },
      action: 'workspace.changed',
      target: { kind: 'workspace', id: ada.workspaceId, name: 'Ada’s workspace' },
      before: { name: 'Ada’s workspace', whenCreditsRunOut: 'finish' },
      after: { name: 'Acme GmbH', whenCreditsRunOut: 'end' },
      ip: '127.0.0.1',
      userAgent: 'Firefox',
    },
  ])
})

test('the log is read in pages, newest first', async () => {
  for (const action of ['page.one', 'page.two', 'page.three'] as const) await record({ action })
  const first = await listEntries('?action=page&limit=2')
  expect(first.data.map(({ action }) => action)).toEqual(['page.three', 'page.two'])
  expect(await actionsOf(`?action=page&limit=2&cursor=${first.nextCursor}`)).toEqual(['page.one'])
})

test('it is filtered by actor, by action, and by days of the workspace or instants', async () => {
  await t.request('PATCH', '/v1/workspace', { ...asAda(), body: { timeZone: 'Asia/Kolkata' } })
  t.clock.advance(DAY_MS)
  // 01:00 of November 24 in Kolkata.
  t.clock.set(Date.parse('2026-11-23T19:30:00.000Z'))
  await record({
    action: 'filter.first',
    actor: { kind: 'user', userId: uuidFrom('user', ada.userId) ?? '' },
  })
  await record({ action: 'filters.second' })
  expect(await actionsOf('?action=filter')).toEqual(['filter.first'])
  expect(await actionsOf('?action=filters.second')).toEqual(['filters.second'])
  expect(await actionsOf(`?actor=${ada.userId}&from=2026-11-24`)).toEqual(['filter.first'])
  expect(await actionsOf('?actor=system&from=2026-11-24')).toEqual(['filters.second'])
  expect(await actionsOf('?from=2026-11-24&to=2026-11-24')).toEqual(['filters.second', 'filter.first'])
  expect(await actionsOf('?to=2026-11-23&action=filter')).toEqual([])
  expect(await actionsOf('?from=2026-11-23T19:30:00.002Z')).toEqual(['filters.second'])
  expect(await actionsOf('?from=2026-11-23T19:30:00.001Z&to=2026-11-23T19:30:00.001Z')).toEqual([
    'filter.first',
  ])
})

test.each([
  ['?actor=nobody', '/actor', 'usr_…'],
  ['?action=Key%20Revoked', '/action', 'such as key.revoked'],
  ['?from=yesterday', '/from', 'such as 2026-11-22'],
  ['?to=2026-02-30', '/to', 'such as 2026-11-22'],
  ['?from=2026-11-22&to=2026-11-21', '/to', 'must not be before "from"'],
  ['?cursor=next', '/cursor', 'nextCursor'],
])('400: %s', async (query, pointer, detail) => {
  const answer = await t.request('GET', `/v1/audit-log${query}`, asAda())
  expect(answer.body).toMatchObject({
    status: 400,
    errors: [{ pointer, detail: expect.stringContaining(detail) }],
  })
})

test('403: members do not read it. 404: neither does another workspace', async () => {
  const bob = await t.signUp({ name: 'Bob' })
  const member = { workspaceId, userId: uuidFrom('user', bob.userId) ?? '', role: 'member' } as const
  await t.database.transaction((tx) => addMember(tx, member, t.clock.now()))
  t.app.access.dropCached({ kind: 'user', name: member.userId })
  for (const path of ['/v1/audit-log', '/v1/audit-log.csv']) {
    const asMember = await t.request('GET', path, { cookie: bob.cookie, workspace: ada.workspaceId })
    expect(asMember.body).toMatchObject({ status: 403, code: 'forbidden' })
    const asOther = await t.request('GET', path, { key: t.workspaceKey, workspace: ada.workspaceId })
    expect(asOther.body).toMatchObject({ status: 404, code: 'workspace_not_found' })
  }
})

test('403: keys need the scope admin', async () => {
  for (const [scopes, status] of [
    [['read', 'money'], 403],
    [['admin'], 200],
  ] as const) {
    const made = await t.request('POST', '/v1/keys', { ...asAda(), body: { name: 'Auditor', scopes } })
    const answer = await t.request('GET', '/v1/audit-log', { key: String(made.body.key) })
    expect([scopes, answer.status]).toEqual([scopes, status])
  }
})

test('a workspace sees its own entries alone, and of the operator’s only what they did', async () => {
  const keyId =
    (await t.database.query<{ id: string }>(`select id from api_keys where workspace_id is null`)).rows[0]
      ?.id ?? ''
  const origin = { ip: '192.0.2.1', userAgent: 'operator’s browser' }
  await record({ action: 'secretly.done', actor: { kind: 'operator', keyId }, origin })
  await record({ action: 'secretly.outside', workspaceId: null })
  await record({ action: 'secretly.elsewhere', workspaceId: t.workspaceUuid })
  expect((await listEntries('?action=secretly')).data).toMatchObject([
    { action: 'secretly.done', actor: { kind: 'operator', id: null, name: null }, ip: null, userAgent: null },
  ])
  expect(await actionsOf(`?action=secretly&actor=${publicId('key', keyId)}`)).toEqual([])
  expect(await actionsOf('?action=secretly&actor=operator')).toEqual(['secretly.done'])
})

test('the operator reads the workspace that is named, or everything, with their own actions', async () => {
  const key = t.operatorKey
  expect((await listEntries('?action=secretly', { key, workspace: ada.workspaceId })).data).toMatchObject([
    { action: 'secretly.done', actor: { kind: 'operator', name: 'Operator' }, ip: '192.0.2.1' },
  ])
  expect(await actionsOf('?action=secretly', { key })).toEqual([
    'secretly.elsewhere',
    'secretly.outside',
    'secretly.done',
  ])
})

test('the CSV file has every entry of the filter, also beyond one page, and no formula', async () => {
  await t.database.transaction(async (tx) => {
    for (let number = 0; number < 1_203; number += 1) {
      await recordAudit(tx, {
        workspaceId,
        actor: 'system',
        action: 'file.filled',
        target: {
          kind: 'workspace',
          id: workspaceId,
          name: number === 7 ? '=HYPERLINK("x")' : `No. ${number}`,
        },
        after: { number },
        origin: { ip: null, userAgent: '@import, "quoted"' },
        atMs: t.clock.now() + number,
      })
    }
  })
  const file = await t.request('GET', `/v1/audit-log.csv?action=file&workspaceId=${ada.workspaceId}`, {
    cookie: ada.cookie,
  })
  expect(file.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="audit-log.csv"',
  })
  const rows = parse(file.text, { columns: true }) as Record<string, string>[]
  expect(rows.map(({ after }) => after)).toEqual(
    Array.from({ length: 1_203 }, (_, index) => JSON.stringify({ number: 1_202 - index })),
  )
  expect(rows.at(-8)).toMatchObject({
    target_name: `'=HYPERLINK("x")`,
    user_agent: `'@import, "quoted"`,
    actor_kind: 'system',
    before: '',
  })
})
