import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, type TestPerson, testApp } from '../../test/app.ts'
import { uuidFrom } from '../public-ids.ts'
import { createKey } from './key-store.ts'
import { KEY_SCOPES, type KeyScope } from './principal.ts'

let t: TestApp
let ada: TestPerson
beforeAll(async () => {
  t = await testApp()
  ada = await t.signUp()
})
afterAll(() => t.close())

/** Who makes a key: a person in the dashboard, or a key. */
type Maker = { readonly cookie: string } | { readonly key: string; readonly workspace?: string }

const make = (maker: Maker, fields: object = {}) =>
  t.request('POST', '/v1/keys', { ...maker, body: { name: 'CI', ...fields } })
const makeWith = async (maker: Maker, scopes?: readonly KeyScope[], fields: object = {}) => {
  const { status, body } = await make(maker, { ...(scopes && { scopes }), ...fields })
  expect({ status, body }).toMatchObject({ status: 201 })
  return { id: body.id, key: String(body.key), scopes: body.scopes as KeyScope[] }
}
const list = async (maker: Maker) => (await t.request('GET', '/v1/keys', maker)).body.data
const allowReports = (workspace: string, mayReportCalls: boolean) =>
  t.request('PATCH', '/v1/workspace', { key: t.operatorKey, workspace, body: { mayReportCalls } })

type Operation = {
  readonly security?: readonly { readonly key?: readonly string[]; readonly session?: [] }[]
}
type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  scope: string
  session: boolean
}

/** The routes that need a key or a session, with the scope that the published document says. */
async function listRoutes(): Promise<Route[]> {
  const { body } = await t.request<{ paths: Record<string, Record<string, Operation>> }>(
    'GET',
    '/openapi.json',
  )
  return Object.entries(body.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { security = [] }]) => {
      if (!path.startsWith('/v1/') || security.length === 0) return []
      const scope = security.find(({ key }) => key !== undefined)?.key?.join() ?? ''
      const session = security.some((one) => one.session !== undefined)
      return [{ method: method.toUpperCase() as Route['method'], path, scope, session }]
    }),
  )
}

describe('scopes of routes', () => {
  test('every route that is not public names its scope, as the published document shows', async () => {
    const routes = await listRoutes()
    expect(routes.length).toBeGreaterThan(60)
    expect(routes.filter(({ scope }) => !KEY_SCOPES.includes(scope as KeyScope))).toEqual([])
    expect(new Set(routes.map(({ scope }) => scope))).toEqual(new Set(KEY_SCOPES))
  })

  test('403: each route refuses a key that has every scope but its own, and names what is missing', async () => {
    const routes = await listRoutes()
    const keys = new Map<string, string>()
    for (const scope of KEY_SCOPES) {
      const others = KEY_SCOPES.filter((other) => other !== scope)
      const { key } = await createKey(
        t.database,
        { name: `all but ${scope}`, workspaceId: t.workspaceUuid, scopes: others },
        t.clock.now(),
      )
      keys.set(scope, key)
    }
    const answers: string[] = []
    for (const { method, path, scope } of routes) {
      const { status, body } = await t.request(method, path.replaceAll(/\{\w+\}/g, 'x'), {
        key: keys.get(scope) ?? '',
      })
      const isNamed = String(body?.detail).includes(`"${scope}"`)
      if (status !== 403 || body.code !== 'forbidden' || !isNamed) answers.push(`${status} ${method} ${path}`)
    }
    expect(answers).toEqual([])
  })

  test('403: a session cannot report calls on any route that does', async () => {
    const reporting = (await listRoutes()).filter(({ scope }) => scope === 'calls:report')
    expect(reporting.map(({ path }) => path).sort()).toEqual([
      '/v1/calls/batch',
      '/v1/calls/{id}/answer',
      '/v1/calls/{id}/end',
      '/v1/calls/{id}/heartbeat',
    ])
    for (const { method, path, session } of reporting) {
      expect(session).toBe(false)
      const answer = await t.request(method, path.replace('{id}', 'x'), { cookie: ada.cookie })
      expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' })
      expect(answer.body.detail).toContain('calls:report')
    }
  })

  test('403: the LLM gateway needs the scope llm, and says so as OpenAI would', async () => {
    const { key } = await makeWith({ cookie: ada.cookie }, ['read', 'admin'])
    const answer = await t.request<{ error: { message: string } }>('GET', '/llm/v1/models', { key })
    expect(answer.status).toBe(403)
    expect(answer.body.error.message).toContain('"llm"')
  })
})

describe('what a new key may do', () => {
  test('a person gives every scope but calls:report, which the operator may allow and take back', async () => {
    const { cookie, workspaceId } = await t.signUp()
    const person = { cookie }
    expect((await make(person, { scopes: ['calls:report'] })).body).toMatchObject({
      status: 403,
      code: 'forbidden',
      errors: [{ pointer: '/scopes' }],
    })
    expect((await makeWith(person)).scopes).toEqual(KEY_SCOPES.filter((scope) => scope !== 'calls:report'))

    const own = await t.request('PATCH', '/v1/workspace', { cookie, body: { mayReportCalls: true } })
    expect(own.body.code).toBe('forbidden')
    expect((await allowReports(workspaceId, true)).body.mayReportCalls).toBe(true)
    const { id, key, scopes } = await makeWith(person)
    expect(scopes).toEqual(KEY_SCOPES)
    const beat = () => t.request('POST', '/v1/calls/x/heartbeat', { key })
    expect((await beat()).body.code).toBe('call_not_found')

    await allowReports(workspaceId, false)
    await expect.poll(async () => (await beat()).body.code).toBe('forbidden')
    expect((await list(person)).find((one) => one.id === id)).toMatchObject({ voiceStack: false })
  })

  test('the operator gives a workspace’s key any scope, also where the workspace may not', async () => {
    const { cookie, workspaceId } = await t.signUp()
    const operator = { key: t.operatorKey, workspace: workspaceId }
    const { id, key, scopes } = await makeWith(operator)
    expect(scopes).toEqual(KEY_SCOPES)
    expect((await t.request('POST', '/v1/calls/x/heartbeat', { key })).body.code).toBe('call_not_found')
    expect((await list({ cookie })).find((one) => one.id === id)).toMatchObject({
      voiceStack: true,
      createdThrough: 'operator',
      createdBy: null,
    })
  })

  test('a key makes keys with no more scopes than its own, and without calls:report', async () => {
    const { cookie, workspaceId, userId } = await t.signUp()
    const { key } = await makeWith({ cookie }, ['read', 'admin'])
    const made = await makeWith({ key })
    expect(made.scopes).toEqual(['read', 'admin'])
    expect((await make({ key }, { scopes: ['money'] })).body).toMatchObject({
      status: 403,
      detail: 'This key does not have the scope "money", so it cannot give it to another key.',
    })
    expect((await list({ cookie })).find((one) => one.id === made.id)).toMatchObject({
      createdThrough: 'key',
      createdBy: userId,
    })
    const all = await makeWith({ key: t.operatorKey, workspace: workspaceId })
    expect((await makeWith({ key: all.key })).scopes).not.toContain('calls:report')
    expect((await make({ key: all.key }, { scopes: ['calls:report'] })).status).toBe(403)
  })

  test('scopes are kept once each, in one order; none or an unknown one is refused', async () => {
    const person = { cookie: ada.cookie }
    expect((await makeWith(person, ['money', 'read', 'money'])).scopes).toEqual(['read', 'money'])
    expect((await make(person, { scopes: [] })).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/scopes' }],
    })
    expect((await make(person, { scopes: ['all'] })).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/scopes/0' }],
    })
  })
})

describe('expiry', () => {
  test('401: a key is refused from its expiry on, also while it is cached, and says so', async () => {
    const expiresAtMs = t.clock.now() + MINUTE_MS
    const expiresAt = new Date(expiresAtMs).toISOString()
    const { key } = await makeWith({ cookie: ada.cookie }, ['read'], { expiresAt })
    const use = () => t.request('GET', '/v1/workspace', { key })
    t.clock.set(expiresAtMs - 1)
    expect((await use()).status).toBe(200)
    t.clock.set(expiresAtMs)
    expect((await use()).body).toMatchObject({
      status: 401,
      code: 'unauthenticated',
      detail: `This API key expired at ${expiresAt}. Create a new key.`,
    })
  })

  test('400: an expiry in the past; 403: one later than that of the key that makes it', async () => {
    const at = (ms: number) => new Date(t.clock.now() + ms).toISOString()
    const person = { cookie: ada.cookie }
    expect((await make(person, { expiresAt: at(0) })).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/expiresAt' }],
    })
    const expiresAt = at(DAY_MS)
    const { key } = await makeWith(person, ['read', 'admin'], { expiresAt })
    expect((await make({ key }, { expiresAt: at(DAY_MS + 1) })).body).toMatchObject({
      status: 403,
      errors: [{ pointer: '/expiresAt' }],
    })
    expect((await make({ key })).body.expiresAt).toBe(expiresAt)
    expect((await make({ key }, { expiresAt: at(MINUTE_MS) })).status).toBe(201)
  })
})

describe('operator’s keys', () => {
  test('are made, listed and revoked with an operator’s key that names no workspace', async () => {
    const operator = { key: t.operatorKey }
    const made = await makeWith(operator, ['read', 'admin'])
    expect(made.key).toMatch(/^tt_op_/)
    const listed = await list(operator)
    expect(listed.find(({ id }) => id === made.id)).toMatchObject({ scopes: ['read', 'admin'] })
    const limited = { key: made.key }
    expect((await t.request('GET', '/v1/workspaces', limited)).status).toBe(200)
    const grants = `/v1/workspaces/${t.workspaceId}/grants`
    const grant = { ...limited, body: { kind: 'promotional', credits: 1, reason: 'Welcome' } }
    expect((await t.request('POST', grants, grant)).body.detail).toContain('"money"')
    expect((await makeWith(limited)).scopes).toEqual(['read', 'admin'])
    expect((await make(limited, { scopes: ['money'] })).status).toBe(403)
    expect((await t.request('DELETE', `/v1/keys/${made.id}`, operator)).status).toBe(204)
    expect((await t.request('GET', '/v1/keys', limited)).status).toBe(401)
  })

  test('404: a workspace neither lists nor revokes them, and they are not revoked as one of a workspace', async () => {
    const { id } = await makeWith({ key: t.operatorKey })
    const path = `/v1/keys/${id}`
    expect((await t.request('DELETE', path, { cookie: ada.cookie })).body.code).toBe('key_not_found')
    const inWorkspace = { key: t.operatorKey, workspace: ada.workspaceId }
    expect((await t.request('DELETE', path, inWorkspace)).body.code).toBe('key_not_found')
    expect((await list({ cookie: ada.cookie })).map((one) => one.id)).not.toContain(id)
  })
})

test('a key from before scopes keeps what it could do, and is listed as such', async () => {
  const { key, row } = await createKey(
    t.database,
    { name: 'Old', workspaceId: uuidFrom('workspace', ada.workspaceId) ?? '', createdThrough: 'dashboard' },
    t.clock.now(),
  )
  await t.database.query('update api_keys set scopes = null where id = $1', [row.id])
  expect((await t.request('POST', '/v1/calls/x/heartbeat', { key })).body.code).toBe('call_not_found')
  expect((await t.request('GET', '/v1/agents', { key })).status).toBe(200)
  const listed = (await list({ cookie: ada.cookie })).find(({ name }) => name === 'Old')
  expect(listed).toMatchObject({ scopes: null, voiceStack: true })
  // Keys could not make keys then.
  expect((await make({ key })).body).toMatchObject({ status: 403, code: 'forbidden' })
})

describe('keys and invitations of members', () => {
  async function inviteAdmin() {
    const owner = await t.signUp()
    const invite = (email: string, role: string, cookie: string) =>
      t.request('POST', '/v1/invitations', { cookie, body: { email, role } })
    const token = (url: unknown) => new URL(String(url)).searchParams.get('token') ?? ''
    await t.database.query(
      `update subscriptions set terms = jsonb_set(terms, '{limits,membersMax}', '10') where workspace_id = $1`,
      [uuidFrom('workspace', owner.workspaceId)],
    )
    const { body } = await invite(`admin${owner.userId}@example.com`, 'admin', owner.cookie)
    const admin = await t.signUp({ invitation: token(body.url) })
    const key = await makeWith({ cookie: admin.cookie }, ['read', 'admin'])
    const made = await makeWith({ key: key.key })
    await invite(`guest${owner.userId}@example.com`, 'member', admin.cookie)
    const openInvitations = async () =>
      (await t.request('GET', '/v1/invitations', { cookie: owner.cookie })).body.data.length
    const statuses = async () =>
      Promise.all(
        [key, made].map(async (one) => (await t.request('GET', '/v1/workspace', { key: one.key })).status),
      )
    expect([await statuses(), await openInvitations()]).toEqual([[200, 200], 1])
    return { owner, admin, openInvitations, statuses }
  }

  test('go with a member who is removed, also keys that their keys made', async () => {
    const { owner, admin, openInvitations, statuses } = await inviteAdmin()
    const kept = await makeWith({ cookie: owner.cookie })
    const path = `/v1/members/${admin.userId}`
    expect((await t.request('DELETE', path, { cookie: owner.cookie })).status).toBe(204)
    expect([await statuses(), await openInvitations()]).toEqual([[401, 401], 0])
    expect((await t.request('GET', '/v1/workspace', { key: kept.key })).status).toBe(200)
  })

  test('go with a member who may only read from now on', async () => {
    const { owner, admin, openInvitations, statuses } = await inviteAdmin()
    const path = `/v1/members/${admin.userId}`
    await t.request('PATCH', path, { cookie: owner.cookie, body: { role: 'owner' } })
    expect([await statuses(), await openInvitations()]).toEqual([[200, 200], 1])
    await t.request('PATCH', path, { cookie: owner.cookie, body: { role: 'member' } })
    expect([await statuses(), await openInvitations()]).toEqual([[401, 401], 0])
  })
})
