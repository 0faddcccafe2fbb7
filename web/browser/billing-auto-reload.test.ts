import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCard, creditsOf, payingCustomer, topUps } from './paying-customer.ts'
import { asPage, openProduct, type Product } from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

const formOf = (page: Page) => page.getByRole('form', { name: 'Auto-reload' })

/** Fills the form and saves nothing. */
async function choose(page: Page, choice: { threshold: number; quantity: number; cap: number }) {
  const form = formOf(page)
  if (!(await form.getByRole('switch').isChecked())) await form.getByRole('switch').press('Space')
  await form.getByLabel('Trigger threshold').fill(String(choice.threshold))
  await form.getByLabel('Number of packages').fill(String(choice.quantity))
  await form.getByLabel('Monthly spending cap').fill(String(choice.cap))
}

test('a sentence states what is saved, and nothing but saving moves the switch', async () => {
  const page = await product.visit()
  await payingCustomer(page)
  const form = formOf(page)
  await form.getByText('Off.').waitFor()
  expect(await form.getByRole('switch').isChecked()).toBe(false)

  await choose(page, { threshold: 20, quantity: 2, cap: 240 })
  await form
    .getByText(
      'When the balance drops below 20 credits, buy 2 × 100 credits for $24.00; at most $240.00 a month',
      { exact: true },
    )
    .waitFor()
  await form.getByText('Unsaved changes').waitFor()
  await form.getByRole('button', { name: 'Save', exact: true }).click()
  await form.getByText('Watching.').waitFor()
  await form.getByText('All changes saved').waitFor()

  await page.reload()
  await form.getByText('Watching.').waitFor()
  expect(await form.getByRole('switch').isChecked()).toBe(true)
  expect(await form.getByLabel('Trigger threshold').inputValue()).toBe('20 credits')
  expect(await form.getByLabel('Monthly spending cap').inputValue()).toBe('$240')

  await form.getByRole('switch').press('Space')
  await form.getByRole('button', { name: 'Save', exact: true }).click()
  await form.getByText('Off.').waitFor()
  await page.getByRole('button', { name: '+ Buy Credits' }).click()
  await page.getByRole('button', { name: 'Purchase · $12.00' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await page
    .getByText(/3(50\.00|49\.9\d)/)
    .first()
    .waitFor()
  expect(await form.getByRole('switch').isChecked()).toBe(false)
  expect(await asPage(page, 'GET', '/v1/auto-reload')).toMatchObject({ enabled: false })
})

test('a threshold above the balance says that it buys right away, and does; every attempt is listed', async () => {
  const page = await product.visit()
  await payingCustomer(page)
  const form = formOf(page)
  await choose(page, { threshold: 300, quantity: 2, cap: 240 })
  await form.getByText(/saving buys 2 × 100 credits for \$24\.00 right away/).waitFor()
  // Enter in a field does not pay. It moves to the button that names the price.
  await form.getByLabel('Trigger threshold').press('Enter')
  const save = form.getByRole('button', { name: 'Save · $24.00' })
  await save.and(page.locator(':focus')).waitFor()
  expect(await topUps(page)).toEqual([])
  await save.press('Enter')
  await form.getByText('Watching.').waitFor()
  await form.getByText(/\$24\.00 of \$240\.00/).waitFor()
  expect(await creditsOf(page)).toBe(450)
  await form.getByRole('link', { name: 'All attempts' }).click()
  await page.getByRole('row', { name: /Bought Bought 2 × 100 credits for \$24\.00/ }).waitFor()
  await page.getByText('Payments', { exact: true }).click()
  await page.getByRole('row', { name: /2 × 100 credits Auto-reload.*Paid \+200 \$24\.00/ }).waitFor()
})

test('a declined card is shown with what happens next, and another card fixes it', async () => {
  const page = await product.visit()
  await payingCustomer(page, 'decline')
  const form = formOf(page)
  await choose(page, { threshold: 300, quantity: 1, cap: 12 })
  await form.getByRole('button', { name: 'Save · $12.00' }).click()
  await form.getByText(/^Waiting until /).waitFor()
  await form.getByText(/The bank declined the card/).waitFor()
  await form.getByRole('button', { name: 'Fix card' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a card' })
  await dialog.getByRole('button', { name: 'Add card' }).click()
  await form.getByText('Watching.').waitFor()
  expect(await creditsOf(page)).toBe(350)

  // The next purchase would exceed the cap. It is not made, which is listed.
  await choose(page, { threshold: 400, quantity: 1, cap: 12 })
  await form.getByText(/would exceed the monthly cap/).waitFor()
  await form.getByRole('button', { name: 'Save', exact: true }).click()
  await form.getByText(/^Capped until /).waitFor()
  await page.goto('/billing?history=reloads')
  const rows = page.getByRole('table', { name: 'Auto-reload attempts' }).getByRole('row')
  await rows.filter({ hasText: 'Not made' }).filter({ hasText: 'cap' }).first().waitFor()
  await rows.filter({ hasText: 'Declined' }).first().waitFor()
})

test('a pending confirmation with the bank stops auto-reload until it is given', async () => {
  const page = await product.visit()
  await payingCustomer(page, 'requires_action')
  const form = formOf(page)
  await choose(page, { threshold: 300, quantity: 1, cap: 240 })
  await form.getByRole('button', { name: 'Save · $12.00' }).click()
  await form.getByText('Stopped.').waitFor()
  const notice = page.getByRole('region', { name: /confirm with your bank/ })
  await notice.getByText(/by auto-reload/).waitFor()
  await notice.getByRole('link', { name: 'Finish at your bank' }).click()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('dialog', { name: 'Credits bought' }).getByRole('button', { name: 'Done' }).click()
  await form.getByText('Watching.').waitFor()
  expect(await creditsOf(page)).toBe(350)
})

test('a button fills in the recommendation, and only Save saves it', async () => {
  const page = await product.visit()
  await payingCustomer(page)
  const form = formOf(page)
  await form.getByRole('button', { name: 'Use 10' }).click()
  await form.getByText('This is the recommended threshold.').waitFor()
  expect(await asPage(page, 'GET', '/v1/auto-reload')).toMatchObject({ thresholdCredits: 20 })
  await form.getByLabel('Number of packages').fill('101')
  await form.getByRole('button', { name: 'Save', exact: true }).click()
  await form.getByText('Enter a whole number from 1 to 100').waitFor()
  await page.getByRole('link', { name: 'Agents' }).click()
  await page
    .getByRole('dialog', { name: 'Leave without saving?' })
    .getByRole('button', { name: 'Stay here' })
    .click()
  await form.getByRole('button', { name: 'Undo' }).click()
  await form.getByText('All changes saved').waitFor()
  expect(await form.getByLabel('Trigger threshold').inputValue()).toBe('20 credits')
})

test('settings saved elsewhere show up', async () => {
  const page = await product.visit()
  await payingCustomer(page)
  const other = await page.context().newPage()
  await other.goto('/billing')
  await formOf(other).getByText('Off.').waitFor()
  await choose(page, { threshold: 30, quantity: 3, cap: 100 })
  await formOf(page).getByRole('button', { name: 'Save', exact: true }).click()
  await formOf(other).getByText('Watching.').waitFor()
  expect(await formOf(other).getByRole('switch').isChecked()).toBe(true)
  await formOf(other)
    .getByText(/below 30 credits, buy 3 × 100 credits/)
    .waitFor()
  await addCard(page, 'decline')
  await other.getByRole('listitem').filter({ hasText: '0002' }).waitFor()
})
