import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, testApp } from '../../test/app.ts'
import { createBuyers } from '../../test/buyers.ts'

const HOUR_MS = 3_600_000

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

const buyers = createBuyers(() => t)

async function declinedTimes(workspace: KeyedWorkspace, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    expect((await buyers.buy(workspace)).body).toMatchObject({ status: 402, code: 'payment_declined' })
    t.clock.advance(1_000)
  }
}

const addCard = (workspace: KeyedWorkspace, testCard = 'success') =>
  t.request('POST', '/v1/payment-methods', { key: workspace.key, body: { testCard } })

describe('after five declined payments in an hour', () => {
  test('429: nothing is bought and no card is added until an hour after the first of them', async () => {
    const workspace = await buyers.addWorkspace('decline')
    const firstMs = t.clock.now()
    await declinedTimes(workspace, 5)
    for (const refused of [await buyers.buy(workspace), await addCard(workspace)]) {
      expect(refused.body).toMatchObject({ status: 429, code: 'too_many_declines' })
      const waitMs = Number(refused.headers['retry-after']) * 1_000
      expect(waitMs).toBeGreaterThan(HOUR_MS - 10_000)
      expect(waitMs).toBeLessThanOrEqual(HOUR_MS)
    }
    expect((await buyers.listPurchases(workspace)).length).toBe(5)
    t.clock.set(firstMs + HOUR_MS)
    expect((await addCard(workspace)).status).toBe(201)
    t.clock.advance(1)
    expect((await buyers.buy(workspace)).status).toBe(201)
  })

  test('429: an upgrade is refused too', async () => {
    const workspace = await buyers.addWorkspace('decline', 'starter')
    await declinedTimes(workspace, 5)
    const upgrade = await t.request('POST', '/v1/subscription', {
      key: workspace.key,
      body: { planId: 'scale' },
    })
    expect(upgrade.body).toMatchObject({ status: 429, code: 'too_many_declines' })
  })

  test('201: a repeat of an earlier purchase still gets its answer', async () => {
    const workspace = await buyers.addWorkspace('decline')
    const first = await buyers.buy(workspace, { idempotencyKey: 'once' })
    await declinedTimes(workspace, 4)
    const again = await buyers.buy(workspace, { idempotencyKey: 'once' })
    expect([again.status, again.body.code]).toEqual([402, first.body.code])
  })

  test('another workspace is not affected', async () => {
    const [tested, other] = [await buyers.addWorkspace('decline'), await buyers.addWorkspace('success')]
    await declinedTimes(tested, 5)
    expect((await buyers.buy(other)).status).toBe(201)
  })
})

test('429: after ten declined payments in a day, the next are refused for the rest of it', async () => {
  const workspace = await buyers.addWorkspace('decline')
  await declinedTimes(workspace, 5)
  t.clock.advance(HOUR_MS)
  await declinedTimes(workspace, 5)
  t.clock.advance(HOUR_MS)
  const refused = await buyers.buy(workspace)
  expect(refused.body).toMatchObject({ status: 429, code: 'too_many_declines' })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan((21 * HOUR_MS) / 1_000)
})

test('429: payments that are ordered at once count before their outcome is known', async () => {
  const workspace = await buyers.addWorkspace('decline')
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      buyers.buy(workspace, { body: { packageId: 'credits_100', quantity: index + 1 } }),
    ),
  )
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 402).length).toBe(5)
  expect(statuses.filter((status) => status === 429).length).toBe(15)
})

test('429: a workspace adds ten cards a day', async () => {
  const workspace = await t.addWorkspace()
  const startMs = t.clock.now()
  for (let index = 0; index < 10; index += 1) {
    expect((await addCard(workspace)).status).toBe(201)
    t.clock.advance(1_000)
  }
  const refused = await addCard(workspace)
  expect(refused.body).toMatchObject({ status: 429, code: 'too_many_cards' })
  expect(Number(refused.headers['retry-after'])).toBe((24 * HOUR_MS - 10_000) / 1_000)
  t.clock.set(startMs + 24 * HOUR_MS)
  expect((await addCard(workspace)).status).toBe(201)
})
