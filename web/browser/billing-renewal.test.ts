import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../server/test/app.ts'
import { violations } from './accessibility.ts'
import { launchBrowser } from './chromium.ts'
import { addCard } from './paying-customer.ts'
import { asPage, password, signUp } from './product.ts'

/** The product under a clock that the test moves: renewals come once a month. */
let t: TestApp
let browser: Browser
let address: string

beforeAll(async () => {
  t = await testApp()
  address = await t.app.listen()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await t.close()
})

const day = 24 * 60 * 60_000

/** Lets days pass; by then the session is over. */
async function daysLater(page: Page, days: number, email: string): Promise<void> {
  t.clock.set(t.clock.now() + days * day)
  await page.context().clearCookies()
  await page.goto('/live')
  await page.getByLabel('Email').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('No live calls').first().waitFor()
}

test('a renewal that is not paid is said on every page, with what happens when, and a new card pays it', async () => {
  const context = await browser.newContext({ baseURL: address, locale: 'en-GB', reducedMotion: 'reduce' })
  const page = await context.newPage()
  const { email } = await signUp(page)
  await addCard(page, 'success')
  await asPage(page, 'POST', '/v1/subscription', { planId: 'starter' })
  await addCard(page, 'decline')
  await daysLater(page, 31, email)

  const banner = page.getByRole('status').filter({ hasText: 'Starter is not paid' })
  await banner.getByText(/It ends on \d+ Dec 2026/).waitFor()
  await banner.getByRole('link', { name: 'Open Billing' }).click()
  const notice = page.getByRole('region', { name: 'Starter is not paid: $29.00 are open' })
  await notice.getByText(/tried again on 2\d Dec 2026, \d\d:\d\d, and at once with a new card/).waitFor()
  await notice.getByText(/the workspace is on Free then/).waitFor()
  await page.getByText('The renewal is not paid.').waitFor()
  expect(await violations(page)).toEqual([])

  await notice.getByRole('button', { name: 'Change card' }).click()
  await page.getByRole('dialog', { name: 'Add a card' }).getByRole('button', { name: 'Add card' }).click()
  await notice.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: /Starter plan.*Renewal.*Paid/ }).waitFor()
  await page.getByText(/^Renews on/).waitFor()
  await context.close()
})
