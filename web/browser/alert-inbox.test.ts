import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspect, violations } from './accessibility.ts'
import { payingCustomer } from './paying-customer.ts'
import { asPage, joinByInvitation, makePerson, openProduct, type Product, signUp } from './product.ts'

/** A customer's system: accepts messages, except at /down. */
let receiver: Server
let receiverAddress: string
let product: Product

beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.resume()
    response.writeHead(request.url === '/down' ? 503 : 204).end()
  })
  await new Promise<void>((listening) => {
    receiver.listen(0, '127.0.0.1', listening)
  })
  const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
  receiverAddress = `http://${host}`
  product = await openProduct({ TALKTIME_OUTBOUND_ALLOW: host })
})
afterAll(async () => {
  await product.close()
  receiver.close()
})

/** Raises the low balance level above the balance, which raises an alert. */
const runLow = (page: Page) => asPage(page, 'PATCH', '/v1/workspace', { lowBalanceCredits: 5_000 })

test('the inbox says what happened, how to fix it and what was delivered, and alerts can be marked as read', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  const { email } = await payingCustomer(page, 'success', 'growth')
  await asPage(page, 'POST', '/v1/webhooks', { url: `${receiverAddress}/alerts` })
  await page.goto('/alerts')
  await page.getByText('No alerts').waitFor()
  await runLow(page)
  await page.getByRole('button', { name: 'Mark as read: Credits are low' }).waitFor()
  await page.getByText('New', { exact: true }).waitFor()

  await page.getByRole('button', { name: 'Deliveries of Credits are low' }).click()
  const deliveries = page.getByRole('table', { name: 'Deliveries' })
  await deliveries.getByRole('row', { name: new RegExp(`${email} Email Delivered`) }).waitFor()
  await deliveries.getByRole('row', { name: /\/alerts Webhook Delivered Response 204/ }).waitFor()
  expect(await violations(page)).toEqual([])
  await deliveries.getByRole('button', { name: `Send again to ${email}` }).click()
  await page.getByText(`Sending to ${email} again`).waitFor()
  await deliveries.getByRole('row', { name: new RegExp(`${email} Email Delivered`) }).waitFor()

  await page.getByText('Unread', { exact: true }).click()
  await page.getByRole('button', { name: 'Mark as read: Credits are low' }).click()
  await page.getByText('No unread alerts').waitFor()
  await page.getByRole('button', { name: 'Alerts', exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Mark all as read' }).isDisabled()).toBe(true)
  await page.getByText('All', { exact: true }).click()
  await page.getByRole('link', { name: 'Open Billing' }).click()
  await page.waitForURL('**/billing')
})

test('a webhook shows its secret once, is tested, fails visibly, and gets a failed message again', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  await payingCustomer(page, 'success', 'growth')
  await page.goto('/settings/webhooks')
  await page.getByText('No webhooks yet').waitFor()
  await page.getByRole('button', { name: 'New webhook' }).click()
  const dialog = page.getByRole('dialog', { name: 'New webhook' })
  const address = dialog.getByLabel('URL')
  await address.fill('https://192.168.0.1/alerts')
  await dialog.getByRole('button', { name: 'Add webhook' }).click()
  await dialog.getByText(/does not lead to a public address/).waitFor()
  await address.and(page.locator(':focus')).waitFor()
  await dialog.getByText('Selected kinds').click()
  await address.fill(`${receiverAddress}/down`)
  await dialog.getByRole('button', { name: 'Add webhook' }).click()
  await dialog.getByText('Choose at least one kind').waitFor()
  expect(await violations(page)).toEqual([])
  await dialog.getByLabel('Credits are low').check()
  await dialog.getByRole('button', { name: 'Add webhook' }).click()

  const shown = page.getByRole('dialog', { name: 'Webhook secret' })
  const secret = (await shown.getByText(/^whsec_/).textContent()) ?? ''
  expect(await violations(page)).toEqual([])
  await shown.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('row', { name: /\/down Credits are low On None yet/ }).waitFor()
  expect(await page.content()).not.toContain(secret)
  expect(JSON.stringify(await asPage(page, 'GET', '/v1/webhooks'))).not.toContain(secret)

  const menu = page.getByRole('button', { name: `Actions for ${receiverAddress}/down` })
  await menu.click()
  await page.getByRole('menuitem', { name: 'Send test message' }).click()
  const log = page.getByRole('table', { name: 'Messages' })
  await log.getByRole('row', { name: /Test message .*\/down Webhook Failed .*503/ }).waitFor()

  await menu.click()
  await page.getByRole('menuitem', { name: 'New secret…' }).click()
  const rotation = page.getByRole('dialog', { name: 'Create a new secret?' })
  await rotation.getByText(/for 24 hours, also with the old one/).waitFor()
  await rotation.getByRole('button', { name: 'Create new secret' }).click()
  expect(await shown.getByText(/^whsec_/).textContent()).not.toBe(secret)
  await shown.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByText(/The old secret also works until/).waitFor()

  await asPage(page, 'POST', '/v1/webhooks', { url: `${receiverAddress}/up` })
  await page.reload()
  await page.getByRole('button', { name: `Actions for ${receiverAddress}/up` }).click()
  await page.getByRole('menuitem', { name: 'Send test message' }).click()
  await log.getByRole('row', { name: /\/up Webhook Delivered Response 204/ }).waitFor()
  await page.getByText('Failed', { exact: true }).first().click()
  await log.getByRole('row', { name: /\/up/ }).waitFor({ state: 'hidden' })

  await menu.click()
  await page.getByRole('menuitem', { name: 'Remove…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove webhook' }).click()
  await menu.waitFor({ state: 'hidden' })
})

test('each person chooses their email alerts, and sees which ones owners always get', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  await payingCustomer(page)
  await page.goto('/settings/alerts')
  const form = page.getByRole('form', { name: 'Alerts by email' })
  await form.getByText(/Auto-reload will retry\. Owners always get this email\./).waitFor()
  const low = form.getByRole('switch', { name: 'Credits are low' })
  expect(await low.isChecked()).toBe(true)
  await low.press('Space')
  await form.getByText('Unsaved changes').waitFor()
  await form.getByRole('button', { name: 'Save', exact: true }).click()
  await form.getByText('All changes saved').waitFor()
  const { mail } = await asPage(page, 'GET', '/v1/alert-settings')
  expect(mail).toMatchObject({ balance_low: false, balance_zero: true })
  await page.getByText(/The balance is low below (25|24\.99) credits\./).waitFor()
  await page.getByRole('link', { name: 'Change', exact: true }).click()
  await page.getByRole('textbox', { name: 'Low balance in credits' }).waitFor()
})

test('without the plan, webhooks are disabled and say which plans include them; members have read access', async () => {
  const owner = await product.visit({ reducedMotion: 'reduce' })
  await signUp(owner)
  await owner.goto('/settings/webhooks')
  await owner.getByText('Paid plan required').waitFor()
  await owner.getByText(/Alerts by webhook are included in Growth, Scale, and Enterprise/).waitFor()
  const button = owner.getByRole('button', { name: 'New webhook' })
  expect(await button.isDisabled()).toBe(true)
  expect(await violations(owner)).toEqual([])

  const guest = makePerson('Sanne de Vries')
  const { url } = await asPage(owner, 'POST', '/v1/invitations', { email: guest.email, role: 'member' })
  const page = await product.visit()
  await joinByInvitation(page, String(url), guest.name)
  await page.goto('/settings/webhooks')
  await page.getByText(/Only owners and admins can add, edit or test webhooks/).waitFor()
  await page.goto('/settings/alerts')
  // A member's email alerts are the member's own choice.
  const low = page.getByRole('switch', { name: 'Credits are low' })
  expect(await low.isChecked()).toBe(false)
  await low.press('Space')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('All changes saved').waitFor()
})

describe('accessible in light and dark, wide and narrow', () => {
  let page: Page
  beforeAll(async () => {
    page = await product.visit({ reducedMotion: 'reduce' })
    await payingCustomer(page, 'success', 'growth')
    await asPage(page, 'POST', '/v1/webhooks', { url: `${receiverAddress}/down`, kinds: ['balance_low'] })
    await runLow(page)
  })

  test('the inbox', async () => {
    await page.goto('/alerts')
    await page.getByRole('button', { name: 'Deliveries of Credits are low' }).click()
    await page.getByRole('table', { name: 'Deliveries' }).getByText('Email').waitFor()
    await inspect(page)
  })

  test('webhooks', async () => {
    await page.goto('/settings/webhooks')
    await page.getByRole('row', { name: /Credits are low .*\/down Webhook/ }).waitFor()
    await inspect(page)
  })

  test('who gets alerts by email', async () => {
    await page.goto('/settings/alerts')
    await page.getByText('Owners always get this email.').first().waitFor()
    await inspect(page)
  })
})
