import type { Page } from 'playwright-core'
import { asPage, makePerson, signUp } from './product.ts'

type TestCard = 'success' | 'decline' | 'insufficient_funds' | 'requires_action' | 'unknown_outcome'

/** Adds one of the sandbox's test cards as the default. */
export const addCard = (page: Page, testCard: TestCard) =>
  asPage(page, 'POST', '/v1/payment-methods', { testCard })

/** Signs up a person with a workspace on a paid plan, and opens the Billing page. */
export async function payingCustomer(page: Page, card: TestCard = 'success', planId = 'starter') {
  const person = await signUp(page, makePerson())
  await addCard(page, 'success')
  await asPage(page, 'POST', '/v1/subscription', { planId })
  if (card !== 'success') await addCard(page, card)
  await page.goto('/billing')
  await page.getByText('All changes saved').waitFor()
  return person
}

type Purchase = { id: string; status: string; purpose: string; credits: { credits: number } }

/** Reads the workspace's purchases of credits, newest first. */
export async function topUps(page: Page): Promise<Purchase[]> {
  const { data } = await asPage(page, 'GET', '/v1/purchases')
  return (data as Purchase[]).filter(({ purpose }) => purpose === 'top_up')
}

/** Reads the balance to a tenth of a credit: an upgrade grants slightly less the later in the cycle it comes. */
export async function creditsOf(page: Page): Promise<number> {
  const { balance } = await asPage(page, 'GET', '/v1/balance')
  return Math.round((balance as { credits: number }).credits * 10) / 10
}
