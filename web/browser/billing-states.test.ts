import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect, violations } from './accessibility.ts'
import { addCard, payingCustomer } from './paying-customer.ts'
import { asPage, connectStack, newAgent, openProduct, type Product, secondsAgo, signUp } from './product.ts'

let product: Product
/** A page of a workspace on a paid plan with payments. */
let page: Page
let receipt: string

beforeAll(async () => {
  product = await openProduct()
  page = await product.visit({ reducedMotion: 'reduce' })
  await payingCustomer(page)
  const bought = await asPage(page, 'POST', '/v1/purchases', { packageId: 'credits_100', quantity: 2 })
  receipt = `/billing/receipts/${bought.id}`
  const agent = await asPage(page, 'POST', '/v1/agents', newAgent)
  const stack = await connectStack(product, page)
  const over = await stack('', { agentId: agent.id, direction: 'web', at: secondsAgo(4_000) })
  await stack(`/${over.id}/answer`, { at: secondsAgo(3_900) })
  await stack(`/${over.id}/end`, { at: secondsAgo(900) })
  const live = await stack('', { agentId: agent.id, direction: 'web' })
  await stack(`/${live.id}/answer`)
  await addCard(page, 'requires_action')
  await asPage(page, 'PUT', '/v1/auto-reload', {
    enabled: true,
    thresholdCredits: 1_000,
    packageId: 'credits_100',
    quantity: 1,
    monthlyCap: { minor: 24_000, currency: 'USD' },
  })
  await asPage(page, 'POST', '/v1/subscription', { planId: 'free' })
})
afterAll(() => product.close())

const pages: [name: string, path: () => string, shows: string | RegExp][] = [
  ['Billing, with everything that can wait', () => '/billing', /^Changes to Free on/],
  ['Billing, its credits', () => '/billing?history=credits', '+200.00'],
  ['Billing, its attempts', () => '/billing?history=reloads', 'Balance'],
  ['Buying credits', () => '/billing?buy=credits_500', 'Purchase · $55.00'],
  ['An upgrade', () => '/billing?plan=growth', /^Upgrade · /],
  ['A receipt', () => receipt, 'Total in USD'],
  ['A payment that does not exist', () => '/billing/receipts/pur_none', /Payment not found/],
]

test.each(pages)('%s: accessible in light and dark, wide and narrow', async (_name, path, shows) => {
  await page.goto(path())
  await page.getByText(shows).first().waitFor()
  await inspect(page)
})

test('adding a card, and a purchase that needs confirmation, are accessible too', async () => {
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.goto('/billing')
  await page.getByRole('button', { name: 'Add card' }).click()
  await page.getByRole('dialog', { name: 'Add a card' }).waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  const bought = await asPage(page, 'POST', '/v1/purchases', { packageId: 'credits_100', quantity: 1 })
  await page.goto(`/billing?purchase=${bought.id}`)
  await page.getByRole('dialog', { name: 'Confirm with your bank' }).waitFor()
  expect(await violations(page)).toEqual([])
})

test('Billing on the Free plan: accessible in light and dark, wide and narrow', async () => {
  const visitor = await product.visit({ reducedMotion: 'reduce' })
  await signUp(visitor)
  await visitor.goto('/billing')
  await visitor.getByText('No payments yet').waitFor()
  await inspect(visitor)
  await visitor.context().close()
})

test('the pricing page needs no sign-in, and is accessible in light and dark, wide and narrow', async () => {
  const visitor = await product.visit({ reducedMotion: 'reduce' })
  await visitor.goto('/pricing')
  await visitor.getByRole('columnheader', { name: /Growth \$99\.00 a month/ }).waitFor()
  await visitor.getByText('$0.09 per credit').waitFor()
  await inspect(visitor)
  await visitor.getByRole('link', { name: 'Get started: Starter' }).click()
  await visitor.waitForURL('**/sign-up')
  await visitor.context().close()
})

test('a failing card says so with its request id, leaves the others working, and can be retried', async () => {
  const failing = { status: 500, code: 'internal', detail: 'Something went wrong.', requestId: 'req_for_us' }
  await page.route('**/v1/auto-reload', (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(failing) }),
  )
  await page.goto('/billing')
  const alert = page.getByRole('alert').filter({ hasText: 'Auto-reload could not be loaded' })
  await alert.getByText('req_for_us').waitFor()
  await page.getByRole('table', { name: 'Plan comparison' }).waitFor()
  await page.getByText('Visa •••• 4242').first().waitFor()
  await page.unroute('**/v1/auto-reload')
  await alert.getByRole('button', { name: 'Retry' }).click()
  await page.getByRole('form', { name: 'Auto-reload' }).waitFor()
})

test('the balance falls during a call, and the page says how long it lasts', async () => {
  await page.goto('/billing')
  await page.getByText('1 credit a minute, enough until', { exact: false }).waitFor()
  await page.getByText(/at \d+ credits a day, as in the last/).waitFor()
  const shown = async () => Number.parseFloat((await page.locator('p[data-state]').textContent()) ?? '')
  const before = await shown()
  await expect.poll(shown).toBeLessThan(before)
})
