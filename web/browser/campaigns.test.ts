import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspect, violations } from './accessibility.ts'
import { payingCustomer } from './paying-customer.ts'
import {
  asPage,
  connectStack,
  joinByInvitation,
  makePerson,
  newAgent,
  openProduct,
  type Product,
  secondsAgo,
  signUp,
} from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

const file = (text: string) => ({ name: 'recalls.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })

/** Makes contacts with distinct numbers. */
const contacts = (count: number) =>
  Array.from({ length: count }, (_, index) => `+1212555${1_000 + index},Person ${index}`).join('\n')

/** Signs up a person on a paid plan with an agent. `id` is the agent's. */
async function caller(page: Page) {
  await payingCustomer(page)
  return asPage(page, 'POST', '/v1/agents', newAgent)
}

/** Adds contacts through the API. */
async function addContacts(page: Page, campaignId: string, text: string): Promise<void> {
  const status = await page.evaluate(
    async ({ path, body }) =>
      (await fetch(path, { method: 'POST', headers: { 'content-type': 'text/csv' }, body })).status,
    { path: `/v1/campaigns/${campaignId}/contacts`, body: text },
  )
  expect(status).toBe(201)
}

test('a campaign is created, gets its contacts from a file, starts, calls, and is paused', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  await caller(page)
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.getByText('No campaigns yet').waitFor()
  await page.getByRole('link', { name: 'New campaign' }).click()

  await page.getByRole('button', { name: 'Create campaign' }).click()
  await page.getByText('Give the campaign a name').waitFor()
  await page.getByText('Choose an agent').waitFor()
  await page.getByRole('textbox', { name: 'Name' }).fill('November recalls')
  await page.getByRole('combobox', { name: 'Agent' }).click()
  await page.getByRole('option', { name: 'Reception' }).click()
  await page.getByRole('textbox', { name: 'Calls at once' }).fill('3')
  await page.getByLabel('Monday, end').fill('08:00')
  await page.getByRole('button', { name: 'Create campaign' }).click()
  await page.getByText(/^Monday: the end must be later than the start/).waitFor()
  await page.getByText('At any time', { exact: true }).click()
  await page.getByRole('button', { name: 'Create campaign' }).click()

  const upload = page.getByRole('dialog', { name: 'Upload contacts' })
  await upload.getByRole('button', { name: 'Choose a file' }).and(page.locator(':focus')).waitFor()
  expect(await violations(page)).toEqual([])
  const text = `phone,name\n${contacts(8)}\n030 901820,No country\n+12125551000,Twice`
  await page.locator('input[type=file]').setInputFiles(file(text))
  await upload.getByText('recalls.csv').waitFor()
  await upload.getByRole('button', { name: 'Upload', exact: true }).click()
  const result = page.getByRole('dialog', { name: 'Contacts uploaded' })
  await result.getByText('8 contacts of 10 rows added.').waitFor()
  await result.getByRole('row', { name: /10 030 901820 .*country code/ }).waitFor()
  await result.getByRole('row', { name: /11 \+12125551000 .*already/ }).waitFor()
  expect(await violations(page)).toEqual([])
  const all = await result.getByRole('link', { name: 'Download all 2 as CSV' }).getAttribute('href')
  const rejected = await page.evaluate(async (path) => (await fetch(path)).text(), all ?? '')
  expect(rejected.trim().split('\n')).toHaveLength(3)
  await result.getByRole('button', { name: 'Done' }).click()

  await page.getByText('Draft: not started yet. 8 contacts to call.').waitFor()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  const start = page.getByRole('dialog', { name: 'Start November recalls' })
  await start.getByText('Reception calls 8 contacts, up to 3 at once.').waitFor()
  await start.getByText('Calls start right away, at any time of day.').waitFor()
  await start.getByText(/The balance is (250|249\.9\d) credits/).waitFor()
  expect(await violations(page)).toEqual([])
  await start.getByRole('button', { name: 'Start now' }).click()

  // The page updates from the stream alone.
  await page.getByText(/^Running: calling now\. 8 contacts left/).waitFor()
  await page.getByRole('img', { name: /3 being called/ }).waitFor()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  const pause = page.getByRole('dialog', { name: 'Pause November recalls?' })
  await pause.getByText(/Nobody else is called until someone resumes it/).waitFor()
  await pause.getByRole('button', { name: 'Pause campaign' }).click()
  await page.getByText(/^Paused: by a member at \d\d:\d\d\. \d contacts left/).waitFor()

  await page.getByRole('link', { name: 'Campaigns' }).first().click()
  await page.getByRole('row', { name: /November recalls Reception Paused by a member at/ }).waitFor()
  await page.getByText('Running', { exact: true }).click()
  await page.getByText('No running campaigns').waitFor()
  expect(new URL(page.url()).search).toBe('?status=running')
})

test('a campaign out of credits says since when and what is left, and offers a package and to resume', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  const agent = await caller(page)
  const campaign = await asPage(page, 'POST', '/v1/campaigns', {
    name: 'Recalls',
    agentId: agent.id,
    concurrency: 1,
    callsPerMinute: 1,
  })
  await addContacts(page, campaign.id, `phone\n${contacts(5)}`)
  await asPage(page, 'POST', `/v1/campaigns/${campaign.id}/start`)
  await page.goto(`/campaigns/${campaign.id}`)
  await page.getByText(/^Running: calling now/).waitFor()

  const stack = await connectStack(product, page)
  for (let calls = 0; calls < 3; calls += 1) {
    const call = await stack('', { agentId: agent.id, direction: 'web', at: secondsAgo(5_310) })
    await stack(`/${call.id}/answer`, { at: secondsAgo(5_300) })
    await stack(`/${call.id}/end`, { at: secondsAgo(1) })
  }
  await page.getByText(/^Paused: out of credits at \d\d:\d\d\. \d contacts left/).waitFor()
  await page.getByText('The workspace is out of credits. Buy credits, then resume the campaign.').waitFor()
  await page.getByRole('status').getByText('1 campaign is paused').waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  const resume = page.getByRole('dialog', { name: 'Resume Recalls' })
  await resume.getByText('The workspace is out of credits. Buy credits first.').waitFor()
  expect(await resume.getByRole('button', { name: 'Resume' }).isDisabled()).toBe(true)
  await resume.getByRole('button', { name: 'Cancel' }).click()

  const resumes = page.getByRole('switch', { name: 'Resume when credits return' })
  await resumes.press('Space')
  await page.getByText(/^The workspace is out of credits\. The campaign resumes automatically/).waitFor()
  await page.getByRole('link', { name: 'Buy 100 credits' }).click()
  await page.getByRole('button', { name: 'Purchase · $12.00' }).click()
  await page.getByRole('dialog', { name: 'Credits bought' }).waitFor()
  await page.goto(`/campaigns/${campaign.id}`)
  await page.getByText(/^Running: calling now/).waitFor()
})

test('on the Free plan, campaigns cannot be created, and the page says why', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  await signUp(page)
  await page.goto('/campaigns')
  await page.getByText('Paid plan required').waitFor()
  const button = page.getByRole('button', { name: 'New campaign' })
  expect(await button.isDisabled()).toBe(true)
  const reason = page.locator(`[id="${await button.getAttribute('aria-describedby')}"]`)
  expect(await reason.textContent()).toContain('Paid plan required')
  expect(await violations(page)).toEqual([])
  // The address of the form does not bypass this.
  await page.goto('/campaigns/new')
  await page.getByText('Paid plan required').waitFor()
  expect(await page.getByRole('button', { name: 'Create campaign' }).count()).toBe(0)
})

test('a member has read access, and sees who can help', async () => {
  const owner = await product.visit()
  const agent = await caller(owner)
  const campaign = await asPage(owner, 'POST', '/v1/campaigns', { name: 'Recalls', agentId: agent.id })
  await addContacts(owner, campaign.id, `phone\n${contacts(1)}`)
  const guest = makePerson('Sanne de Vries')
  const { url } = await asPage(owner, 'POST', '/v1/invitations', { email: guest.email, role: 'member' })

  const page = await product.visit({ reducedMotion: 'reduce' })
  await joinByInvitation(page, String(url), guest.name)
  await page.goto(`/campaigns/${campaign.id}?open=start`)
  await page.getByText(/Only owners and admins can edit, start or pause campaigns\. Ask/).waitFor()
  await page.getByRole('cell', { name: '+12125551000' }).waitFor()
  for (const name of ['Start', 'Edit', 'Upload contacts']) {
    expect(await page.getByRole('button', { name, exact: true }).first().isDisabled(), name).toBe(true)
  }
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('an unknown campaign and a failing list of contacts say so and leave the rest working', async () => {
  const page = await product.visit()
  const agent = await caller(page)
  await page.goto('/campaigns/camp_none')
  await page.getByText('Campaign not found in Northwind Dental').waitFor()
  const campaign = await asPage(page, 'POST', '/v1/campaigns', { name: 'Recalls', agentId: agent.id })
  const problem = { status: 500, code: 'internal', detail: 'Something went wrong.', requestId: 'req_1' }
  await page.route('**/contacts?*', (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  )
  await page.goto(`/campaigns/${campaign.id}`)
  const alert = page.getByRole('alert').filter({ hasText: 'Contacts could not be loaded' })
  await alert.getByText('req_1').waitFor()
  await page.getByText('Up to 5 calls at once').waitFor()
  await page.unroute('**/contacts?*')
  await alert.getByRole('button', { name: 'Retry' }).click()
  await page.getByText('No contacts yet').first().waitFor()

  await page.getByRole('button', { name: 'More actions for Recalls' }).click()
  await page.getByRole('menuitem', { name: 'Delete…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete campaign' }).click()
  await page.getByText('No campaigns yet').waitFor()
})

describe('accessible in light and dark, wide and narrow', () => {
  let page: Page
  let campaignId: string
  beforeAll(async () => {
    page = await product.visit({ reducedMotion: 'reduce' })
    const agent = await caller(page)
    const { id } = await asPage(page, 'POST', '/v1/campaigns', { name: 'Recalls', agentId: agent.id })
    campaignId = id
    await addContacts(page, id, `phone,name\n${contacts(2)}\nnot a number,Nobody`)
  })

  test('the list', async () => {
    await page.goto('/campaigns')
    await page.getByRole('row', { name: /Recalls/ }).waitFor()
    await inspect(page)
  })

  test('a campaign', async () => {
    await page.goto(`/campaigns/${campaignId}`)
    await page.getByRole('button', { name: 'View 1 rejected' }).waitFor()
    await inspect(page)
  })

  test('its form', async () => {
    await page.goto(`/campaigns/${campaignId}/edit`)
    await page.getByText('Default country').waitFor()
    await page.getByText('At set hours', { exact: true }).click()
    await inspect(page)
  })
})
