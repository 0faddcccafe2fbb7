import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, type TestPerson, type TestRequest, testApp } from '../../../test/app.ts'
import { openEvents } from '../../../test/event-stream.ts'
import { type Mailbox, openMailbox, readable } from '../../../test/mailbox.ts'
import { reloadCustomer } from '../../../test/reload-customer.ts'
import { addMember } from '../../access/index.ts'
import type { App } from '../../app.ts'
import type { TestCard } from '../../payments/gateway.ts'
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

async function advance(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

const uuidOf = ({ workspaceId }: TestPerson) => uuidFrom('workspace', workspaceId) ?? ''

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

describe('the owners’ mail', () => {
  let mailbox: Mailbox
  let apps: App[]
  beforeEach(async () => {
    await t.close()
    mailbox = await openMailbox()
    t = await testApp({
      config: {
        mail: { smtpUrl: mailbox.url, from: 'Talktime <alerts@talktime.example>' },
        publicUrl: 'https://talktime.example.com',
        seller: { name: 'Voices GmbH', address: undefined, taxId: undefined, tax: undefined },
      },
    })
    apps = [t.app, (await t.addProcess()).app]
  })
  afterEach(() => mailbox.close())

  /** Lets both servers mail what is due. */
  const mailAll = () => Promise.all(apps.map((app) => app.runDue()))

  test('arrives once from two servers, and says what to do and where', async () => {
    const person = await t.signUp()
    await t.database.query(`update workspaces set name = 'Acme' where id = $1`, [uuidOf(person)])
    await raise(createDeclined(uuidOf(person)))
    await mailAll()
    t.clock.advance(DAY_MS)
    await mailAll()
    expect(mailbox.mails.map(({ to }) => to)).toEqual([[person.email]])
    const source = mailbox.mails[0]?.source ?? ''
    expect(source).toContain('From: Talktime <alerts@talktime.example>')
    expect(source).toMatch(/^Subject: Auto-reload: the card was declined \(Acme\)\r?$/m)
    expect(source).toContain('Change the card & see <Billing>.')
    expect(source).toContain('Change the card &amp; see &lt;Billing&gt;.')
    const link = `https://talktime.example.com/billing?workspace=${person.workspaceId}`
    expect(source).toContain(`\nOpen billing:\r\n${link}\r\n`)
    expect(source).toMatch(new RegExp(`<a href="${link.replace('?', '\\?')}"[^>]*>Open billing</a>`))
    expect(source).toContain('because you are an owner of Acme at Voices GmbH')
    expect(source).toContain(
      `\nhttps://talktime.example.com/settings/alerts?workspace=${person.workspaceId}\r\n`,
    )
  })

  test('goes to owners only, to each of them', async () => {
    const owner = await t.signUp()
    const workspaceId = uuidOf(owner)
    const add = async (role: 'owner' | 'admin') => {
      const person = await t.signUp()
      const userId = uuidFrom('user', person.userId) ?? ''
      t.clock.advance(1)
      await t.database.transaction((tx) => addMember(tx, { workspaceId, userId, role }, t.clock.now()))
      return person
    }
    await add('admin')
    const second = await add('owner')
    await raise(createDeclined(workspaceId))
    await mailAll()
    const expected = [[owner.email], [second.email]].sort()
    expect(mailbox.mails.map(({ to }) => to).sort()).toEqual(expected)
  })

  test('is tried again later, up to five times, when the mail server does not accept it', async () => {
    const person = await t.signUp()
    mailbox.open = false
    await raise(createDeclined(uuidOf(person)))
    await mailAll()
    mailbox.open = true
    t.clock.advance(2 * MINUTE_MS - 1)
    await mailAll()
    expect(mailbox.mails).toHaveLength(0)
    t.clock.advance(1)
    await mailAll()
    expect(mailbox.mails).toHaveLength(1)

    mailbox.open = false
    await raise(createDeclined(uuidOf(person), 'second'))
    for (let tries = 0; tries < 6; tries += 1) {
      await mailAll()
      t.clock.advance(DAY_MS)
    }
    const failed = await t.request('GET', '/v1/deliveries?status=failed', { cookie: person.cookie })
    expect(failed.body.data).toMatchObject([
      {
        channel: 'mail',
        target: person.email,
        tries: 5,
        nextTryAt: null,
        error: 'The mail server did not accept it (451).',
      },
    ])
  })

  test('to an unknown address fails at once with the mail server’s answer, and can be resent', async () => {
    const person = await t.signUp()
    mailbox.unknown.add(person.email)
    await raise(createDeclined(uuidOf(person)))
    await mailAll()
    const log = () => t.request('GET', '/v1/deliveries?channel=mail', { cookie: person.cookie })
    const [failed] = (await log()).body.data
    expect(failed).toMatchObject({
      status: 'failed',
      tries: 1,
      nextTryAt: null,
      error: 'The mail server refused it for good: “550 5.1.1 No such user here”',
    })
    mailbox.unknown.clear()
    t.clock.advance(DAY_MS)
    await mailAll()
    expect(mailbox.mails).toEqual([])
    const again = await t.request('POST', `/v1/deliveries/${failed?.id}/resend`, { cookie: person.cookie })
    expect(again.status).toBeLessThan(300)
    await mailAll()
    expect((await log()).body.data).toMatchObject([{ status: 'delivered' }])
  })

  test('does not go to a member who left before it could be sent', async () => {
    const person = await t.signUp()
    mailbox.open = false
    await raise(createDeclined(uuidOf(person)))
    await mailAll()
    mailbox.open = true
    await t.database.query('delete from members where workspace_id = $1', [uuidOf(person)])
    t.clock.advance(DAY_MS)
    await mailAll()
    expect(mailbox.mails).toEqual([])
    const left = await t.request('GET', '/v1/deliveries', {
      key: t.operatorKey,
      workspace: person.workspaceId,
    })
    expect(left.body.data).toMatchObject([{ status: 'failed', error: 'This person is no longer a member.' }])
  })

  test('is not sent about a demo workspace', async () => {
    const person = await t.signUp()
    await t.database.query('update workspaces set demo = true where id = $1', [uuidOf(person)])
    await raise(createDeclined(uuidOf(person)))
    await mailAll()
    expect(mailbox.mails).toEqual([])
  })
})

describe('without a mail server', () => {
  test('the owners’ mail is a file that only the operator can read', async () => {
    const person = await t.signUp()
    await raise(createDeclined(uuidOf(person)))
    await advance(SECOND_MS)
    const folder = join(t.dataDir, 'mail')
    const names = await readdir(folder)
    expect(names).toEqual([expect.stringMatching(/^dlv_[0-9a-f]{32}\.eml$/)])
    const path = join(folder, names[0] ?? '')
    expect([(await stat(folder)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([0o700, 0o600])
    const source = readable(await readFile(path, 'utf8'))
    expect(source).toContain(`To: ${person.email}`)
    expect(source).toContain('Change the card & see <Billing>.')
  })
})

describe('auto-reload', () => {
  /** Creates a customer who gets no alerts about a low balance. */
  async function createCustomer(card: TestCard = 'success') {
    const customer = await reloadCustomer(t, { card })
    await customer.ask('PATCH', '/v1/workspace', { body: { lowBalanceCredits: 0 } })
    return customer
  }

  test('raises an alert for the first decline and one for stopping; after a new card, one for the next decline', async () => {
    const customer = await createCustomer('decline')
    const who = { key: customer.key }
    const kinds = async () => (await listAlerts(who)).map(({ kind }) => kind)
    const other = await t.addProcess()
    await customer.setBalance(30)
    await customer.save()
    await customer.talkFor(11 * MINUTE_MS)
    await Promise.all([t.app.runDue(), other.app.runDue()])
    expect(await listAlerts(who)).toMatchObject([
      {
        kind: 'reload_declined',
        detail: expect.stringMatching(
          /^Auto-reload could not buy 2 × 100 credits for \$24\.00\. The bank declined the card\..* The card is tried again on .* Change the card/,
        ),
      },
    ])
    await advance(HOUR_MS)
    await customer.talkFor(MINUTE_MS)
    await advance(MINUTE_MS)
    expect(await customer.charges()).toBe(2)
    expect(await kinds()).toEqual(['reload_declined'])
    await advance(DAY_MS)
    expect(await kinds()).toEqual(['reload_failed', 'reload_declined'])
    await advance(5 * DAY_MS)
    expect(await kinds()).toEqual(['reload_failed', 'reload_declined'])
    await customer.addCard('insufficient_funds')
    await t.app.runDue()
    expect(await kinds()).toEqual(['reload_declined', 'reload_failed', 'reload_declined'])
  })

  test('raises one alert for what it bought, with the new balance, and none for what people buy', async () => {
    const customer = await createCustomer()
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    const body = { packageId: 'credits_100', quantity: 1 }
    await t.request('POST', '/v1/purchases', { key: customer.key, body })
    await advance(SECOND_MS)
    expect(await listAlerts({ key: customer.key })).toMatchObject([
      {
        kind: 'reload_done',
        title: 'Auto-reload bought 2 × 100 credits',
        detail: 'It paid $24.00. The balance is 210 credits now.',
        link: '/billing',
      },
    ])
  })

  test('raises an alert when the bank asks for a confirmation', async () => {
    const customer = await createCustomer('requires_action')
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    await t.app.runDue()
    expect(await listAlerts({ key: customer.key })).toMatchObject([
      { kind: 'reload_failed', title: 'Auto-reload: your bank wants a confirmation' },
    ])
  })

  test('raises an alert once a month when the cap is reached', async () => {
    const customer = await createCustomer()
    const who = { key: customer.key }
    await customer.setBalance(10)
    await customer.save({ monthlyCap: { minor: 2_400, currency: 'USD' } })
    await t.app.autoReload.idle()
    for (let times = 0; times < 2; times += 1) {
      await customer.setBalance(10)
      await advance(SECOND_MS)
      await customer.setBalance(100)
      await advance(SECOND_MS)
    }
    const listCapped = async () => (await listAlerts(who)).filter(({ kind }) => kind === 'reload_capped')
    expect(await listCapped()).toMatchObject([{ kind: 'reload_capped', link: '/billing' }])
    await customer.setBalance(10)
    await advance(SECOND_MS)
    expect(await listCapped()).toHaveLength(1)
    // A month later it buys once more and reaches the cap again.
    await advance(10 * DAY_MS)
    await customer.setBalance(10)
    await advance(SECOND_MS)
    expect(await listCapped()).toHaveLength(2)
  })

  test('sends events to live listeners', async () => {
    const customer = await createCustomer('decline')
    await customer.setBalance(10)
    const address = await t.app.listen()
    const stream = await openEvents(`${address}/v1/events`, { authorization: `Bearer ${customer.key}` })
    const isOfAlert = ({ event }: { event: string }) => event === 'alert'
    await customer.save()
    await t.app.autoReload.idle()
    const [alert] = await listAlerts({ key: customer.key })
    expect((await stream.next(isOfAlert)).data).toEqual({ id: alert?.id })
    await t.request('POST', '/v1/alerts/read', { key: customer.key, body: {} })
    expect((await stream.next(isOfAlert)).data).toEqual({})
    stream.close()
  })
})

test('a failed renewal raises one alert, with its dates, and so does the end of the plan', async () => {
  const { key } = await t.addWorkspace({ planId: 'free' })
  const post = (path: string, body: object = {}) => t.request('POST', path, { key, body })
  await post('/v1/payment-methods', { testCard: 'success' })
  await post('/v1/subscription', { planId: 'starter' })
  const { body: card } = await post('/v1/payment-methods', { testCard: 'decline' })
  await post(`/v1/payment-methods/${card.id}/default`)
  const { cycle } = (await t.request<{ cycle: { endsAt: string } }>('GET', '/v1/subscription', { key })).body
  t.clock.set(Date.parse(cycle.endsAt))
  await advance(SECOND_MS)
  const other = await t.addProcess()
  await Promise.all([t.app.runDue(), other.app.runDue()])
  expect(await listAlerts({ key })).toMatchObject([
    {
      kind: 'renewal_failed',
      title: 'The payment for the Starter plan failed',
      detail: expect.stringMatching(
        /^\$\S+ could not be charged\. The bank declined the card\..* The charge will be retried on 23 Dec 2026, 10:00 \(UTC\), 25 Dec 2026, 10:00 \(UTC\) and 27 Dec 2026, 10:00 \(UTC\)\. If the last attempt fails too, the Starter plan ends and the Free plan begins\./,
      ),
    },
  ])
  for (const days of [1, 2]) await advance(days * DAY_MS + MINUTE_MS)
  expect(await listAlerts({ key })).toHaveLength(1)
  await advance(2 * DAY_MS + MINUTE_MS)
  await advance(40 * DAY_MS)
  expect(await listAlerts({ key })).toMatchObject([
    { kind: 'plan_ended', title: 'The Starter plan has ended' },
    { kind: 'renewal_failed' },
  ])
})
