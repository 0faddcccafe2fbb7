import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, type TestPerson, testApp } from '../../../test/app.ts'
import { addMember, type MemberRole } from '../../access/index.ts'
import { uuidFrom } from '../../public-ids.ts'
import { raiseAlert } from '../index.ts'
import type { AlertKind } from './alert.ts'

type SettingsAnswer = {
  readonly mail: Readonly<Record<string, boolean>>
  readonly always: readonly string[]
  readonly code: string
}

let t: TestApp
let people: Record<MemberRole, TestPerson>
let raised = 0

beforeAll(async () => {
  t = await testApp()
  const add = async (role: MemberRole) => {
    const person = await t.signUp()
    const member = { workspaceId: t.workspaceUuid, userId: uuidFrom('user', person.userId) ?? '', role }
    await t.database.transaction((tx) => addMember(tx, member, t.clock.now()))
    return person
  }
  people = { owner: await add('owner'), admin: await add('admin'), member: await add('member') }
})
afterAll(() => t.close())

const as = (role: MemberRole) => ({ cookie: people[role].cookie, workspace: t.workspaceId })

const readSettings = (role: MemberRole) => t.request<SettingsAnswer>('GET', '/v1/alert-settings', as(role))

const choose = (role: MemberRole, mail: object) =>
  t.request<SettingsAnswer>('PUT', '/v1/alert-settings', { ...as(role), body: { mail } })

/** Raises an alert of a kind. Returns the addresses that it is mailed to. */
async function raiseAndListMailed(kind: AlertKind): Promise<string[]> {
  raised += 1
  const alert = {
    kind,
    key: String(raised),
    title: 'T',
    detail: 'D',
    link: '/billing',
  }
  await t.app.ledger.changeWorkspace(t.workspaceUuid, ({ tx, unit, nowMs }) =>
    raiseAlert(tx, unit, alert, nowMs),
  )
  const { rows } = await t.database.query<{ target: string }>(
    'select d.target from alert_deliveries d join alerts a on a.id = d.alert_id where a.key = $1',
    [alert.key],
  )
  return rows.map(({ target }) => target).sort()
}

const emailsOf = (...roles: MemberRole[]) => roles.map((role) => people[role].email).sort()

test('by default, owners are mailed about everything and others about nothing', async () => {
  expect(new Set(Object.values((await readSettings('owner')).body.mail))).toEqual(new Set([true]))
  for (const role of ['admin', 'member'] as const) {
    const { body } = await readSettings(role)
    expect([new Set(Object.values(body.mail)), body.always]).toEqual([new Set([false]), []])
  }
  expect(await raiseAndListMailed('balance_low')).toEqual(emailsOf('owner'))
})

test('members choose for themselves, by kind', async () => {
  const chosen = await choose('member', { balance_low: true, budget_reached: true })
  expect(chosen).toMatchObject({ status: 200, body: { mail: { balance_low: true, balance_zero: false } } })
  expect((await choose('owner', { balance_low: false })).body.mail).toMatchObject({
    balance_low: false,
    balance_zero: true,
  })
  expect((await readSettings('admin')).body.mail).toMatchObject({ balance_low: false })
  expect(await raiseAndListMailed('balance_low')).toEqual(emailsOf('member'))
  expect(await raiseAndListMailed('budget_reached')).toEqual(emailsOf('owner', 'member'))
  expect(await raiseAndListMailed('balance_zero')).toEqual(emailsOf('owner'))
  // Kinds that are left out follow the role again.
  await choose('member', {})
  await choose('owner', {})
  expect(await raiseAndListMailed('balance_low')).toEqual(emailsOf('owner'))
})

test('owners are always mailed when the card is declined', async () => {
  expect((await readSettings('owner')).body.always).toEqual(['reload_declined', 'reload_failed'])
  const refusal = await choose('owner', { reload_declined: false })
  expect(refusal).toMatchObject({ status: 400, body: { errors: [{ pointer: '/mail/reload_declined' }] } })
  // This holds for new owners too, whatever they chose before.
  await choose('admin', { reload_declined: false })
  const promoted = { ...as('owner'), body: { role: 'owner' } }
  await t.request('PATCH', `/v1/members/${people.admin.userId}`, promoted)
  expect(await raiseAndListMailed('reload_declined')).toEqual(emailsOf('owner', 'admin'))
  expect((await readSettings('admin')).body.mail).toMatchObject({ reload_declined: true })
})

test.each([
  ['an unknown kind', { mail: { balance_full: true } }, '/mail/balance_full'],
  ['no boolean', { mail: { balance_low: 'often' } }, '/mail/balance_low'],
  ['nothing', {}, '/mail'],
])('400: %s', async (_what, body, pointer) => {
  const answer = await t.request('PUT', '/v1/alert-settings', { ...as('member'), body })
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
})

test('403: API keys have no mailbox; 404: another workspace', async () => {
  for (const who of [{ key: t.workspaceKey }, { key: t.operatorKey, workspace: t.workspaceId }]) {
    expect(await t.request('GET', '/v1/alert-settings', who)).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: expect.stringContaining('Sign in') },
    })
    const put = await t.request('PUT', '/v1/alert-settings', { ...who, body: { mail: {} } })
    expect(put.status).toBe(403)
  }
  const stranger = { cookie: (await t.signUp()).cookie, workspace: t.workspaceId }
  expect((await t.request('GET', '/v1/alert-settings', stranger)).status).toBe(404)
})

test('a member’s choice is deleted when the member leaves', async () => {
  await choose('member', { balance_low: true })
  const path = `/v1/members/${people.member.userId}`
  expect((await t.request('DELETE', path, as('owner'))).status).toBe(204)
  const userId = uuidFrom('user', people.member.userId) ?? ''
  const again = { workspaceId: t.workspaceUuid, userId, role: 'member' } as const
  await t.database.transaction((tx) => addMember(tx, again, t.clock.now()))
  expect((await readSettings('member')).body.mail).toMatchObject({ balance_low: false })
})
