import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect, violations } from './accessibility.ts'
import { asPage, newAgent, openProduct, type Product, secondsAgo, workspaceWithCalls } from './product.ts'

let product: Product
/** A page of a workspace with calls. */
let page: Page
let receipt: string

beforeAll(async () => {
  product = await openProduct()
  page = await product.visit({ reducedMotion: 'reduce' })
  const { agentId, stack } = await workspaceWithCalls(product, page)
  await asPage(page, 'POST', '/v1/agents', {
    ...newAgent,
    name: 'After-hours line',
    phoneNumber: '+33184880050',
  })
  await asPage(page, 'POST', '/v1/invitations', { email: 'jo@example.com', role: 'member' })
  const over = await stack('', { agentId, direction: 'inbound', from: '+4915112344567', at: secondsAgo(200) })
  await stack(`/${over.id}/answer`, { at: secondsAgo(190) })
  await stack(`/${over.id}/end`, { at: secondsAgo(60) })
  receipt = `/calls/${over.id}`
  const live = await stack('', { agentId, direction: 'outbound', to: '+14155550188' })
  await stack(`/${live.id}/answer`)
})
afterAll(() => product.close())

const pages: [name: string, path: () => string, shows: string][] = [
  ['Live calls', () => '/live', '+1415 ••• 0188'],
  ['Call history', () => '/calls', 'in total'],
  ['Call history without a match', () => '/calls?status=lost', 'No calls match these filters'],
  ['A receipt', () => receipt, 'Ledger'],
  ['A call that does not exist', () => '/calls/call_none', 'Call not found'],
  ['Agents', () => '/agents', 'After-hours line'],
  ['The dialog of an agent', () => '/agents?edit=new', 'LLM provider'],
  ['Workspace settings', () => '/settings/workspace', 'Let the call finish'],
  ['Members', () => '/settings/members', 'jo@example.com'],
  ['API keys', () => '/settings/keys', 'Voice stack'],
  ['Preferences', () => '/settings/preferences', 'Single-letter shortcuts'],
  ['A page that does not exist', () => '/nowhere', 'The link may be outdated or mistyped.'],
]

test.each(pages)('%s: accessible in light and dark, wide and narrow', async (_name, path, shows) => {
  await page.goto(path())
  await page.getByText(shows).first().waitFor()
  await inspect(page)
})

test.each([
  ['Signing in', '/sign-in', 'Sign in'],
  ['Signing up', '/sign-up', 'Create an account'],
  ['An invalid invitation', '/join?token=none', 'This invitation cannot be opened'],
])('%s: accessible in light and dark, wide and narrow', async (_name, path, heading) => {
  const visitor = await product.visit({ reducedMotion: 'reduce' })
  await visitor.goto(path)
  await visitor.getByRole('heading', { name: heading }).waitFor()
  await inspect(visitor)
  await visitor.context().close()
})

test('dialogs, menus and popovers are accessible', async () => {
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.goto('/live')
  await page.getByRole('button', { name: /^Balance/ }).click()
  await page.getByText(/1 call is running/).waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /account menu of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByText('Every call and its receipt').waitFor()
  expect(await violations(page)).toEqual([])
})

test('the first page needs less than 250 KB of JavaScript, and nothing from other sites', async () => {
  const fresh = await page.context().newPage()
  await fresh.goto('/live')
  await fresh.getByText('+1415 ••• 0188').waitFor()
  const loaded = await fresh.evaluate(() =>
    performance.getEntriesByType('resource').map((entry) => {
      const { name, encodedBodySize } = entry as PerformanceResourceTiming
      return { name, encodedBodySize }
    }),
  )
  const scripts = loaded.filter(({ name }) => name.endsWith('.js'))
  const bytes = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes).toBeLessThan(250_000)
  expect(loaded.filter(({ name }) => !name.startsWith(product.address))).toEqual([])
  await fresh.close()
})

test('on small screens, the navigation is in a drawer', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/live')
  await page.getByRole('button', { name: 'Open navigation' }).click()
  const drawer = page.getByRole('dialog', { name: 'Navigation' })
  await drawer.getByRole('link', { name: 'Call history' }).waitFor()
  expect(await violations(page)).toEqual([])
  await drawer.getByRole('link', { name: 'Call history' }).click()
  await page.waitForURL('**/calls')
  await drawer.waitFor({ state: 'hidden' })
})
