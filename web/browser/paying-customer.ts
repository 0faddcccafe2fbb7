import type { Page } from 'playwright-core'
import { asPage, signUp, somebody } from './product.ts'

type TestCard = 'success' | 'decline' | 'insufficient_funds' | 'requires_action' | 'unknown_outcome'

/** Adds one of the sandbox's cards; it becomes the default. */
export const addCard = (page: Page, testCard: TestCard) =>
  asPage(page, 'POST', '/v1/payment-methods', { testCard })

/** Somebody new with a workspace on a paid plan, on the Billing page. */
export async function payingCustomer(page: Page, card: TestCard = 'success', planId = 'starter') {
  const person = await signUp(page, somebody())
  await addCard(page, 'success')
  await asPage(page, 'POST', '/v1/subscription', { planId })
  if (card !== 'success') await addCard(page, card)
  await page.goto('/billing')
  await page.getByText('All changes saved').waitFor()
  return person
}

type Purchase = { id: string; status: string; purpose: string; credits: { credits: number } }

/** The workspace's purchases of credits, newest first. */
export async function topUps(page: Page): Promise<Purchase[]> {
  const { data } = await asPage(page, 'GET', '/v1/purchases')
  return (data as Purchase[]).filter(({ purpose }) => purpose === 'top_up')
}

/** The balance to a tenth of a credit: an upgrade grants a little less the later in the cycle it comes. */
export async function creditsOf(page: Page): Promise<number> {
  const { balance } = await asPage(page, 'GET', '/v1/balance')
  return Math.round((balance as { credits: number }).credits * 10) / 10
}
