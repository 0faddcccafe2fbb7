import { SECOND_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, type TestRequest, testApp } from '../../../test/app.ts'
import { addMember } from '../../access/index.ts'
import { uuidFrom } from '../../public-ids.ts'
import { raiseAlert } from '../index.ts'
import type { NewAlert } from './alert.ts'

type AlertAnswer = {
  readonly id: string
  readonly kind: string
  readonly at: string
  readonly title: string
  readonly detail: string
  readonly link: string
  readonly readAt: string | null
}

let t: TestApp
beforeEach(async () => {
  t = await testApp()
})
afterEach(() => t.close())

const createDeclined = (workspaceId: string, key = 'first'): NewAlert => ({
  workspaceId,
  kind: 'reload_declined',
  key,
  title: 'Auto-reload: the card was declined',
  detail: 'Change the card & see <Billing>.',
  link: '/billing',
})

const raise = ({ workspaceId, ...alert }: NewAlert) =>
  t.app.ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => raiseAlert(tx, unit, alert, nowMs))

async function listAlerts(who: TestRequest, query = '') {
  return (await t.request<{ data: AlertAnswer[] }>('GET', `/v1/alerts${query}`, who)).body.data
}

describe('an alert', () => {
  test('is raised once for each crossing, however often at once', async () => {
    const keys = ['one', 'one', 'one', 'one', 'one', 'one', 'two', 'two']
    await Promise.all(keys.map((key) => raise(createDeclined(t.workspaceUuid, key))))
    expect(await listAlerts({ key: t.workspaceKey })).toHaveLength(2)
  })

  test('is listed newest first, in pages, with whether it was read', async () => {
    await raise(createDeclined(t.workspaceUuid, 'one'))
    t.clock.advance(SECOND_MS)
    await raise({
      ...createDeclined(t.workspaceUuid, 'two'),
      kind: 'reload_failed',
      title: 'Auto-reload has stopped',
    })
    const who = { key: t.workspaceKey }
    expect(await listAlerts(who)).toMatchObject([
      { kind: 'reload_failed', title: 'Auto-reload has stopped', link: '/billing', readAt: null },
      { kind: 'reload_declined', detail: 'Change the card & see <Billing>.', readAt: null },
    ])
    const first = await t.request('GET', '/v1/alerts?limit=1', who)
    const second = await t.request('GET', `/v1/alerts?limit=1&cursor=${first.body.nextCursor}`, who)
    expect(second.body).toMatchObject({ data: [{ kind: 'reload_declined' }], nextCursor: null })
  })

  test('is marked as read by its id, or with all others', async () => {
    for (const key of ['one', 'two', 'three']) {
      await raise(createDeclined(t.workspaceUuid, key))
      t.clock.advance(1)
    }
    const who = { key: t.workspaceKey }
    const [newest] = await listAlerts(who)
    const read = (body: object) => t.request('POST', '/v1/alerts/read', { ...who, body })
    expect((await read({ ids: [newest?.id] })).body).toEqual({ read: 1 })
    expect((await read({ ids: [newest?.id] })).body).toEqual({ read: 0 })
    expect(await listAlerts(who, '?unread=true')).toHaveLength(2)
    expect((await read({})).body).toEqual({ read: 2 })
    expect(await listAlerts(who, '?unread=true')).toEqual([])
    expect(await listAlerts(who)).toHaveLength(3)
  })

  test('is hidden from other workspaces', async () => {
    await raise(createDeclined(t.workspaceUuid))
    const [alert] = await listAlerts({ key: t.workspaceKey })
    const other = await t.addWorkspace()
    expect(await listAlerts({ key: other.key })).toEqual([])
    const foreign = { key: other.key, body: { ids: [alert?.id] } }
    expect((await t.request('POST', '/v1/alerts/read', foreign)).body).toEqual({ read: 0 })
    const stranger = { cookie: (await t.signUp()).cookie, workspace: t.workspaceId }
    expect((await t.request('GET', '/v1/alerts', stranger)).status).toBe(404)
    expect((await t.request('POST', '/v1/alerts/read', { ...stranger, body: {} })).status).toBe(404)
    expect((await t.request('GET', '/v1/alerts')).status).toBe(401)
    expect(await listAlerts({ key: t.workspaceKey }, '?unread=true')).toHaveLength(1)
  })

  test('is shown to every member', async () => {
    const person = await t.signUp()
    const member = { workspaceId: t.workspaceUuid, userId: uuidFrom('user', person.userId) ?? '' }
    await t.database.transaction((tx) => addMember(tx, { ...member, role: 'member' }, t.clock.now()))
    await raise(createDeclined(t.workspaceUuid))
    const who = { cookie: person.cookie, workspace: t.workspaceId }
    expect(await listAlerts(who)).toHaveLength(1)
    expect((await t.request('POST', '/v1/alerts/read', { ...who, body: {} })).body).toEqual({ read: 1 })
  })

  test('gives 400 and names the field for an id that is not an alert’s', async () => {
    const wrong = { key: t.workspaceKey, body: { ids: ['call_1'] } }
    const { status, body } = await t.request('POST', '/v1/alerts/read', wrong)
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(JSON.stringify(body)).toContain('/ids/0')
  })
})
