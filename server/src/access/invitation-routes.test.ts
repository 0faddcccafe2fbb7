import { DAY_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestAnswer, type TestApp, type TestPerson, testApp, testPassword } from '../../test/app.ts'
import { uuidFrom } from '../public-ids.ts'
import { addMember } from './member-store.ts'

let t: TestApp
let owner: TestPerson
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())
beforeEach(async () => {
  owner = await t.signUp({ name: 'Grace' })
})

const invite = (body: { email: string; role: string }, by: { cookie?: string; key?: string } = owner) =>
  t.request('POST', '/v1/invitations', { ...who(by), body })
const who = ({ cookie, key }: { cookie?: string; key?: string }) => ({
  ...(cookie !== undefined && { cookie }),
  ...(key !== undefined && { key }),
})
const tokenOf = (answer: TestAnswer) => new URL(String(answer.body.url)).searchParams.get('token') ?? ''
const lookUp = (token: string) => t.request('GET', `/v1/invitations/lookup?token=${token}`)
const allowTenMembers = () =>
  t.database.query(
    `update subscriptions set terms = jsonb_set(terms, '{limits,membersMax}', '10') where workspace_id = $1`,
    [uuidFrom('workspace', owner.workspaceId)],
  )
const bob = { email: 'Bob@Example.com', role: 'admin' }

test('201: an invitation’s link is shown once, and its token is not stored', async () => {
  const made = await invite(bob)
  expect(made.status).toBe(201)
  expect(made.body).toEqual({
    id: expect.stringMatching(/^inv_/),
    email: 'bob@example.com',
    role: 'admin',
    createdAt: expect.any(String),
    expiresAt: new Date(Date.parse(String(made.body.createdAt)) + 7 * DAY_MS).toISOString(),
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:0\/join\?token=[\w-]{32}$/),
  })
  const { url: _, ...listed } = made.body
  const list = await t.request('GET', '/v1/invitations', { cookie: owner.cookie })
  expect(list.body.data).toEqual([listed])
  const { rows } = await t.database.query<{ all: string }>(
    `select coalesce(string_agg(i::text, ''), '') || (select coalesce(string_agg(k::text, ''), '') from idempotency_keys k)
       as all from invitations i`,
  )
  expect(rows[0]?.all).not.toContain(tokenOf(made))
})

test('201: an invitation’s link never leads where the request’s headers say', async () => {
  for (const headers of [{ host: 'evil.example' }, { 'x-forwarded-host': 'evil.example' }]) {
    const made = await t.request('POST', '/v1/invitations', {
      cookie: owner.cookie,
      body: bob,
      headers: { ...headers, 'sec-fetch-site': 'same-origin' },
    })
    expect(made.status).toBe(201)
    expect(made.text).not.toContain('evil')
  }
})

test('200: the link shows what it is for, without an account', async () => {
  const looked = await lookUp(tokenOf(await invite(bob)))
  expect(looked.body).toEqual({
    workspaceName: 'Grace’s workspace',
    email: 'bob@example.com',
    role: 'admin',
  })
})

test('201: signing up with an invitation joins its workspace and creates no other', async () => {
  const token = tokenOf(await invite(bob))
  const person = await t.signUp({ name: 'Bob', invitation: token })
  const session = await t.request('GET', '/v1/session', { cookie: person.cookie })
  expect(session.body.workspaces).toEqual([
    {
      id: owner.workspaceId,
      name: 'Grace’s workspace',
      role: 'admin',
      demo: false,
      requiresSecondFactor: false,
    },
  ])
  expect((await lookUp(token)).body.code).toBe('invitation_not_found')
  expect((await t.request('GET', '/v1/invitations', { cookie: owner.cookie })).body.data).toEqual([])
})

test('200: a user with a workspace joins another and is a member of both', async () => {
  const person = await t.signUp({ name: 'Bob' })
  t.clock.advance(1)
  const token = tokenOf(await invite({ email: person.email, role: 'admin' }))
  const options = { cookie: person.cookie, body: { token } }
  const answer = await t.request('POST', '/v1/invitations/accept', options)
  expect(answer.status).toBe(200)
  expect(answer.body.workspaces).toMatchObject([
    { id: person.workspaceId, role: 'owner' },
    { id: owner.workspaceId, role: 'admin' },
  ])
  const { cookie } = person
  const named = await t.request('GET', '/v1/workspace', { cookie, workspace: owner.workspaceId })
  expect(named.body).toMatchObject({ id: owner.workspaceId, role: 'admin' })
  const unnamed = await t.request('GET', '/v1/workspace', { cookie })
  expect(unnamed.body.id).toBe(person.workspaceId)
  expect((await t.request('POST', '/v1/invitations/accept', options)).body.code).toBe('invitation_not_found')
})

test('404: an invitation expires after seven days', async () => {
  const token = tokenOf(await invite(bob))
  t.clock.advance(7 * DAY_MS - 1)
  expect((await lookUp(token)).status).toBe(200)
  t.clock.advance(1)
  expect((await lookUp(token)).body.code).toBe('invitation_not_found')
  expect((await t.request('GET', '/v1/invitations', { cookie: owner.cookie })).body.data).toEqual([])
  const { cookie } = await t.signUp()
  const accept = await t.request('POST', '/v1/invitations/accept', { cookie, body: { token } })
  expect(accept.body.code).toBe('invitation_not_found')
})

test('204: a withdrawn invitation cannot be accepted, and a stranger cannot withdraw it', async () => {
  const made = await invite(bob)
  const path = `/v1/invitations/${made.body.id}`
  const stranger = await t.signUp()
  expect((await t.request('DELETE', path, { cookie: stranger.cookie })).body.code).toBe(
    'invitation_not_found',
  )
  expect((await t.request('DELETE', path, { cookie: owner.cookie })).status).toBe(204)
  expect((await lookUp(tokenOf(made))).status).toBe(404)
  expect((await t.request('DELETE', path, { cookie: owner.cookie })).status).toBe(404)
})

test('inviting the same address again replaces the first invitation', async () => {
  const first = await invite(bob)
  const second = await invite({ ...bob, role: 'member' })
  expect((await lookUp(tokenOf(first))).status).toBe(404)
  expect((await lookUp(tokenOf(second))).body.role).toBe('member')
})

test('a link that is used several times at once admits once', async () => {
  const { email, cookie } = await t.signUp()
  const token = tokenOf(await invite({ email, role: 'admin' }))
  const answers = await Promise.all(
    [1, 2, 3].map(() => t.request('POST', '/v1/invitations/accept', { cookie, body: { token } })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404])
})

test('403: an invitation is good for its address alone, signed in or signing up', async () => {
  const token = tokenOf(await invite(bob))
  const { cookie, email } = await t.signUp()
  const accept = await t.request('POST', '/v1/invitations/accept', { cookie, body: { token } })
  expect(accept.body).toMatchObject({ status: 403, code: 'invitation_for_other_address' })
  expect(accept.body.detail).toBe(
    `This invitation is for bob@example.com, and you are ${email}. Sign in as bob@example.com, or ask for an invitation to ${email}.`,
  )
  const body = { name: 'Eve', email: 'eve@example.com', password: testPassword, invitation: token }
  expect((await t.request('POST', '/v1/sign-up', { body })).body.code).toBe('invitation_for_other_address')
  expect((await lookUp(token)).status).toBe(200)
})

test('409: a member cannot be invited and cannot accept an invitation', async () => {
  expect((await invite({ email: owner.email, role: 'member' })).body).toMatchObject({
    status: 409,
    code: 'already_member',
  })
  const { cookie, email, userId } = await t.signUp()
  await allowTenMembers()
  const token = tokenOf(await invite({ email, role: 'member' }))
  const workspaceId = uuidFrom('workspace', owner.workspaceId) ?? ''
  const uuid = uuidFrom('user', userId) ?? ''
  await addMember(t.database, { workspaceId, userId: uuid, role: 'member' }, t.clock.now())
  const accept = await t.request('POST', '/v1/invitations/accept', { cookie, body: { token } })
  expect(accept.body.code).toBe('already_member')
  expect((await lookUp(token)).status).toBe(200)
})

test('403: the plan limits members, and open invitations count', async () => {
  expect((await invite(bob)).status).toBe(201)
  const third = await invite({ email: 'carol@example.com', role: 'member' })
  expect(third.body).toMatchObject({ status: 403, code: 'limit_reached' })
  expect(third.body.detail).toContain('The plan includes 2 members')
  expect((await invite({ ...bob, role: 'member' })).status).toBe(201)
})

test('403: members and keys cannot invite, and admins cannot invite owners', async () => {
  const admin = await t.signUp({
    invitation: tokenOf(await invite({ email: 'admin@example.com', role: 'admin' })),
  })
  await allowTenMembers()
  const member = await t.signUp({
    invitation: tokenOf(await invite({ email: 'm@example.com', role: 'member' }, admin)),
  })
  const key = String(
    (await t.request('POST', '/v1/keys', { cookie: owner.cookie, body: { name: 'CI' } })).body.key,
  )
  const somebody = 'somebody@example.com'
  expect((await invite({ email: somebody, role: 'member' }, member)).body.code).toBe('forbidden')
  expect((await invite({ email: somebody, role: 'owner' }, admin)).body.code).toBe('forbidden')
  expect((await invite({ email: somebody, role: 'member' }, { key })).body.code).toBe('forbidden')
  const ownerToBe = await invite({ email: somebody, role: 'owner' })
  expect(ownerToBe.status).toBe(201)
  const path = `/v1/invitations/${ownerToBe.body.id}`
  expect((await t.request('DELETE', path, { cookie: admin.cookie })).status).toBe(403)
  expect((await t.request('DELETE', path, { cookie: owner.cookie })).status).toBe(204)
})

test('403: a key cannot accept an invitation', async () => {
  const token = tokenOf(await invite(bob))
  const answer = await t.request('POST', '/v1/invitations/accept', { key: t.workspaceKey, body: { token } })
  expect(answer.body.code).toBe('forbidden')
})
