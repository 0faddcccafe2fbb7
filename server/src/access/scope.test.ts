import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type KeyedWorkspace,
  type TestApp,
  type TestPerson,
  type TestRequest,
  testApp,
} from '../../test/app.ts'
import { publicId, uuidFrom } from '../public-ids.ts'
import { announceChange } from './access-changes.ts'
import { addMember } from './member-store.ts'

let t: TestApp
let mine: KeyedWorkspace
let theirs: KeyedWorkspace
let ada: TestPerson

const agent = { name: 'Reception', language: 'de', llmProvider: 'openai', llmModel: 'gpt-5' }

beforeAll(async () => {
  t = await testApp()
  mine = await t.addWorkspace({ name: 'Mine' })
  theirs = await t.addWorkspace({ name: 'Theirs' })
  ada = await t.signUp()
})
afterAll(() => t.close())

const readWorkspace = (options: TestRequest) => t.request('GET', '/v1/workspace', options)

test('a workspace’s key acts in its workspace, whether or not the request names it', async () => {
  expect((await readWorkspace({ key: mine.key })).body.name).toBe('Mine')
  expect((await readWorkspace({ key: mine.key, workspace: mine.id })).body.name).toBe('Mine')
})

test('404: a workspace’s key cannot name another workspace or one that does not exist', async () => {
  const nowhere = publicId('workspace', '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c')
  for (const workspace of [theirs.id, nowhere, 'ws_x', 'Acme', '']) {
    const answer = await readWorkspace({ key: mine.key, workspace })
    expect([workspace, answer.status, answer.body.code]).toEqual([workspace, 404, 'workspace_not_found'])
  }
})

test('an operator’s key acts in the workspace that the request names', async () => {
  expect((await readWorkspace({ key: t.operatorKey, workspace: mine.id })).body).toMatchObject({
    name: 'Mine',
    role: 'operator',
  })
  const nowhere = publicId('workspace', '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c')
  expect((await readWorkspace({ key: t.operatorKey, workspace: nowhere })).status).toBe(404)
  const unnamed = await readWorkspace({ key: t.operatorKey })
  expect(unnamed.body).toMatchObject({ status: 400, code: 'invalid_request' })
  expect(unnamed.body.detail).toContain('Talktime-Workspace')
})

test('a workspace that was just created is found at once', async () => {
  const id = publicId('workspace', '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1d')
  expect((await readWorkspace({ key: t.operatorKey, workspace: id })).status).toBe(404)
  await t.database.query(
    `insert into workspaces (id, name, time_zone, created_at_ms) values ($1, 'Late', 'UTC', 0)`,
    [uuidFrom('workspace', id)],
  )
  expect((await t.request('GET', '/v1/agents', { key: t.operatorKey, workspace: id })).status).toBe(200)
})

test('a session acts in the user’s oldest workspace unless the request names another of theirs', async () => {
  const later = await t.addWorkspace({ name: 'Later' })
  const userId = uuidFrom('user', ada.userId) ?? ''
  t.clock.advance(1)
  await addMember(t.database, { workspaceId: later.uuid, userId, role: 'member' }, t.clock.now())
  t.app.access.dropCached({ kind: 'user', name: userId })
  const { cookie } = ada
  expect((await readWorkspace({ cookie })).body).toMatchObject({ id: ada.workspaceId, role: 'owner' })
  expect((await readWorkspace({ cookie, workspace: later.id })).body).toMatchObject({
    name: 'Later',
    role: 'member',
  })
  expect((await readWorkspace({ cookie, workspace: mine.id })).body.code).toBe('workspace_not_found')
})

test('401: every route of the API refuses a request without key and cookie', async () => {
  const { body: document } = await t.request<{ paths: Record<string, Record<string, { security?: [] }>> }>(
    'GET',
    '/openapi.json',
  )
  const statuses: string[] = []
  for (const [path, item] of Object.entries(document.paths)) {
    if (!path.startsWith('/v1/')) continue
    for (const [method, operation] of Object.entries(item)) {
      if (operation.security?.length === 0) continue
      const answer = await t.request(method.toUpperCase() as 'GET', path.replace(/\{\w+\}/, 'x'))
      statuses.push(`${answer.status} ${method} ${path}`)
    }
  }
  expect(statuses.length).toBeGreaterThan(20)
  expect(statuses.filter((status) => !status.startsWith('401'))).toEqual([])
})

test('404: resources of another workspace can be neither read nor changed by their id', async () => {
  const { body: theirAgent } = await t.request('POST', '/v1/agents', { key: theirs.key, body: agent })
  const start = await t.request('POST', '/v1/calls', {
    key: theirs.key,
    body: { agentId: theirAgent.id, direction: 'inbound' },
  })
  expect(start.status).toBe(201)
  const stranger = await t.signUp()
  const key = await t.request('POST', '/v1/keys', { cookie: stranger.cookie, body: { name: 'CI' } })
  const invitation = await t.request('POST', '/v1/invitations', {
    cookie: stranger.cookie,
    body: { email: 'bob@example.com', role: 'member' },
  })
  type Row = [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, code: string, body?: unknown]
  const rows: Row[] = [
    ['GET', `/v1/agents/${theirAgent.id}`, 'agent_not_found'],
    ['PATCH', `/v1/agents/${theirAgent.id}`, 'agent_not_found', { name: 'Mine now' }],
    ['DELETE', `/v1/agents/${theirAgent.id}`, 'agent_not_found'],
    ['GET', `/v1/calls/${start.body.id}`, 'call_not_found'],
    ['POST', `/v1/calls/${start.body.id}/answer`, 'call_not_found', {}],
    ['POST', `/v1/calls/${start.body.id}/end`, 'call_not_found', {}],
    ['POST', `/v1/calls/${start.body.id}/heartbeat`, 'call_not_found', {}],
    ['POST', '/v1/calls', 'agent_not_found', { agentId: theirAgent.id, direction: 'web' }],
    ['PATCH', `/v1/members/${stranger.userId}`, 'member_not_found', { role: 'member' }],
    ['DELETE', `/v1/members/${stranger.userId}`, 'member_not_found'],
    ['DELETE', `/v1/keys/${key.body.id}`, 'key_not_found'],
    ['DELETE', `/v1/invitations/${invitation.body.id}`, 'invitation_not_found'],
  ]
  for (const [method, path, code, body] of rows) {
    // Only keys report calls.
    const isReport = /\/(answer|end|heartbeat)$/.test(path)
    const sender = isReport ? { key: mine.key } : { cookie: ada.cookie }
    const answer = await t.request(method, path, { ...sender, ...(body !== undefined && { body }) })
    expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 404, code])
  }
  for (const path of [
    '/v1/agents',
    '/v1/calls',
    '/v1/keys',
    '/v1/members',
    '/v1/invitations',
    '/v1/transactions',
  ]) {
    const { text } = await t.request('GET', path, { cookie: ada.cookie })
    for (const foreign of [theirAgent.id, start.body.id, key.body.id, stranger.userId, invitation.body.id]) {
      expect([path, text.includes(foreign)]).toEqual([path, false])
    }
  }
  expect((await t.request('GET', `/v1/agents/${theirAgent.id}`, { key: theirs.key })).body).toEqual(
    theirAgent,
  )
})

test('a suspended workspace can be read but not changed, except by the operator', async () => {
  const workspace = await t.addWorkspace()
  const other = await t.addProcess()
  const { key, uuid, id } = workspace
  const make = (process: Pick<TestApp, 'request'>, options: TestRequest) =>
    process.request('POST', '/v1/agents', { ...options, body: agent })
  expect([(await make(t, { key })).status, (await make(other, { key })).status]).toEqual([201, 201])
  await t.database.transaction(async (tx) => {
    await tx.query(`update workspaces set status = 'suspended' where id = $1`, [uuid])
    await announceChange(tx, { kind: 'workspace', name: uuid })
  })
  for (const process of [t, other]) {
    await expect.poll(async () => (await make(process, { key })).body.code).toBe('workspace_suspended')
    expect((await process.request('GET', '/v1/agents', { key })).status).toBe(200)
    expect((await make(process, { key: t.operatorKey, workspace: id })).status).toBe(201)
  }
})

test('calls of a suspended workspace are refused, which is not an error', async () => {
  const workspace = await t.addWorkspace()
  const { key, uuid } = workspace
  const { body: theAgent } = await t.request('POST', '/v1/agents', { key, body: agent })
  await t.database.query(`update workspaces set status = 'suspended' where id = $1`, [uuid])
  t.app.access.dropCached({ kind: 'workspace', name: uuid })
  const call = await t.request('POST', '/v1/calls', { key, body: { agentId: theAgent.id, direction: 'web' } })
  expect([call.status, call.body.status, call.body.refusal]).toMatchObject([
    200,
    'refused',
    { reason: 'workspace_suspended' },
  ])
})
