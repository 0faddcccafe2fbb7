import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, type TestPerson, testApp } from '../../../test/app.ts'
import { type Mailbox, openMailbox, readable } from '../../../test/mailbox.ts'
import { addMember } from '../../access/index.ts'
import type { App } from '../../app.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { NewAlert } from '../inbox/alert.ts'
import { raiseAlert } from '../index.ts'

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

async function advance(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

const uuidOf = ({ workspaceId }: TestPerson) => uuidFrom('workspace', workspaceId) ?? ''

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
