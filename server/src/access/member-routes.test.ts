import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, type TestPerson, testApp } from '../../test/app.ts'
import { uuidFrom } from '../public-ids.ts'
import { addMember } from './member-store.ts'
import type { MemberRole } from './principal.ts'

let t: TestApp
let owner: TestPerson
let admin: TestPerson
let member: TestPerson
let workspace: KeyedWorkspace

beforeAll(async () => {
  t = await testApp()
  owner = await t.signUp({ name: 'owner' })
  admin = await t.signUp({ name: 'admin' })
  member = await t.signUp({ name: 'member' })
})
afterAll(() => t.close())

// Each test gets its own workspace with the three people.
beforeEach(async () => {
  workspace = await t.addWorkspace()
  for (const [person, role] of [
    [owner, 'owner'],
    [admin, 'admin'],
    [member, 'member'],
  ] as const) {
    t.clock.advance(1)
    const userId = uuidFrom('user', person.userId) ?? ''
    await addMember(t.database, { workspaceId: workspace.uuid, userId, role }, t.clock.now())
    t.app.access.dropCached({ kind: 'user', name: userId })
  }
})

type By = { readonly cookie: string } | { readonly key: string }
const asked = (by: By) => ({ ...by, workspace: workspace.id })
const change = (by: By, { userId }: TestPerson, role: string) =>
  t.request('PATCH', `/v1/members/${userId}`, { ...asked(by), body: { role } })
const remove = (by: By, { userId }: TestPerson) => t.request('DELETE', `/v1/members/${userId}`, asked(by))

test('200: every member sees the members in the order in which they joined', async () => {
  const list = await t.request('GET', '/v1/members', asked(member))
  expect(list.body.data[0]).toEqual({
    userId: owner.userId,
    name: 'owner',
    email: owner.email,
    role: 'owner',
    joinedAt: expect.stringMatching(/^2026-11-22T10:00:00/),
  })
  expect(list.body.data.map(({ role }) => role)).toEqual(['owner', 'admin', 'member'])
  const first = await t.request('GET', '/v1/members?limit=2', asked(member))
  const second = await t.request('GET', `/v1/members?limit=2&cursor=${first.body.nextCursor}`, asked(member))
  expect([...first.body.data, ...second.body.data]).toEqual(list.body.data)
  expect(second.body.nextCursor).toBeNull()
})

type Who = 'owner' | 'admin' | 'member'
const people = (who: Who) => ({ owner, admin, member })[who]

test.each<[by: Who, who: Who, to: MemberRole, status: number, code?: string]>([
  ['owner', 'member', 'admin', 200],
  ['owner', 'member', 'owner', 200],
  ['owner', 'admin', 'member', 200],
  ['owner', 'owner', 'admin', 409, 'last_owner'],
  ['admin', 'member', 'admin', 200],
  ['admin', 'admin', 'member', 200],
  ['admin', 'member', 'owner', 403, 'forbidden'],
  ['admin', 'admin', 'owner', 403, 'forbidden'],
  ['admin', 'owner', 'member', 403, 'forbidden'],
  ['member', 'admin', 'member', 403, 'forbidden'],
  ['member', 'member', 'owner', 403, 'forbidden'],
])('%s makes %s %s: %i %s', async (by, who, to, status, code) => {
  const answer = await change(people(by), people(who), to)
  expect(answer.status).toBe(status)
  if (code === undefined) expect(answer.body).toMatchObject({ userId: people(who).userId, role: to })
  else expect(answer.body.code).toBe(code)
})

test.each<[by: Who, who: Who, status: number, code?: string]>([
  ['owner', 'admin', 204],
  ['owner', 'member', 204],
  ['owner', 'owner', 409, 'last_owner'],
  ['admin', 'member', 204],
  ['admin', 'admin', 204],
  ['admin', 'owner', 403, 'forbidden'],
  ['member', 'admin', 403, 'forbidden'],
  ['member', 'member', 204],
])('%s removes %s: %i %s', async (by, who, status, code) => {
  const answer = await remove(people(by), people(who))
  expect([answer.status, answer.body?.code]).toEqual([status, code])
})

test('a changed role takes effect with the next request on every process', async () => {
  const other = await t.addProcess()
  const rename = { ...asked(member), body: { name: 'New name' } }
  expect((await other.request('PATCH', '/v1/workspace', rename)).status).toBe(403)
  await change(owner, member, 'admin')
  expect((await t.request('PATCH', '/v1/workspace', rename)).status).toBe(200)
  await expect.poll(async () => (await other.request('PATCH', '/v1/workspace', rename)).status).toBe(200)
})

test('a removed member loses access at once', async () => {
  expect((await t.request('GET', '/v1/agents', asked(member))).status).toBe(200)
  await remove(owner, member)
  const answer = await t.request('GET', '/v1/agents', asked(member))
  expect(answer.body).toMatchObject({ status: 404, code: 'workspace_not_found' })
  const session = await t.request('GET', '/v1/session', { cookie: member.cookie })
  expect(session.text).not.toContain(workspace.id)
})

test('of two owners who leave at the same time, one stays', async () => {
  await change(owner, admin, 'owner')
  const answers = await Promise.all([remove(owner, owner), remove(admin, admin)])
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
})

test('the operator may change and remove owners, but not remove the last one', async () => {
  const operator = { key: t.operatorKey }
  expect((await change(operator, member, 'owner')).status).toBe(200)
  expect((await remove(operator, owner)).status).toBe(204)
  expect((await remove(operator, member)).body.code).toBe('last_owner')
})

test('403: a workspace’s key can read members but not change them', async () => {
  const { key } = workspace
  expect((await t.request('GET', '/v1/members', { key })).body.data).toHaveLength(3)
  expect((await change({ key }, member, 'admin')).status).toBe(403)
  expect((await remove({ key }, member)).status).toBe(403)
})

test('404: a person who is not a member, or does not exist', async () => {
  const stranger = await t.signUp({ name: 'stranger' })
  expect((await change(owner, stranger, 'admin')).body.code).toBe('member_not_found')
  expect((await remove(owner, stranger)).body.code).toBe('member_not_found')
  const answer = await t.request('DELETE', '/v1/members/usr_x', asked(owner))
  expect(answer.body.code).toBe('member_not_found')
})

test('400: an unknown role', async () => {
  const answer = await change(owner, member, 'boss')
  expect(answer.body.errors).toEqual([
    { pointer: '/role', detail: '"role" must be one of "owner", "admin" or "member".' },
  ])
})
