import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import {
  type Choice,
  ordinaryChoice,
  type ReloadCustomer,
  reloadCustomer,
} from '../../test/reload-customer.ts'
import { closeInOrder } from '../../test/voice-stack.ts'

let t: TestApp
let customer: ReloadCustomer
beforeAll(async () => {
  t = await testApp()
  customer = await reloadCustomer(t)
})
afterAll(() => closeInOrder(t))

describe('PUT /v1/auto-reload', () => {
  test('200: saves the five settings and nothing else', async () => {
    const choice: Choice = {
      enabled: true,
      thresholdCredits: 12.5,
      packageId: 'credits_500',
      quantity: 3,
      monthlyCap: { minor: 16_500, currency: 'USD' },
    }
    const { status, body } = await customer.save(choice)
    expect(status).toBe(200)
    expect(body).toMatchObject({ ...choice, price: { minor: 16_500 }, credits: { credits: 1_500 } })
    expect(await customer.autoReload()).toEqual(body)
    await customer.save({ ...choice, enabled: false, monthlyCap: null })
    expect(await customer.autoReload()).toMatchObject({ ...choice, enabled: false, monthlyCap: null })
  })

  const wrong: [string, Record<string, unknown>, string, string][] = [
    ['a threshold below 1 credit', { thresholdCredits: 0.99 }, '/thresholdCredits', 'at least 1'],
    ['a huge threshold', { thresholdCredits: 1e7 }, '/thresholdCredits', 'at most 1000000'],
    ['a threshold that is no number', { thresholdCredits: '20' }, '/thresholdCredits', 'a number'],
    ['no package at all', { quantity: 0 }, '/quantity', 'at least 1'],
    ['too many packages', { quantity: 101 }, '/quantity', 'at most 100'],
    ['half a package', { quantity: 1.5 }, '/quantity', 'whole number'],
    ['a switch that is neither on nor off', { enabled: 'yes' }, '/enabled', 'true or false'],
    ['a cap that is missing', { monthlyCap: undefined }, '/monthlyCap', 'missing'],
    ['an unknown field', { cap: 1 }, '/cap', 'no field "cap"'],
    [
      'a cap below the price of one reload',
      { monthlyCap: { minor: 2399, currency: 'USD' } },
      '/monthlyCap/minor',
      'at least 2400: one reload costs $24.00',
    ],
    [
      'a cap in another currency',
      { monthlyCap: { minor: 24_000, currency: 'EUR' } },
      '/monthlyCap/currency',
      'must be USD',
    ],
  ]
  test.each(wrong)('400 for %s', async (_name, change, pointer, sentence) => {
    const before = await customer.autoReload()
    const { status, body } = await customer.ask('PUT', '/v1/auto-reload', {
      body: { ...ordinaryChoice, ...change },
    })
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ pointer }] })
    expect(body.detail).toContain(sentence)
    expect(await customer.autoReload()).toEqual(before)
  })

  test('404 for an unknown package', async () => {
    const { status, body } = await customer.save({ packageId: 'credits_7' })
    expect(status).toBe(404)
    expect(body).toMatchObject({
      code: 'package_not_found',
      detail:
        'There is no package "credits_7". The packages are: credits_100, credits_500, credits_1000, credits_5000.',
    })
  })
})

describe('access to auto-reload', () => {
  test('is reading for members, changing for owners and admins, and nothing for others', async () => {
    const owner = await t.signUp()
    await t.request('POST', '/v1/subscription', {
      key: t.operatorKey,
      workspace: owner.workspaceId,
      body: { planId: 'growth' },
    })
    const invite = async (role: string, email: string) => {
      const { cookie } = owner
      const { body } = await t.request('POST', '/v1/invitations', { cookie, body: { email, role } })
      const token = new URL(String(body.url), 'http://localhost').searchParams.get('token') ?? ''
      return t.signUp({ invitation: token })
    }
    const admin = await invite('admin', 'person2@example.com')
    const member = await invite('member', 'person3@example.com')
    for (const { cookie } of [owner, admin, member]) {
      expect((await t.request('GET', '/v1/auto-reload', { cookie })).status).toBe(200)
      expect((await t.request('GET', '/v1/auto-reload/attempts', { cookie })).status).toBe(200)
    }
    const put = (cookie: string) => t.request('PUT', '/v1/auto-reload', { cookie, body: ordinaryChoice })
    expect((await put(owner.cookie)).status).toBe(200)
    expect((await put(admin.cookie)).status).toBe(200)
    const refused = await put(member.cookie)
    expect(refused.status).toBe(403)
    expect(refused.body.code).toBe('forbidden')
    const foreign = { cookie: member.cookie, workspace: customer.workspaceId }
    expect((await t.request('GET', '/v1/auto-reload', foreign)).status).toBe(404)
    expect((await t.request('GET', '/v1/auto-reload')).status).toBe(401)
  })

  test('is open to the operator', async () => {
    const { status, body } = await t.request('GET', '/v1/auto-reload', {
      key: t.operatorKey,
      workspace: customer.workspaceId,
    })
    expect(status).toBe(200)
    expect(body).toEqual(await customer.autoReload())
  })
})

describe('GET /v1/auto-reload/attempts', () => {
  test('lists them newest first, in pages', async () => {
    const busy = await reloadCustomer(t)
    await busy.setBalance(0)
    await busy.save({ thresholdCredits: 450, quantity: 1, monthlyCap: null })
    await t.app.autoReload.idle()
    const all = await busy.attempts()
    expect(all.map(({ balance }) => balance.credits)).toEqual([400, 300, 200, 100, 0])
    const seen: unknown[] = []
    let cursor = ''
    do {
      const { body } = await busy.ask('GET', `/v1/auto-reload/attempts?limit=2${cursor}`)
      seen.push(...body.data)
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    expect(seen).toEqual(all)
    const other = await customer.ask('GET', '/v1/auto-reload/attempts')
    expect(other.body.data).not.toContainEqual(expect.objectContaining({ id: all[0]?.id }))
  })
})

describe('the recommended threshold', () => {
  test('of a workspace without usage is a starting point', async () => {
    const fresh = await reloadCustomer(t)
    expect((await fresh.autoReload()).recommendation).toEqual({
      thresholdCredits: 10,
      because: 'There was no usage in the last 30 days: 10 credits are enough to begin with.',
    })
  })

  test('covers the busiest two hours of the last 30 days', async () => {
    const busy = await reloadCustomer(t, { planId: 'scale' })
    await busy.talkFor(3 * 60_000)
    expect((await busy.autoReload()).recommendation).toEqual({
      thresholdCredits: 10,
      because:
        'The busiest two hours of the last 30 days used 3 credits: the least that leaves time for a reload is 10 credits.',
    })
    for (const minutes of [20, 12.5, 1, 0.5]) {
      t.clock.advance(HOUR_MS)
      await busy.talkFor(minutes * 60_000)
    }
    const advice = {
      thresholdCredits: 35,
      because:
        'The busiest two hours of the last 30 days used 32.5 credits: 35 credits last through such hours while a reload, or a second try, comes in.',
    }
    expect((await busy.autoReload()).recommendation).toEqual(advice)
    t.clock.advance(29 * DAY_MS)
    expect((await busy.autoReload()).recommendation).toEqual(advice)
    t.clock.advance(DAY_MS)
    expect((await busy.autoReload()).recommendation).toMatchObject({ thresholdCredits: 10 })
  })
})
