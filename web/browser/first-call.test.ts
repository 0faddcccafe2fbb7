import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  asOperator,
  openProduct,
  type Product,
  secondsAgo,
  signUp,
  voiceStack,
  workspaceWithCalls,
} from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? ''

/** The header's balance in credits. */
async function balanceShown(page: Page): Promise<number> {
  const text = await textOf(page.getByRole('button', { name: /^Balance/ }))
  return Number(/-?[\d.]+/.exec(text)?.[0])
}

/** The milliseconds in a text such as `−92.500 s`. */
function millisecondsOf(text: string): number {
  return Math.round(Number(text.replace('−', '-').replace(/[^\d.-]/g, '')) * 1000)
}

test('from sign-up to watching a live call and reading its receipt', async () => {
  const page = await product.visit()
  await signUp(page)
  await page.getByText('Add an agent to start taking calls').waitFor()

  await page.getByRole('link', { name: 'New agent' }).click()
  await page.getByLabel('Name').fill('Reception')
  await page.getByLabel('Phone number').fill('+49 30 901820')
  await page.getByRole('combobox', { name: 'LLM provider' }).fill('openai')
  await page.getByLabel('Model').fill('gpt-4.1-mini')
  await page.getByRole('button', { name: 'Create agent' }).click()
  await page.getByRole('cell', { name: '+4930901820' }).waitFor()

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'API keys', exact: true }).click()
  await page.getByRole('button', { name: 'New key' }).click()
  expect(await page.getByRole('checkbox', { name: 'Report calls' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await asOperator(product, page, 'PATCH', '/v1/workspace', { mayReportCalls: true })
  await page.reload()
  await page.getByRole('button', { name: 'New key' }).click()
  expect(await page.getByRole('checkbox', { name: 'Report calls' }).isChecked()).toBe(true)
  await page.getByLabel('Name').fill('Twilio')
  await page.getByRole('button', { name: 'Create key' }).click()
  const key = await textOf(page.getByRole('dialog').getByText(/^tt_/))
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('row', { name: /Twilio Voice stack.*Read, start calls, report calls/ }).waitFor()
  expect(await page.content()).not.toContain(key)

  await page.getByRole('link', { name: 'Live calls' }).click()
  const command = await textOf(page.getByText(/^curl/))
  const agentId = /agt_[0-9a-f]+/.exec(command)?.[0]
  expect(command).toContain(`${product.address}/v1/calls`)

  const stack = voiceStack(product.address, key)
  const call = await stack('', { agentId, direction: 'inbound', from: '+4915112344567', at: secondsAgo(130) })
  await page.getByRole('row', { name: /\+4915 ••• 4567.*Reception.*Ringing/ }).waitFor()

  const answeredAt = secondsAgo(120)
  await stack(`/${call.id}/answer`, { at: answeredAt })
  const row = page.getByRole('row', { name: /In conversation/ })
  await row.getByText(/^2:0\d$/).waitFor()
  const before = await balanceShown(page)
  expect(before).toBeLessThanOrEqual(28)
  expect(before).toBeGreaterThan(27.5)
  // The number falls without any event.
  await expect.poll(() => balanceShown(page)).toBeLessThan(before)

  const endedAt = new Date(Date.parse(answeredAt) + 92_500).toISOString()
  await stack(`/${call.id}/end`, { at: endedAt })
  const ended = page.getByRole('row', { name: /Ended.*1:32.*1\.54/ })
  await ended.waitFor()
  await expect.poll(() => balanceShown(page)).toBe(28.45)

  await ended.getByRole('link').click()
  await page.waitForURL(`**/calls/${call.id}`)
  await page.getByText('92.5 s ÷ 60 = 1.541666… credits, with no rounding and no minimum').waitFor()
  const paid = page.getByRole('table', { name: 'Credits that paid for this call' }).getByRole('row')
  const amounts = await paid.getByText(/ s$/).allTextContents()
  const charged = millisecondsOf(amounts.pop() ?? '')
  expect(charged).toBe(92_500)
  expect(amounts.map(millisecondsOf).reduce((sum, amount) => sum + amount, 0)).toBe(charged)
  const ledger = page.getByRole('table', { name: 'Ledger entries of this call' })
  await ledger.getByRole('cell', { name: '−1.541666…' }).waitFor()
  await ledger.getByRole('cell', { name: '28.458333…' }).waitFor()
})

test('a receipt updates during the call and becomes final when it ends', async () => {
  const page = await product.visit()
  const { agentId, stack } = await workspaceWithCalls(product, page)
  const call = await stack('', { agentId, direction: 'web' })
  await stack(`/${call.id}/answer`)
  await page.goto(`/calls/${call.id}`)
  await page.getByText('credits so far').waitFor()
  const seconds = page.getByText(/^\d+\.\d{3} s$/).first()
  const early = millisecondsOf(await textOf(seconds))
  await expect.poll(async () => millisecondsOf(await textOf(seconds))).toBeGreaterThan(early)
  await stack(`/${call.id}/end`)
  await page.getByRole('table', { name: 'Credits that paid for this call' }).waitFor()
})

test('free calls say why they are free', async () => {
  const page = await product.visit()
  const { agentId, stack } = await workspaceWithCalls(product, page)
  const unanswered = await stack('', { agentId, direction: 'outbound', to: '+14155550188' })
  await stack(`/${unanswered.id}/end`)
  await page.goto(`/calls/${unanswered.id}`)
  await page.getByText('Nobody answered. Ringing is free, so nothing was charged.').waitFor()

  const long = await stack('', { agentId, direction: 'web', at: secondsAgo(3000) })
  await stack(`/${long.id}/answer`, { at: secondsAgo(2000) })
  await stack(`/${long.id}/end`, { at: secondsAgo(100) })
  const refused = await stack('', { agentId, direction: 'web' })
  await page.goto(`/calls/${refused.id}`)
  await page.getByText(/was refused because the workspace was out of credits/).waitFor()
  await page.getByRole('button', { name: /^Balance.*Out of credits/ }).waitFor()
})

test('tabs of one browser share one stream', async () => {
  const first = await product.visit()
  const { agentId, stack } = await workspaceWithCalls(product, first)
  const second = await first.context().newPage()
  await second.goto('/live')
  for (const page of [first, second]) await page.getByText('No live calls').waitFor()
  const call = await stack('', { agentId, direction: 'web' })
  for (const page of [first, second]) await page.getByRole('row', { name: /Ringing/ }).waitFor()
  for (const page of [first, second]) {
    const own = await page.evaluate(() =>
      performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/v1/events')),
    )
    expect(own).toEqual([])
  }
  // The stream outlives the first tab.
  await first.close()
  await stack(`/${call.id}/answer`)
  await second.getByRole('row', { name: /In conversation/ }).waitFor()
})

test('without shared workers, one tab keeps the stream, and another takes over when it closes', async () => {
  const first = await product.visit()
  await first.context().addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'))
  const { agentId, stack } = await workspaceWithCalls(product, first)
  const second = await first.context().newPage()
  await second.goto('/live')
  await second.getByText('No live calls').waitFor()
  const call = await stack('', { agentId, direction: 'web' })
  for (const page of [first, second]) await page.getByRole('row', { name: /Ringing/ }).waitFor()
  await first.close()
  await stack(`/${call.id}/answer`)
  await second.getByRole('row', { name: /In conversation/ }).waitFor()
})

type Description = { paths: Record<string, unknown>; components: { schemas: Record<string, unknown> } }

test('the dashboard was built for the API that the server serves', async () => {
  const kept = JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8')) as Description
  const served = (await (await fetch(`${product.address}/openapi.json`)).json()) as Description
  const changed = (before: Record<string, unknown>, now: Record<string, unknown>) =>
    Object.keys(before).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]))
  const stale = [
    ...changed(kept.paths, served.paths),
    ...changed(kept.components.schemas, served.components.schemas),
  ]
  expect(stale, 'out of date: run npm run schema -w web -- ADDRESS').toEqual([])
})
