import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from './accessibility.ts'
import {
  asPage,
  openProduct,
  type Product,
  secondsAgo,
  type voiceStack,
  workspaceWithCalls,
} from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

/** Makes a call of exactly 1.5 credits. */
async function talk90Seconds(stack: ReturnType<typeof voiceStack>, agentId: string): Promise<void> {
  const answeredAt = secondsAgo(390)
  const call = await stack('', { agentId, direction: 'web', at: secondsAgo(400) })
  await stack(`/${call.id}/answer`, { at: answeredAt })
  await stack(`/${call.id}/end`, { at: new Date(Date.parse(answeredAt) + 90_000).toISOString() })
}

test('a workspace without calls says what to do first, and updates when the first call ends', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  const { agentId, stack } = await workspaceWithCalls(product, page)
  await page.goto('/usage')
  await page.getByText('No calls yet').waitFor()
  await page.getByRole('link', { name: 'See how to make your first call' }).waitFor()
  await page.getByText('Today', { exact: false }).getByText('0 calls').waitFor()
  await inspect(page)

  await talk90Seconds(stack, agentId)
  const card = page.getByRole('region', { name: 'Range Spend' })
  await card.getByText('1 call · 90.000 s of conversation').waitFor()
  await card.getByText('No cost: 1.5 credits that were free').waitFor()
  await page.getByRole('region', { name: 'Recent transactions' }).getByText('−1.50').waitFor()
  await page.getByRole('region', { name: 'Top Spending Agents' }).getByText('100.0%').waitFor()

  await page.goto('/usage?from=2024-01-01&to=2024-01-31')
  await page.getByText('No credits used in these dates').waitFor()
  await page.getByText(/^The last charged call ended on \d/).waitFor()
  await page.getByRole('button', { name: 'Show all dates' }).click()
  await card.getByText('1 call · 90.000 s of conversation').waitFor()
  expect(new URL(page.url()).search).toBe('?window=all')
})

test('a window that could not be loaded says so with its request id, and leaves the rest working', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  await workspaceWithCalls(product, page)
  const failing = {
    status: 500,
    code: 'internal',
    detail: 'Something went wrong.',
    requestId: 'req_for_support',
  }
  await page.route('**/v1/usage/range*', (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(failing) }),
  )
  await page.goto('/usage')
  const alert = page.getByRole('alert').filter({ hasText: 'Spend for these dates could not be loaded' })
  await alert.getByText('req_for_support').waitFor()
  await page.getByText('Monthly usage').waitFor()
  await page.getByRole('region', { name: 'Recent transactions' }).getByText('+30.00').waitFor()
  await inspect(page)
  await page.unroute('**/v1/usage/range*')
  await alert.getByRole('button', { name: 'Retry' }).click()
  await page.getByText('No calls yet').waitFor()
})

test('old numbers stay dimmed on screen while another window loads', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  const { agentId, stack } = await workspaceWithCalls(product, page)
  await talk90Seconds(stack, agentId)
  await page.goto('/usage')
  const card = page.getByRole('region', { name: 'Range Spend' })
  await card.getByText('1 call ·').waitFor()
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/v1/usage/range?preset=all', async (route) => {
    await held
    await route.continue()
  })
  await page.keyboard.press('5')
  await card.getByText('Updating…').waitFor()
  await card.locator('[aria-busy="true"]').getByText('1 call ·').waitFor()
  release()
  await card.getByText(/as of/).waitFor()
  await card.locator('[aria-busy="false"]').getByText('1 call ·').waitFor()
})

test('the budget is set on its card, which says in words when it is exceeded', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  const { agentId, stack } = await workspaceWithCalls(product, page)
  await talk90Seconds(stack, agentId)
  await page.goto('/usage')
  await page.getByText(/^of 30 credits in .*, the plan’s credits$/).waitFor()
  await page.getByRole('button', { name: 'Change the monthly budget' }).click()
  const field = page.getByRole('textbox', { name: 'Monthly budget in credits' })
  await field.and(page.locator(':focus')).waitFor()
  await field.fill('0')
  await page.keyboard.press('Enter')
  await page.getByText('Enter more than 0 credits, or leave it empty').waitFor()
  await field.fill('1')
  await page.keyboard.press('Enter')
  await page.getByText('Over budget').waitFor()
  await page.getByText('150%').waitFor()
  await inspect(page)
  expect(await asPage(page, 'GET', '/v1/workspace')).toMatchObject({ monthlyBudgetCredits: 1 })
})
