import { DAY_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, testApp } from '../../test/app.ts'
import { verifyAll } from '../../test/world.ts'

/** The fields that these tests read from the bodies of several routes. */
type Body = {
  readonly id: string
  readonly code: string
  readonly change: string
  readonly planId: string
  readonly pendingPlanId: string | null
  readonly status: string
  readonly cycle: { readonly startsAt: string; readonly endsAt: string }
  readonly plan: { readonly paid: boolean }
  readonly purchase: { readonly id: string }
  readonly balance: { readonly credits: number }
  readonly monthly: { readonly remaining: { readonly credits: number } }
  readonly data: readonly { readonly purpose: string; readonly status: string; readonly kind: string }[]
}

let t: TestApp
let free: KeyedWorkspace

beforeEach(async () => {
  t = await testApp()
  free = await t.addWorkspace({ planId: 'free', timeZone: 'America/New_York' })
})
afterEach(async () => {
  expect(await verifyAll(t.database)).toEqual([])
  await t.close()
})

function post(path: string, body: unknown = {}, options: { idempotencyKey?: string; key?: string } = {}) {
  return t.request<Body>('POST', path, { key: free.key, body, ...options })
}

async function get(path: string) {
  return (await t.request<Body>('GET', path, { key: free.key })).body
}

const addCard = (testCard: string) => post('/v1/payment-methods', { testCard })

async function readCredits(part: 'balance' | 'monthly') {
  const balance = await get('/v1/balance')
  return part === 'balance' ? balance.balance.credits : balance.monthly.remaining.credits
}

/** Lets time pass and runs what is due. */
async function pass(ms: number) {
  t.clock.advance(ms)
  await t.app.runDue()
}

test('the preview of an upgrade at the start of a cycle states the full difference of price and credits', async () => {
  const preview = await post('/v1/subscription/preview', { planId: 'starter' })
  expect(preview.status).toBe(200)
  expect(preview.body).toMatchObject({
    change: 'upgrade',
    from: 'free',
    to: 'starter',
    charge: { minor: 2900, currency: 'USD' },
    credits: { credits: 220 },
    allowed: false,
    reason: 'There is no card to charge. Add one first.',
  })
})

test('an upgrade with the card that succeeds is charged, granted and effective at once', async () => {
  await addCard('success')
  const changed = await post('/v1/subscription', { planId: 'starter' })
  expect(changed.status).toBe(200)
  expect(changed.body).toMatchObject({
    change: 'upgrade',
    purchase: { status: 'succeeded', purpose: 'plan_change', amount: { minor: 2900 } },
    subscription: { planId: 'starter', status: 'active', renewal: { amount: { minor: 2900 } } },
  })
  expect(await readCredits('balance')).toBe(250)
  expect((await get('/v1/workspace')).plan.paid).toBe(true)
})

test('half way through the cycle an upgrade costs and grants half', async () => {
  await addCard('success')
  const { cycle } = await get('/v1/subscription')
  t.clock.set((Date.parse(cycle.startsAt) + Date.parse(cycle.endsAt)) / 2)
  const changed = await post('/v1/subscription', { planId: 'growth' })
  expect(changed.body.purchase).toMatchObject({ amount: { minor: 4950 }, credits: { credits: 485 } })
  expect(await readCredits('monthly')).toBe(515)
})

test('a declined card gives 402, and neither plan nor credits change', async () => {
  await addCard('decline')
  const changed = await post('/v1/subscription', { planId: 'starter' })
  expect(changed.status).toBe(402)
  expect(changed.body.code).toBe('payment_declined')
  expect((await get('/v1/subscription')).planId).toBe('free')
  expect(await readCredits('balance')).toBe(30)
})

test('without a card an upgrade gives 409 payment_method_required', async () => {
  const changed = await post('/v1/subscription', { planId: 'starter' })
  expect([changed.status, changed.body.code]).toEqual([409, 'payment_method_required'])
})

test('a plan without a list price gives 409 plan_on_request, but the operator may set it', async () => {
  await addCard('success')
  const asked = await post('/v1/subscription', { planId: 'enterprise' })
  expect([asked.status, asked.body.code]).toEqual([409, 'plan_on_request'])
  const options = { key: t.operatorKey, workspace: free.id, body: { planId: 'enterprise' } }
  const set = await t.request<Body>('POST', '/v1/subscription', options)
  expect(set.body).toMatchObject({
    purchase: null,
    subscription: { planId: 'enterprise', status: 'invoiced' },
  })
  expect(await readCredits('balance')).toBe(10_000)
})

test('an unknown plan gives 404 plan_not_found', async () => {
  const changed = await post('/v1/subscription', { planId: 'gold' })
  expect([changed.status, changed.body.code]).toEqual([404, 'plan_not_found'])
})

test('the same Idempotency-Key changes and charges once; another body gives 409', async () => {
  await addCard('success')
  const first = await post('/v1/subscription', { planId: 'starter' }, { idempotencyKey: 'k' })
  const again = await post('/v1/subscription', { planId: 'starter' }, { idempotencyKey: 'k' })
  expect(again.body.purchase.id).toBe(first.body.purchase.id)
  expect(again.headers['idempotent-replayed']).toBe('true')
  const other = await post('/v1/subscription', { planId: 'growth' }, { idempotencyKey: 'k' })
  expect([other.status, other.body.code]).toEqual([409, 'idempotency_mismatch'])
  expect(await readCredits('balance')).toBe(250)
})

test('a downgrade waits for the end of the cycle and can be undone', async () => {
  await addCard('success')
  await post('/v1/subscription', { planId: 'growth' })
  const down = await post('/v1/subscription', { planId: 'starter' })
  expect(down.body).toMatchObject({
    change: 'downgrade',
    subscription: { planId: 'growth', pendingPlanId: 'starter' },
  })
  expect((await post('/v1/subscription', { planId: 'growth' })).body.change).toBe('keep')
  expect((await get('/v1/subscription')).pendingPlanId).toBe(null)
  await post('/v1/subscription', { planId: 'starter' })
  await pass(31 * DAY_MS)
  expect(await get('/v1/subscription')).toMatchObject({
    planId: 'starter',
    pendingPlanId: null,
    status: 'active',
  })
  expect(await readCredits('balance')).toBe(250)
})

test('a renewal is charged once at the end of the cycle', async () => {
  await addCard('success')
  await post('/v1/subscription', { planId: 'starter' })
  await pass(31 * DAY_MS)
  await pass(60_000)
  const { data } = await get('/v1/purchases')
  const purposes = data.map(({ purpose, status }) => [purpose, status])
  expect(purposes).toEqual([
    ['renewal', 'succeeded'],
    ['plan_change', 'succeeded'],
  ])
  expect(await readCredits('balance')).toBe(250)
})

test('cycles that passed while the server was down are granted and expire, and only the current one is charged', async () => {
  await addCard('success')
  await post('/v1/subscription', { planId: 'starter' })
  await pass(95 * DAY_MS)
  const { data } = await get('/v1/purchases')
  expect(data.filter(({ purpose }) => purpose === 'renewal')).toHaveLength(1)
  const transactions = (await get('/v1/transactions')).data
  expect(transactions.filter(({ kind }) => kind === 'expiry')).toHaveLength(3 + 1)
  expect(await readCredits('balance')).toBe(250)
})

test('a declined renewal is charged again after 1, 3 and 5 days, then the Free plan begins', async () => {
  await addCard('success')
  await post('/v1/subscription', { planId: 'starter' })
  const { id } = (await addCard('decline')).body
  await post(`/v1/payment-methods/${id}/default`)
  const { cycle } = await get('/v1/subscription')
  t.clock.set(Date.parse(cycle.endsAt))
  await pass(1000)
  expect(await get('/v1/subscription')).toMatchObject({ planId: 'starter', status: 'past_due' })
  expect(await readCredits('balance')).toBe(250)
  for (const days of [1, 2, 2]) await pass(days * DAY_MS + 60_000)
  const renewals = (await get('/v1/purchases')).data.filter(({ purpose }) => purpose === 'renewal')
  expect(renewals.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'failed'])
  expect(await get('/v1/subscription')).toMatchObject({ planId: 'free', status: 'active', pastDue: null })
  expect(await readCredits('balance')).toBe(30)
})

test('a new card pays an unpaid renewal at once', async () => {
  await addCard('success')
  await post('/v1/subscription', { planId: 'starter' })
  const { id } = (await addCard('insufficient_funds')).body
  await post(`/v1/payment-methods/${id}/default`)
  await pass(31 * DAY_MS)
  expect((await get('/v1/subscription')).status).toBe('past_due')
  await addCard('success')
  await pass(1000)
  expect(await get('/v1/subscription')).toMatchObject({ planId: 'starter', status: 'active', pastDue: null })
})

test('a workspace that the operator created on a paid plan is invoiced and never charged', async () => {
  const invoiced = await t.addWorkspace({ planId: 'growth' })
  await pass(31 * DAY_MS)
  const options = { key: invoiced.key }
  const subscription = await t.request('GET', '/v1/subscription', options)
  expect(subscription.body).toMatchObject({ status: 'invoiced', renewal: null })
  expect((await t.request('GET', '/v1/purchases', options)).body.data).toEqual([])
})
