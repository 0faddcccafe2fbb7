import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect, violations } from './accessibility.ts'
import { addCard } from './paying-customer.ts'
import { asPage, openProduct, type Product, secondsAgo, workspaceWithCalls } from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

test('low, out and back: every page says since when, what it means for calls and how to fix it', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  const { agentId, stack } = await workspaceWithCalls(product, page)
  const call = await stack('', { agentId, direction: 'web', at: secondsAgo(1_700) })
  await stack(`/${call.id}/answer`, { at: secondsAgo(1_690) })
  const banner = page.getByRole('status').filter({ hasText: 'Less than 5 credits left' })
  await banner.getByText(/Less than 5 credits left\. With 1 live call, credits last until \d/).waitFor()
  await page.getByRole('button', { name: /^Balance.*Low/ }).waitFor()
  await banner.getByRole('button', { name: 'Dismiss' }).click()
  await banner.waitFor({ state: 'hidden' })

  const other = await stack('', { agentId, direction: 'web', at: secondsAgo(300) })
  await stack(`/${other.id}/answer`, { at: secondsAgo(290) })
  const out = page.getByRole('status').filter({ hasText: 'Out of credits since' })
  await out.getByText(/incoming calls are not answered\. 2 live calls are being ended/).waitFor()
  await page.goto('/agents')
  await out.getByRole('link', { name: 'Compare plans' }).waitFor()
  await inspect(page)

  await addCard(page, 'success')
  await asPage(page, 'POST', '/v1/subscription', { planId: 'starter' })
  await page.getByText('Credits are back. Calls are answered again.').waitFor()
  await out.waitFor({ state: 'hidden' })
})

test('a member hangs up a call after a warning, and the call shows that it is ending', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  const { agentId, stack } = await workspaceWithCalls(product, page)
  const call = await stack('', { agentId, direction: 'inbound', from: '+4915112344567' })
  await stack(`/${call.id}/answer`)
  const row = page.getByRole('row', { name: /\+4915 ••• 4567/ })
  await row.getByRole('button', { name: 'Hang up the call between Reception and +4915 ••• 4567' }).click()
  const dialog = page.getByRole('dialog', { name: 'Hang up this call?' })
  await dialog.getByText(/charged until the voice stack has hung up/).waitFor()
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Hang up' }).click()
  await row.getByText('Ending…').waitFor()
  await row.getByText('by a member').waitFor()
  expect(await row.getByRole('button').count()).toBe(0)
  expect(await stack(`/${call.id}/heartbeat`)).toMatchObject({ continue: false })
  await page.goto(`/calls/${call.id}`)
  await page.getByText(/^\d\d:\d\d:\d\d\.\d{3}, by a member$/).waitFor()
})

test('the workspace chooses the level below which its balance is low', async () => {
  const page = await product.visit()
  await workspaceWithCalls(product, page)
  await page.goto('/settings/workspace')
  const level = page.getByRole('textbox', { name: 'Low balance in credits' })
  await level.fill('40')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Less than 40 credits left.').waitFor()
  await level.fill('')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Less than 40 credits left.').waitFor({ state: 'hidden' })
  expect(await asPage(page, 'GET', '/v1/workspace')).toMatchObject({ lowBalanceCredits: null })
})
