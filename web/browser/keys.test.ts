import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from './accessibility.ts'
import {
  asOperator,
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

async function openOwner(): Promise<Page> {
  const page = await product.visit({ reducedMotion: 'reduce' })
  await signUp(page)
  return page
}

/** Invites a person and signs them up in a browser of their own. */
async function join(owner: Page, role: string, person = makePerson('Sanne de Vries')): Promise<Page> {
  const { url } = await asPage(owner, 'POST', '/v1/invitations', { email: person.email, role })
  const page = await product.visit({ reducedMotion: 'reduce' })
  await joinByInvitation(page, String(url), person.name)
  return page
}

test('a key is made with what it may do and until when, by keyboard too, and is revoked', async () => {
  const page = await openOwner()
  await page.goto('/settings/keys')
  await page.getByText('No API keys yet').waitFor()
  await page.getByRole('button', { name: 'New key' }).click()
  const dialog = page.getByRole('dialog', { name: 'New API key' })
  await inspect(page)
  await dialog.getByLabel('Name').fill('Warehouse')
  await dialog.getByRole('checkbox', { name: 'Start calls' }).press('Space')
  await dialog.getByRole('checkbox', { name: 'Read' }).press('Space')
  await dialog.getByRole('button', { name: 'Create key' }).click()
  await dialog.getByText('Choose at least one').waitFor()
  await dialog.getByRole('checkbox', { name: 'Read' }).press('Space')
  await dialog.getByRole('combobox', { name: 'Expires' }).click()
  await page.getByRole('option', { name: 'In 90 days' }).click()
  await dialog.getByRole('button', { name: 'Create key' }).click()
  await page.getByRole('button', { name: 'I have copied it' }).click()
  const row = page.getByRole('row', { name: /Warehouse/ })
  await row.getByText('Read', { exact: true }).waitFor()
  await row.getByText(/by Ada Berger/).waitFor()
  const { data } = await asPage(page, 'GET', '/v1/keys')
  const [key] = data as { scopes: string[]; expiresAt: string }[]
  expect(key?.scopes).toEqual(['read'])
  const days = (Date.parse(key?.expiresAt ?? '') - Date.now()) / 86_400_000
  expect(Math.round(days)).toBe(90)
  await row.getByRole('button', { name: 'Revoke Warehouse' }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByText('No API keys yet').waitFor()
})

test('keys say who made them, and which are from before scopes or expired', async () => {
  const page = await openOwner()
  const { id } = await asPage(page, 'POST', '/v1/keys', { name: 'Old bridge' })
  const late = await asPage(page, 'POST', '/v1/keys', { name: 'Trial', scopes: ['read'] })
  await asOperator(product, page, 'POST', '/v1/keys', { name: 'Twilio' })
  const uuid = (key: string) => key.replace('key_', '')
  await product.database.query('update api_keys set scopes = null where id = $1', [uuid(id)])
  await product.database.query('update api_keys set expires_at_ms = 1 where id = $1', [uuid(late.id)])
  await page.goto('/settings/keys')
  await page
    .getByRole('row', { name: /Old bridge Voice stack.*Everything.*before keys were limited/ })
    .waitFor()
  await page.getByRole('row', { name: /Trial.*Expired/ }).waitFor()
  await page.getByRole('row', { name: /Twilio Voice stack.*Everything.*by the operator/ }).waitFor()
  await inspect(page)
})

test('the dialog that makes an admin a member warns that their keys stop working', async () => {
  const page = await openOwner()
  const admin = await join(page, 'admin')
  await asPage(admin, 'POST', '/v1/keys', { name: 'Sanne’s script' })
  await page.goto('/settings/members')
  await page.getByRole('combobox', { name: 'Role of Sanne de Vries' }).click()
  await page.getByRole('option', { name: 'Member' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make Sanne de Vries a member?' })
  await dialog.getByText(/The API keys Sanne de Vries created stop working/).waitFor()
  await inspect(page)
  await dialog.getByRole('button', { name: 'Make member' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.goto('/settings/keys')
  await page.getByText('No API keys yet').waitFor()
})

test('an invitation for another address says so and offers to sign out', async () => {
  const owner = await openOwner()
  const { url } = await asPage(owner, 'POST', '/v1/invitations', { email: 'jo@example.com', role: 'member' })
  const other = await openOwner()
  await other.goto(String(url))
  await other.getByRole('heading', { name: 'This invitation is for another address' }).waitFor()
  await other.getByText(/It was sent to jo@example.com, and you are signed in as person-/).waitFor()
  await inspect(other)
  await other.getByRole('button', { name: 'Sign out' }).click()
  await other.waitForURL('**/sign-in')
})

test('a receipt shows what was corrected, and a suspended workspace says so on every page', async () => {
  const page = await openOwner()
  const agent = await asPage(page, 'POST', '/v1/agents', newAgent)
  const stack = await connectStack(product, page)
  const call = await stack('', { agentId: agent.id, direction: 'web', at: secondsAgo(200) })
  await stack(`/${call.id}/answer`, { at: secondsAgo(190) })
  await stack(`/${call.id}/end`, { at: secondsAgo(180) })
  await asOperator(product, page, 'POST', `/v1/calls/${call.id}/end`, { at: secondsAgo(60) })
  await page.goto(`/calls/${call.id}`)
  const corrections = page.getByRole('table', { name: 'Corrections of this call' })
  await corrections
    .getByRole('row', { name: /Ended.*by the workspace’s voice stack.*by the operator’s voice stack/ })
    .waitFor()
  await page.getByText(/reported by the operator’s voice stack/).waitFor()
  await inspect(page)

  const { id } = await asPage(page, 'GET', '/v1/workspace')
  await asOperator(product, page, 'POST', `/v1/workspaces/${id}/suspend`, { reason: 'Unpaid invoice' })
  await page.getByText('This workspace is suspended').waitFor()
  await page.getByText(/: Unpaid invoice\. New calls are refused/).waitFor()
  await inspect(page)
})
