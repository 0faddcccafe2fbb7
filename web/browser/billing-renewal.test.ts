import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../server/test/app.ts'
import { violations } from './accessibility.ts'
import { launchBrowser } from './chromium.ts'
import { addCard } from './paying-customer.ts'
import { asPage, password, signUp } from './product.ts'

/** The product with a clock that the test moves, because renewals come once a month. */
let t: TestApp
let browser: Browser
let address: string

beforeAll(async () => {
  t = await testApp({ intervals: true })
  address = await t.app.listen()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await t.close()
})

const day = 24 * 60 * 60_000

/** Lets days pass. By then the session has ended. */
async function daysLater(page: Page, days: number, email: string): Promise<void> {
  t.clock.set(t.clock.now() + days * day)
  await page.context().clearCookies()
  await page.goto('/live')
  await page.getByLabel('Email').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Add an agent to start taking calls').first().waitFor()
}

test('a past due renewal is shown on every page with what happens next, and a new card pays it', async () => {
  const context = await browser.newContext({ baseURL: address, locale: 'en-GB', reducedMotion: 'reduce' })
  const page = await context.newPage()
  const { email } = await signUp(page)
  await addCard(page, 'success')
  await asPage(page, 'POST', '/v1/subscription', { planId: 'starter' })
  await addCard(page, 'decline')
  await daysLater(page, 31, email)

  const banner = page.getByRole('status').filter({ hasText: 'Payment for Starter is past due' })
  await banner.getByText(/The plan ends on \d+ Dec 2026/).waitFor()
  await banner.getByRole('link', { name: 'Go to Billing' }).click()
  const notice = page.getByRole('region', { name: 'Payment for Starter is past due: $29.00' })
  await notice.getByText(/retry on 2\d Dec 2026, \d\d:\d\d, or as soon as you add a new card/).waitFor()
  await notice.getByText(/Your workspace then moves to Free/).waitFor()
  await page.getByText('Payment is past due.').waitFor()
  expect(await violations(page)).toEqual([])

  await notice.getByRole('button', { name: 'Change card' }).click()
  await page.getByRole('dialog', { name: 'Add a card' }).getByRole('button', { name: 'Add card' }).click()
  await notice.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: /Starter plan.*Renewal.*Paid/ }).waitFor()
  await page.getByText(/^Renews on/).waitFor()
  await context.close()
})
