import { afterAll, beforeAll, expect, test } from 'vitest'
import { asPage, openProduct, type Product, signUp } from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

test('the bell counts an alert when a card declines a reload, says what to do, and is quiet once opened', async () => {
  const page = await product.visit()
  await signUp(page)
  await asPage(page, 'POST', '/v1/payment-methods', { testCard: 'success' })
  await asPage(page, 'POST', '/v1/subscription', { planId: 'starter' })
  await asPage(page, 'POST', '/v1/payment-methods', { testCard: 'decline' })
  await page.getByRole('button', { name: 'Alerts', exact: true }).click()
  await page.getByText('No alerts').waitFor()
  await page.keyboard.press('Escape')

  await asPage(page, 'PUT', '/v1/auto-reload', {
    enabled: true,
    thresholdCredits: 100_000,
    packageId: 'credits_100',
    quantity: 2,
    monthlyCap: null,
  })
  const ringing = page.getByRole('button', { name: 'Alerts, 1 unread' })
  await ringing.waitFor()
  expect(await ringing.textContent()).toBe('1')
  await page.setViewportSize({ width: 320, height: 860 })
  const sideways = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await expect.poll(sideways).toBe(0)
  await ringing.click()
  const list = page.getByRole('dialog', { name: 'Alerts' })
  await list.getByText('Auto-reload: the card was declined').waitFor()
  await list.getByText('Change the card, or buy credits yourself').waitFor()
  expect(await sideways()).toBe(0)
  await page.getByRole('button', { name: 'Alerts', exact: true }).waitFor()
  await list.getByRole('link', { name: 'Open billing' }).click()
  await page.waitForURL('**/billing')
})
