import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect, violations } from './accessibility.ts'
import { openProduct, type Product } from './product.ts'

let product: Product
/** Opens a page of the demo workspace, which has a year of calls and makes no new ones. */
let page: Page

beforeAll(async () => {
  product = await openProduct({ TALKTIME_DEMO: 'on' })
  page = await product.visit({
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true,
  })
  await page.context().addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'))
  await page.route('**/v1/events*', (route) => route.abort())
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill('demo@talktime.example')
  await page.getByRole('textbox', { name: 'Password' }).fill('talktime-demo')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/live')
}, 600_000)
afterAll(() => product.close())

/** A date days ago. From two days on, it is over in every time zone. */
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

const card = () => page.getByRole('region', { name: 'Range Spend' })
const agentsCard = () => page.getByRole('region', { name: 'Top Spending Agents' })

async function open(path: string): Promise<void> {
  await page.goto(path)
  await card()
    .getByRole('button', { name: 'Copy link with these dates' })
    .and(page.locator(':enabled'))
    .waitFor()
}

/** Reads the exact numbers of elements, in milliseconds. */
const exactly = (within: ReturnType<typeof card>) =>
  within.locator('data').evaluateAll((all) => all.map((one) => Number((one as HTMLDataElement).value)))

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

/** Reads the total of the card, the sum of its days, and the sum of its agents. */
async function shown(): Promise<{ total: number; days: number; agents: number }> {
  await card().getByText('Table', { exact: true }).click()
  const [total = Number.NaN, ...days] = await exactly(card())
  const agents = await exactly(agentsCard())
  await card().getByText('Chart', { exact: true }).click()
  return { total, days: sum(days), agents: sum(agents) }
}

const search = () => new URL(page.url()).search

test('a preset changes the total, the chart and the agents together, with one request', async () => {
  await open('/usage')
  const month = await shown()
  expect(month.total).toBeGreaterThan(0)
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/v1/usage/range')) asked.push(request.url())
  })
  await card().getByRole('button', { name: 'Dates: Last 30 Days' }).click()
  const answered = page.waitForResponse('**/v1/usage/range?preset=last_3_months')
  await page.getByRole('button', { name: 'Last 3 Months' }).click()
  const body = (await (await answered).json()) as { total: { milliseconds: number } }
  await card().getByRole('button', { name: 'Dates: Last 3 Months' }).waitFor()
  await expect.poll(async () => (await exactly(card()))[0]).toBe(body.total.milliseconds)
  expect(asked).toHaveLength(1)
  page.removeAllListeners('request')
  const quarter = await shown()
  expect(quarter.total).toBeGreaterThan(month.total)
  expect([quarter.days, quarter.agents]).toEqual([quarter.total, quarter.total])
  expect(search()).toBe('?window=last_3_months')
  await card()
    .getByText(/^\d+ \w+ \d{4} – \d+ \w+ \d{4} · New York time · as of \d\d:\d\d$/)
    .waitFor()
})

test('the CSV file has exactly the calls behind the window on screen, to the millisecond', async () => {
  const lastDay = daysAgo(3)
  await open(`/usage?from=2025-01-01&to=${lastDay}`)
  const { total, agents, days } = await shown()
  expect([days, agents]).toEqual([total, total])
  const button = card().getByRole('link', { name: /^CSV Export [\d,]+ rows$/ })
  const rows = Number(/([\d,]+) rows/.exec((await button.textContent()) ?? '')?.[1]?.replaceAll(',', ''))
  const downloading = page.waitForEvent('download')
  await page.locator('h1').focus()
  await page.keyboard.press('e')
  const download = await downloading
  expect(download.suggestedFilename()).toContain(lastDay)
  const [header = '', ...lines] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/)
  const place = header.split(',').indexOf('duration_ms')
  // No name in the demo contains a comma.
  expect(sum(lines.map((line) => Number(line.split(',')[place])))).toBe(total)
  expect(lines).toHaveLength(rows)
})

test('the copied link shows the dates on screen', async () => {
  await open('/usage?window=last_12_months')
  await page.keyboard.press('ArrowLeft')
  await card().getByRole('button', { name: 'Dates: Custom' }).waitFor()
  await page.keyboard.press('4')
  await card().getByRole('button', { name: 'Dates: Last 12 Months' }).waitFor()
  const dates = await card()
    .getByText(/New York time/)
    .textContent()
  await card().getByRole('button', { name: 'Copy link with these dates' }).click()
  await card().getByRole('button', { name: 'Copied' }).waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(new URL(link).search).toMatch(/^\?from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d&workspace=ws_\w+$/)
  await open(link)
  await card()
    .getByText(dates?.split(' · as of')[0] ?? 'nothing')
    .waitFor()
})

test('keys choose presets, step from window to window and open the custom dates', async () => {
  await open('/usage')
  await page.locator('h1').focus()
  await page.keyboard.press('3')
  await expect.poll(search).toBe('?window=last_6_months')
  await page.keyboard.press('1')
  await expect.poll(search).toBe('?window=last_30_days')
  await card().getByText(/as of/).waitFor()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(search).toMatch(/^\?from=.*&to=/)
  await card().getByText(/as of/).waitFor()
  await page.keyboard.press('ArrowRight')
  await expect.poll(search).toBe('?window=last_30_days')

  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Export as CSV').waitFor()
  await page.keyboard.press('Escape')

  await page.keyboard.press('c')
  await page.getByLabel('First day').and(page.locator(':focus')).waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByLabel('First day').fill('2026-03-08')
  await page.getByLabel('Last day').fill('2026-03-01')
  await page.keyboard.press('Enter')
  await page.getByText('Must not be before the first day').waitFor()
  await page.getByLabel('Last day').fill('2026-03-09')
  await page.keyboard.press('Enter')
  await expect.poll(search).toBe('?from=2026-03-08&to=2026-03-09')
  await card().getByText('8 Mar 2026 – 9 Mar 2026 · New York time', { exact: false }).waitFor()
})

test('a day and an agent link to their calls', async () => {
  const [from, second, to] = [daysAgo(20), daysAgo(19), daysAgo(14)]
  await open(`/usage?from=${from}&to=${to}`)
  const chart = card().getByRole('application')
  await chart.focus()
  // The first day has the focus.
  await page.keyboard.press('ArrowRight')
  const tip = card().getByRole('status').filter({ hasText: 'calls' })
  const calls = Number(/(\d+) calls/.exec((await tip.textContent()) ?? '')?.[1])
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/calls?from=${second}&to=${second}*`)
  await page.getByText('calls shown').waitFor()
  while (await page.getByRole('button', { name: 'Load more' }).isVisible()) {
    const rows = page.getByRole('row')
    const before = await rows.count()
    await page.getByRole('button', { name: 'Load more' }).click()
    await expect.poll(() => rows.count()).toBeGreaterThan(before)
  }
  await page.getByText(`${calls} calls in total`).waitFor()

  await page.goBack()
  await agentsCard()
    .getByRole('button', { name: /^Show all \d+ agents$/ })
    .waitFor()
  await agentsCard().getByText('Other', { exact: true }).waitFor()
  await agentsCard().getByRole('link', { name: 'Maya · Reception' }).click()
  await page.waitForURL(`**/calls?from=${from}&to=${to}&status=*&agent=agt_*`)
})

test.each([
  ['the last 30 days', '/usage', 'Top Spending Agents'],
  ['a year', '/usage?window=last_12_months', 'Top Spending Agents'],
  ['dates without usage', '/usage?from=2024-01-01&to=2024-01-31', 'No credits used in these dates'],
  ['transactions', '/usage/transactions', 'Balance after'],
])('Usage, %s: accessible in light and dark, wide and narrow', async (_name, path, shows) => {
  await page.goto(path)
  await page.getByText(shows).first().waitFor()
  await page.waitForLoadState('networkidle')
  await inspect(page)
  await page.setViewportSize({ width: 1280, height: 860 })
})

test('the table is accessible, and the chart’s code is less than 125 KB', async () => {
  await open('/usage')
  // Its code loads after the rest of the page.
  await card().getByRole('application').waitFor()
  const sizes = await page.evaluate(() =>
    performance.getEntriesByType('resource').map((entry) => {
      const { name, encodedBodySize } = entry as PerformanceResourceTiming
      return { name, encodedBodySize }
    }),
  )
  const chart = sizes.find(({ name }) => /SpendChart.*\.js$/.test(name))
  expect(chart?.encodedBodySize).toBeGreaterThan(20_000)
  expect(chart?.encodedBodySize).toBeLessThan(125_000)
  await card().getByText('Table', { exact: true }).click()
  await page.getByRole('table', { name: 'Spend by day, newest first' }).waitFor()
  expect(await violations(page)).toEqual([])
})
