import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect, violations } from './accessibility.ts'
import {
  asPage,
  joinByInvitation,
  makePerson,
  newAgent,
  openProduct,
  type Product,
  signUp,
} from './product.ts'

let product: Product
let page: Page
/** The link of an invitation to the workspace. */
let invitation: string

beforeAll(async () => {
  product = await openProduct()
  page = await product.visit({ reducedMotion: 'reduce' })
  await signUp(page)
  const agent = await asPage(page, 'POST', '/v1/agents', newAgent)
  await asPage(page, 'PATCH', `/v1/agents/${agent.id}`, { name: 'Night desk', language: 'en-US' })
  await asPage(page, 'PATCH', '/v1/workspace', { whenCreditsRunOut: 'end', lowBalanceCredits: 12.5 })
  const invited = await asPage(page, 'POST', '/v1/invitations', { email: 'jo@example.com', role: 'member' })
  invitation = String(invited.url)
})
afterAll(() => product.close())

const rows = () => page.getByRole('table', { name: 'Audit log' }).getByRole('row')
const rowOf = (action: string) => rows().filter({ hasText: action })

test('the log says who did what, and what it was before, newest first', async () => {
  await page.goto('/settings/audit-log')
  await rowOf('Invitation created').waitFor()
  const actions = await rows().locator('td:first-child').allInnerTexts()
  expect(actions.map((text) => text.split('\n')[0])).toEqual([
    'Invitation created',
    'Workspace changed',
    'Agent changed',
    'Agent created',
    'Workspace created',
  ])
  const changed = rowOf('Agent changed')
  await changed.getByText('Ada Berger').waitFor()
  await changed.locator('del', { hasText: 'Reception' }).waitFor()
  await changed.locator('ins', { hasText: 'Night desk' }).waitFor()
  await inspect(page)
})

test('long lists of fields open by keyboard', async () => {
  await page.goto('/settings/audit-log')
  const more = rowOf('Agent created').getByRole('button', { name: /more/ })
  await more.focus()
  await page.keyboard.press('Enter')
  await rowOf('Agent created').getByText('gpt-4.1-mini').waitFor()
  expect(await rowOf('Agent created').getByRole('button').getAttribute('aria-expanded')).toBe('true')
  expect(await violations(page)).toEqual([])
})

test('filters are part of the address and of the CSV file', async () => {
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.goto('/settings/audit-log')
  await page.getByRole('combobox', { name: 'Subject' }).click()
  await page.getByRole('option', { name: 'Agents' }).click()
  await page.waitForURL('**/settings/audit-log?action=agent')
  await rowOf('Invitation created').waitFor({ state: 'hidden' })
  expect(await rows().count()).toBe(3)
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export CSV' }).click()
  const file = await readFile(await (await downloading).path(), 'utf8')
  expect(file.trimEnd().split('\n')).toHaveLength(3)
  expect(file).toContain('agent.changed')

  await page.getByRole('combobox', { name: 'Who' }).click()
  await page.getByRole('option', { name: 'Talktime' }).click()
  await page.getByText('Nothing matches these filters').waitFor()
  await inspect(page)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await rowOf('Invitation created').waitFor()
})

test('the next page of a long log is loaded on request', async () => {
  const agent = await asPage(page, 'POST', '/v1/agents', newAgent)
  for (let number = 0; number < 55; number += 1) {
    await asPage(page, 'PATCH', `/v1/agents/${agent.id}`, { name: `Name ${number}` })
  }
  await page.goto('/settings/audit-log')
  await rowOf('Name 54').waitFor()
  expect(await rowOf('Workspace created').count()).toBe(0)
  await page.getByRole('button', { name: 'Load more' }).click()
  await rowOf('Workspace created').waitFor()
})

test('a log that cannot be loaded says so, and loads on Retry', async () => {
  await page.route('**/v1/audit-log?*', (route) => route.abort())
  await page.goto('/settings/audit-log')
  await page.getByText('The audit log could not be loaded').waitFor()
  await inspect(page)
  await page.unroute('**/v1/audit-log?*')
  await page.getByRole('button', { name: 'Retry' }).click()
  await rowOf('Agent changed').first().waitFor()
})

test('members see whom to ask instead of the log', async () => {
  const visitor = await product.visit()
  await joinByInvitation(visitor, invitation, makePerson('Jo Martinez').name)
  await visitor.goto('/settings/audit-log')
  await visitor.getByText('Only owners and admins can read the audit log. Ask Ada Berger.').waitFor()
  expect(await violations(visitor)).toEqual([])
  await visitor.context().close()
})
