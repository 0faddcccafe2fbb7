import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp({ planId: 'growth', timeZone: 'Europe/Berlin' })
})
afterAll(() => t.close())

const acme = { name: 'Acme', timeZone: 'Europe/Berlin', planId: 'starter' }
const create = (body: unknown, key = t.operatorKey) => t.request('POST', '/v1/workspaces', { key, body })
const change = (body: unknown, key = t.workspaceKey) => t.request('PATCH', '/v1/workspace', { key, body })

test('201: the operator creates a workspace with its first monthly grant', async () => {
  const answer = await create(acme)
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    id: expect.stringMatching(/^ws_[0-9a-f]{32}$/),
    name: 'Acme',
    timeZone: 'Europe/Berlin',
    planId: 'starter',
    plan: {
      id: 'starter',
      name: 'Starter',
      paid: true,
      overdraft: 'finish',
      features: expect.objectContaining({ languages: true }),
      limits: expect.objectContaining({ concurrentCallsMax: 50 }),
    },
    status: 'active',
    suspendedAt: null,
    suspensionReason: null,
    whenCreditsRunOut: 'finish',
    monthlyBudgetCredits: null,
    lowBalanceCredits: null,
    mayReportCalls: false,
    demo: false,
    requiresSecondFactor: false,
    awaitsVerification: false,
    createdAt: '2026-11-22T10:00:00.000Z',
    cycle: { startsAt: '2026-11-22T10:00:00.000Z', endsAt: '2026-12-22T10:00:00.000Z' },
    role: 'operator',
  })
  const balance = await t.request('GET', '/v1/balance', { key: t.operatorKey, workspace: answer.body.id })
  expect(balance.body).toMatchObject({ balance: { milliseconds: 250 * 60_000, credits: 250 } })
})

test.each([
  ['an unknown plan', { planId: 'gold' }, '/planId', 'There is no plan "gold". The plans are: free, starter'],
  ['an unknown time zone', { timeZone: 'Berlin' }, '/timeZone', 'such as Europe/Berlin'],
  ['a name that is too long', { name: 'x'.repeat(101) }, '/name', 'at most 100 characters'],
  ['no name', { name: undefined }, '/name', 'is missing'],
])('400: a workspace with %s', async (_what, changes, pointer, detail) => {
  const answer = await create({ ...acme, ...changes })
  expect(answer.status).toBe(400)
  expect(answer.body.errors).toEqual([{ pointer, detail: expect.stringContaining(detail) }])
})

test('403: only the operator may create or list workspaces', async () => {
  expect((await create(acme, t.workspaceKey)).body.code).toBe('forbidden')
  expect((await t.request('GET', '/v1/workspaces', { key: t.workspaceKey })).body.code).toBe('forbidden')
  const { cookie } = await t.signUp()
  expect((await t.request('GET', '/v1/workspaces', { cookie })).status).toBe(403)
})

test('200: the operator lists all workspaces, newest first, in pages', async () => {
  t.clock.advance(1)
  const { body: newest } = await create({ ...acme, name: 'Newest' })
  const first = await t.request('GET', '/v1/workspaces?limit=1', { key: t.operatorKey })
  expect(first.body.data).toEqual([newest])
  const rest = await t.request('GET', `/v1/workspaces?cursor=${first.body.nextCursor}`, {
    key: t.operatorKey,
  })
  expect(rest.body.data.map(({ id }) => id)).toContain(t.workspaceId)
  expect(rest.body.data.map(({ id }) => id)).not.toContain(newest.id)
  expect(rest.body.nextCursor).toBeNull()
})

test('200: each setting can be changed on its own', async () => {
  const before = await t.request('GET', '/v1/workspace', { key: t.workspaceKey })
  const expected = { ...before.body }
  for (const settings of [
    { name: 'Acme GmbH' },
    { timeZone: 'Asia/Kolkata' },
    { whenCreditsRunOut: 'end' },
    { monthlyBudgetCredits: 400.5 },
    { monthlyBudgetCredits: null },
    { lowBalanceCredits: 12.5 },
    { lowBalanceCredits: 0 },
    { lowBalanceCredits: null },
    {},
  ]) {
    Object.assign(expected, settings)
    const answer = await change(settings)
    expect([answer.status, answer.body]).toEqual([200, expected])
  }
  expect((await t.request('GET', '/v1/workspace', { key: t.workspaceKey })).body).toEqual(expected)
})

test.each([
  ['an unknown whenCreditsRunOut', { whenCreditsRunOut: 'wait' }, '/whenCreditsRunOut'],
  ['a budget below zero', { monthlyBudgetCredits: -1 }, '/monthlyBudgetCredits'],
  ['a budget that is too large', { monthlyBudgetCredits: 1e12 }, '/monthlyBudgetCredits'],
  ['a budget that rounds to zero', { monthlyBudgetCredits: 0.000001 }, '/monthlyBudgetCredits'],
  ['a low balance below zero', { lowBalanceCredits: -1 }, '/lowBalanceCredits'],
  ['a low balance that is too large', { lowBalanceCredits: 1e12 }, '/lowBalanceCredits'],
  ['a plan, which this route does not change', { planId: 'scale' }, '/planId'],
])('400: %s', async (_what, settings, pointer) => {
  const answer = await change(settings)
  expect(answer.status).toBe(400)
  expect(answer.body.errors).toMatchObject([{ pointer }])
})

test('403: a member may read the workspace but not change it', async () => {
  const owner = await t.signUp()
  const invitation = await t.request('POST', '/v1/invitations', {
    cookie: owner.cookie,
    body: { email: 'm@example.com', role: 'member' },
  })
  const token = new URL(String(invitation.body.url)).searchParams.get('token') ?? ''
  const { cookie } = await t.signUp({ invitation: token })
  expect((await t.request('GET', '/v1/workspace', { cookie })).body.role).toBe('member')
  const answer = await t.request('PATCH', '/v1/workspace', { cookie, body: { name: 'Mine' } })
  expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' })
  expect(answer.body.detail).toContain('an owner or admin')
})

test('a changed setting adds an event for listeners', async () => {
  const { key, uuid } = await t.addWorkspace()
  await change({ name: 'Other' }, key)
  const { rowCount } = await t.database.query(
    `select from events where workspace_id = $1 and topic = 'workspace'`,
    [uuid],
  )
  expect(rowCount).toBe(1)
})

test('the response shows the current billing cycle', async () => {
  const { key } = await t.addWorkspace()
  const startsAtMs = t.clock.now()
  t.clock.set(Date.parse('2027-02-01T00:00:00.000Z'))
  const answer = await t.request<{ cycle: { startsAt: string } }>('GET', '/v1/workspace', { key })
  expect(Date.parse(answer.body.cycle.startsAt)).toBeGreaterThan(startsAtMs)
  expect(answer.body.cycle.startsAt).toMatch(/^2027-01-22/)
  t.clock.set(startsAtMs)
})
