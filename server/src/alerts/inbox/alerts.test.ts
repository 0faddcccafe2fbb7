import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
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

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

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

const declined = (workspaceId: string, key = 'first'): NewAlert => ({
  workspaceId,
  kind: 'reload_declined',
  key,
  title: 'Auto-reload: the card was declined',
  detail: 'Change the card & see <Billing>.',
  link: '/billing',
})

const raise = ({ workspaceId, ...alert }: NewAlert) =>
  t.app.ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => raiseAlert(tx, unit, alert, nowMs))

async function alertsOf(who: TestRequest, query = '') {
  return (await t.request<{ data: AlertAnswer[] }>('GET', `/v1/alerts${query}`, who)).body.data
}

async function later(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

const uuidOf = ({ workspaceId }: TestPerson) => uuidFrom('workspace', workspaceId) ?? ''

describe('an alert', () => {
  test('is raised once for each crossing, whoever says it, and however often at once', async () => {
    const raised = await Promise.all(
      Array.from({ length: 8 }, (_, index) => raise(declined(t.workspaceUuid, index < 6 ? 'one' : 'two'))),
    )
    expect(raised.filter((id) => id !== undefined)).toHaveLength(2)
    expect(await alertsOf({ key: t.workspaceKey })).toHaveLength(2)
  })

  test('is listed newest first, in pages, and says whether somebody has read it', async () => {
    await raise(declined(t.workspaceUuid, 'one'))
    t.clock.advance(1000)
    await raise({
      ...declined(t.workspaceUuid, 'two'),
      kind: 'reload_failed',
      title: 'Auto-reload has stopped',
    })
    const who = { key: t.workspaceKey }
    expect(await alertsOf(who)).toMatchObject([
      { kind: 'reload_failed', title: 'Auto-reload has stopped', link: '/billing', readAt: null },
      { kind: 'reload_declined', detail: 'Change the card & see <Billing>.', readAt: null },
    ])
    const first = await t.request('GET', '/v1/alerts?limit=1', who)
    const second = await t.request('GET', `/v1/alerts?limit=1&cursor=${first.body.nextCursor}`, who)
    expect(second.body).toMatchObject({ data: [{ kind: 'reload_declined' }], nextCursor: null })
  })

  test('is read by its id, or with all the others', async () => {
    for (const key of ['one', 'two', 'three']) {
      await raise(declined(t.workspaceUuid, key))
      t.clock.advance(1)
    }
    const who = { key: t.workspaceKey }
    const [newest] = await alertsOf(who)
    const read = (body: object) => t.request('POST', '/v1/alerts/read', { ...who, body })
    expect((await read({ ids: [newest?.id] })).body).toEqual({ read: 1 })
    expect((await read({ ids: [newest?.id] })).body).toEqual({ read: 0 })
    expect(await alertsOf(who, '?unread=true')).toHaveLength(2)
    expect((await read({})).body).toEqual({ read: 2 })
    expect(await alertsOf(who, '?unread=true')).toEqual([])
    expect(await alertsOf(who)).toHaveLength(3)
  })

  test('is another workspace’s business alone', async () => {
    await raise(declined(t.workspaceUuid))
    const [alert] = await alertsOf({ key: t.workspaceKey })
    const other = await t.addWorkspace()
    expect(await alertsOf({ key: other.key })).toEqual([])
    const foreign = { key: other.key, body: { ids: [alert?.id] } }
    expect((await t.request('POST', '/v1/alerts/read', foreign)).body).toEqual({ read: 0 })
    const stranger = { cookie: (await t.signUp()).cookie, workspace: t.workspaceId }
    expect((await t.request('GET', '/v1/alerts', stranger)).status).toBe(404)
    expect((await t.request('POST', '/v1/alerts/read', { ...stranger, body: {} })).status).toBe(404)
    expect((await t.request('GET', '/v1/alerts')).status).toBe(401)
    expect(await alertsOf({ key: t.workspaceKey }, '?unread=true')).toHaveLength(1)
  })

  test('is found by every member', async () => {
    const person = await t.signUp()
    const member = { workspaceId: t.workspaceUuid, userId: uuidFrom('user', person.userId) ?? '' }
    await t.database.transaction((tx) => addMember(tx, { ...member, role: 'member' }, t.clock.now()))
    await raise(declined(t.workspaceUuid))
    const who = { cookie: person.cookie, workspace: t.workspaceId }
    expect(await alertsOf(who)).toHaveLength(1)
    expect((await t.request('POST', '/v1/alerts/read', { ...who, body: {} })).body).toEqual({ read: 1 })
  })

  test('asked for with what is no id of one gives 400 and names the field', async () => {
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

  /** Both servers mail what is due. */
  const mailAll = () => Promise.all(apps.map((app) => app.runDue()))

  test('comes once from two servers, says what to do and where', async () => {
    const person = await t.signUp()
    await t.database.query(`update workspaces set name = 'Acme' where id = $1`, [uuidOf(person)])
    await raise(declined(uuidOf(person)))
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
    await raise(declined(workspaceId))
    await mailAll()
    const expected = [[owner.email], [second.email]].sort()
    expect(mailbox.mails.map(({ to }) => to).sort()).toEqual(expected)
  })

  test('is tried again later, a few times, when the mail server does not take it', async () => {
    const person = await t.signUp()
    mailbox.open = false
    await raise(declined(uuidOf(person)))
    await mailAll()
    mailbox.open = true
    t.clock.advance(2 * 60_000 - 1)
    await mailAll()
    expect(mailbox.mails).toHaveLength(0)
    t.clock.advance(1)
    await mailAll()
    expect(mailbox.mails).toHaveLength(1)

    mailbox.open = false
    await raise(declined(uuidOf(person), 'second'))
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
        error: 'The mail server did not take it (451).',
      },
    ])
  })

  test('to an address that the mail server does not know is given up at once, in its words, and can be sent again', async () => {
    const person = await t.signUp()
    mailbox.unknown.add(person.email)
    await raise(declined(uuidOf(person)))
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

  test('does not go to who left before it could be sent', async () => {
    const person = await t.signUp()
    mailbox.open = false
    await raise(declined(uuidOf(person)))
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
    expect(left.body.data).toMatchObject([{ status: 'failed', error: 'This person is no member any more.' }])
  })

  test('is not sent about a demo', async () => {
    const person = await t.signUp()
    await t.database.query('update workspaces set demo = true where id = $1', [uuidOf(person)])
    await raise(declined(uuidOf(person)))
    await mailAll()
    expect(mailbox.mails).toEqual([])
  })
})

describe('without a mail server', () => {
  test('the owners’ mail is a file that only the operator may read', async () => {
    const person = await t.signUp()
    await raise(declined(uuidOf(person)))
    await later(1000)
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
  /** One who hears of no low balance beside it. */
  async function customerWith(card: TestCard = 'success') {
    const customer = await reloadCustomer(t, { card })
    await customer.ask('PATCH', '/v1/workspace', { body: { lowBalanceCredits: 0 } })
    return customer
  }

  test('tells of the first decline and of giving up, once each; after a new card, of the next one', async () => {
    const customer = await customerWith('decline')
    const who = { key: customer.key }
    const kinds = async () => (await alertsOf(who)).map(({ kind }) => kind)
    const other = await t.addProcess()
    await customer.setBalance(30)
    await customer.save()
    await customer.talkFor(11 * 60_000)
    await Promise.all([t.app.runDue(), other.app.runDue()])
    expect(await alertsOf(who)).toMatchObject([
      {
        kind: 'reload_declined',
        detail: expect.stringMatching(
          /^Auto-reload could not buy 2 × 100 credits for \$24\.00\. The bank declined the card\..* The card is tried again on .* Change the card/,
        ),
      },
    ])
    await later(HOUR_MS)
    await customer.talkFor(60_000)
    await later(60_000)
    expect(await customer.charges()).toBe(2)
    expect(await kinds()).toEqual(['reload_declined'])
    await later(DAY_MS)
    expect(await kinds()).toEqual(['reload_failed', 'reload_declined'])
    await later(5 * DAY_MS)
    expect(await kinds()).toEqual(['reload_failed', 'reload_declined'])
    await customer.addCard('insufficient_funds')
    await t.app.runDue()
    expect(await kinds()).toEqual(['reload_declined', 'reload_failed', 'reload_declined'])
  })

  test('tells of what it bought, once, with the balance after it; nothing is told of what people buy', async () => {
    const customer = await customerWith()
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    const body = { packageId: 'credits_100', quantity: 1 }
    await t.request('POST', '/v1/purchases', { key: customer.key, body })
    await later(1000)
    expect(await alertsOf({ key: customer.key })).toMatchObject([
      {
        kind: 'reload_done',
        title: 'Auto-reload bought 2 × 100 credits',
        detail: 'It paid $24.00. The balance is 210 credits now.',
        link: '/billing',
      },
    ])
  })

  test('tells that a bank wants a confirmation', async () => {
    const customer = await customerWith('requires_action')
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    await t.app.runDue()
    expect(await alertsOf({ key: customer.key })).toMatchObject([
      { kind: 'reload_failed', title: 'Auto-reload: your bank wants a confirmation' },
    ])
  })

  test('tells once a month that the cap is reached', async () => {
    const customer = await customerWith()
    const who = { key: customer.key }
    await customer.setBalance(10)
    await customer.save({ monthlyCap: { minor: 2_400, currency: 'USD' } })
    await t.app.autoReload.idle()
    for (let times = 0; times < 2; times += 1) {
      await customer.setBalance(10)
      await later(1000)
      await customer.setBalance(100)
      await later(1000)
    }
    // Beside what was bought before.
    const ofCap = async () => (await alertsOf(who)).filter(({ kind }) => kind === 'reload_capped')
    expect(await ofCap()).toMatchObject([{ kind: 'reload_capped', link: '/billing' }])
    await customer.setBalance(10)
    await later(1000)
    expect(await ofCap()).toHaveLength(1)
    // A month later it buys once more, and is at the cap again.
    await later(10 * DAY_MS)
    await customer.setBalance(10)
    await later(1000)
    expect(await ofCap()).toHaveLength(2)
  })

  test('tells who listens', async () => {
    const customer = await customerWith('decline')
    await customer.setBalance(10)
    const address = await t.app.listen()
    const stream = await openEvents(`${address}/v1/events`, { authorization: `Bearer ${customer.key}` })
    const ofAlerts = ({ event }: { event: string }) => event === 'alert'
    await customer.save()
    await t.app.autoReload.idle()
    const [alert] = await alertsOf({ key: customer.key })
    expect((await stream.next(ofAlerts)).data).toEqual({ id: alert?.id })
    await t.request('POST', '/v1/alerts/read', { key: customer.key, body: {} })
    expect((await stream.next(ofAlerts)).data).toEqual({})
    stream.close()
  })
})

test('a renewal that fails is told once, with its dates, and so is the end of the plan', async () => {
  const { key } = await t.addWorkspace({ planId: 'free' })
  const post = (path: string, body: object = {}) => t.request('POST', path, { key, body })
  await post('/v1/payment-methods', { testCard: 'success' })
  await post('/v1/subscription', { planId: 'starter' })
  const { body: card } = await post('/v1/payment-methods', { testCard: 'decline' })
  await post(`/v1/payment-methods/${card.id}/default`)
  const { cycle } = (await t.request<{ cycle: { endsAt: string } }>('GET', '/v1/subscription', { key })).body
  t.clock.set(Date.parse(cycle.endsAt))
  await later(1000)
  const other = await t.addProcess()
  await Promise.all([t.app.runDue(), other.app.runDue()])
  expect(await alertsOf({ key })).toMatchObject([
    {
      kind: 'renewal_failed',
      title: 'The payment for the Starter plan failed',
      detail: expect.stringMatching(
        /^\$\S+ could not be charged\. The bank declined the card\..* The charge will be retried on 23 Dec 2026, 10:00 \(UTC\), 25 Dec 2026, 10:00 \(UTC\) and 27 Dec 2026, 10:00 \(UTC\)\. If the last attempt fails too, the Starter plan ends and the Free plan begins\./,
      ),
    },
  ])
  for (const days of [1, 2]) await later(days * DAY_MS + 60_000)
  expect(await alertsOf({ key })).toHaveLength(1)
  await later(2 * DAY_MS + 60_000)
  await later(40 * DAY_MS)
  expect(await alertsOf({ key })).toMatchObject([
    { kind: 'plan_ended', title: 'The Starter plan has ended' },
    { kind: 'renewal_failed' },
  ])
})
