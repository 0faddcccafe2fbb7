import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCard, creditsOf, payingCustomer, topUps } from './paying-customer.ts'
import { asPage, joinByInvitation, makePerson, openProduct, type Product, signUp } from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

const textAfter = async (page: Page, name: string): Promise<string> =>
  (await page.getByRole('dialog').locator('dl > div', { hasText: name }).locator('dd').textContent()) ?? ''

test('on the Free plan, buying and auto-reload are disabled and say why', async () => {
  const page = await product.visit()
  await signUp(page)
  await page.getByRole('link', { name: 'Billing', exact: true }).click()
  await page.getByRole('heading', { name: 'Billing', level: 1 }).waitFor()
  const buy = page.getByRole('button', { name: '+ Buy Credits' })
  await page.getByText('Paid plan required').first().waitFor()
  expect(await buy.isDisabled()).toBe(true)
  const reasonId = (await buy.getAttribute('aria-describedby')) ?? ''
  expect(await page.locator(`[id="${reasonId}"]`).textContent()).toContain('Paid plan required')

  const form = page.getByRole('form', { name: 'Auto-reload' })
  await form.getByText('Paid plan required').waitFor()
  expect(await form.getByRole('switch').isDisabled()).toBe(true)
  expect(await form.getByRole('textbox', { name: 'Trigger threshold' }).isDisabled()).toBe(true)
  expect(await form.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
  // A link to the dialog does not bypass this.
  await page.goto('/billing?buy=credits_100')
  await page.getByText('Paid plan required').first().waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  await expect(
    asPage(page, 'POST', '/v1/purchases', { packageId: 'credits_100', quantity: 1 }),
  ).rejects.toThrow('plan_required')
})

test('an upgrade says what is charged and granted, does exactly that, and takes effect immediately', async () => {
  const page = await product.visit()
  await signUp(page)
  await page.goto('/billing')
  await page.getByRole('button', { name: 'Upgrade: Growth' }).click()
  const dialog = page.getByRole('dialog', { name: 'Upgrade to Growth' })
  await dialog.getByText('There is no card to charge. Add one first.').waitFor()
  await dialog.getByRole('button', { name: 'Add card' }).click()
  const cards = page.getByRole('dialog', { name: 'Add a card' })
  await cards.getByRole('radio', { name: /^Success/ }).check()
  await cards.getByRole('button', { name: 'Add card' }).click()

  const upgrade = dialog.getByRole('button', { name: /^Upgrade · / })
  await expect.poll(() => upgrade.isEnabled()).toBe(true)
  const charge = await textAfter(page, 'Charged now')
  const credits = await textAfter(page, 'Credits now')
  expect(await upgrade.textContent()).toBe(`Upgrade · ${charge}`)
  await upgrade.click()
  const done = page.getByRole('dialog', { name: 'Payment made' })
  await done.getByText(`${credits} added to your balance.`).waitFor()
  await done.getByText(charge).waitFor()
  await done.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Current plan').waitFor()
  expect(await page.getByRole('button', { name: '+ Buy Credits' }).isEnabled()).toBe(true)
  expect(await creditsOf(page)).toBe(1000)
})

test('2 × 100 credits are bought once, however often the button is pressed, and have a receipt', async () => {
  const page = await product.visit()
  const { email } = await payingCustomer(page)
  await page.getByRole('button', { name: '+ Buy Credits' }).click()
  const dialog = page.getByRole('dialog', { name: 'Buy credits' })
  await dialog.getByLabel('Quantity').fill('2')
  await dialog.getByText(/^4(50\.00|49\.9\d) credits$/).waitFor()
  await dialog.getByRole('button', { name: 'Purchase · $24.00' }).dblclick()

  const done = page.getByRole('dialog', { name: 'Credits bought' })
  await done.getByText('200 credits added to your balance.').waitFor()
  expect(await topUps(page)).toMatchObject([{ status: 'succeeded', credits: { credits: 200 } }])
  expect(await creditsOf(page)).toBe(450)

  await done.getByRole('link', { name: 'View receipt' }).click()
  await page.waitForURL('**/billing/receipts/pur_*')
  const paper = page.getByRole('article')
  await paper.getByText(/R-2\d{3}-\d{6}/).waitFor()
  for (const words of ['2 × 100 credits', 'Talktime', 'Northwind Dental', email, 'Total in USD']) {
    await paper.getByText(words).first().waitFor()
  }
  await paper.getByText('$24.00').first().waitFor()
  expect(await paper.textContent()).toContain(new URL(page.url()).pathname.split('/').at(-1))
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await page.getByRole('navigation').count()).toBe(0)
  expect(await page.getByRole('button').count()).toBe(0)
  const paperColor = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(await paperColor()).toBe('rgb(255, 255, 255)')

  await page.emulateMedia({ media: null })
  await page.goto('/billing?history=credits')
  await page
    .getByRole('row', { name: /Top-up credits 2 × 100 credits Receipt \+200\.00 4(50\.00|49\.9\d)/ })
    .waitFor()
})

test('credits can be bought by keyboard', async () => {
  const page = await product.visit()
  await payingCustomer(page)
  const { keyboard } = page
  await keyboard.press('g')
  await keyboard.press('l')
  await page.waitForURL('**/live')
  await keyboard.press('b')
  await page
    .getByRole('radio', { name: /^100 credits/ })
    .and(page.locator(':focus'))
    .waitFor()
  await keyboard.press('ArrowDown')
  await page.getByRole('radio', { name: /^500 credits/, checked: true }).waitFor()
  await keyboard.press('Tab')
  await keyboard.press('Control+a')
  await keyboard.type('3')
  // Enter in a field does not pay.
  await keyboard.press('Enter')
  const button = page.getByRole('button', { name: 'Purchase · $165.00' })
  for (let presses = 0; presses < 10; presses += 1) {
    if (await button.evaluate((element) => element === document.activeElement)) break
    await keyboard.press('Tab')
  }
  expect(await topUps(page)).toEqual([])
  await keyboard.press('Enter')
  await page.getByText('1,500 credits added to your balance.').waitFor()
  expect(await topUps(page)).toHaveLength(1)
})

test('a declined card buys nothing and says why; another card works', async () => {
  const page = await product.visit()
  await payingCustomer(page, 'insufficient_funds')
  await page.getByRole('button', { name: '+ Buy Credits' }).click()
  await page.getByRole('button', { name: 'Purchase · $12.00' }).click()
  await page
    .getByRole('alert')
    .getByText(/insufficient funds/)
    .waitFor()
  expect(await creditsOf(page)).toBe(250)
  expect(await topUps(page)).toMatchObject([{ status: 'failed' }])

  const dialog = page.getByRole('dialog', { name: 'Buy credits' })
  await dialog.getByRole('combobox', { name: 'Card' }).click()
  await page.getByRole('option', { name: 'Visa •••• 4242' }).click()
  await dialog.getByRole('button', { name: 'Purchase · $12.00' }).click()
  await page.getByText('100 credits added to your balance.').waitFor()
  expect(await creditsOf(page)).toBe(350)
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('row', { name: /100 credits.*•••• 9995 Declined/ }).waitFor()
})

test('a pending confirmation with the bank survives a reload of the page and can be given later', async () => {
  const page = await product.visit()
  await payingCustomer(page, 'requires_action')
  await page.keyboard.press('b')
  await page.getByRole('button', { name: 'Purchase · $12.00' }).click()
  const dialog = page.getByRole('dialog', { name: 'Confirm with your bank' })
  await dialog.waitFor()
  await page.reload()
  await dialog.getByRole('button', { name: 'Later' }).click()
  expect(await creditsOf(page)).toBe(250)

  await page.goto('/billing')
  const notice = page.getByRole('region', { name: /confirm with your bank/ })
  await notice.getByRole('link', { name: 'Finish at your bank' }).click()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.waitForURL('**/billing?purchase=pur_*')
  await page.getByRole('dialog', { name: 'Credits bought' }).getByRole('button', { name: 'Done' }).click()
  await notice.waitFor({ state: 'hidden' })
  expect(await creditsOf(page)).toBe(350)
})

test('a purchase that needs confirmation can be canceled', async () => {
  const page = await product.visit()
  await payingCustomer(page, 'requires_action')
  await asPage(page, 'POST', '/v1/purchases', { packageId: 'credits_100', quantity: 1 })
  // The stream brings a purchase that was made elsewhere.
  const notice = page.getByRole('region', { name: /confirm with your bank/ })
  await notice.getByRole('button', { name: 'Cancel purchase' }).click()
  await notice.waitFor({ state: 'hidden' })
  expect(await topUps(page)).toMatchObject([{ status: 'failed' }])
})

test('an unknown outcome is found out, and the page says so until then', async () => {
  const page = await product.visit()
  await payingCustomer(page, 'unknown_outcome')
  await page.keyboard.press('b')
  await page.getByRole('button', { name: 'Purchase · $12.00' }).click()
  await page.getByRole('dialog', { name: 'Checking the payment' }).waitFor()
  await page.getByRole('region', { name: /checking the payment/ }).waitFor()
  await page.getByRole('dialog', { name: 'Credits bought' }).getByRole('button', { name: 'Done' }).click()
  expect(await creditsOf(page)).toBe(350)
})

test('without a response, the purchase can be retried, even after a reload of the page', async () => {
  const page = await product.visit()
  await payingCustomer(page)
  // The order arrives, but the response is lost.
  await page.route('**/v1/purchases', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch()
    await route.abort()
  })
  await page.keyboard.press('b')
  await page.getByRole('button', { name: 'Purchase · $12.00' }).click()
  await page.getByText(/have not received a response/).waitFor()
  await page.unroute('**/v1/purchases')
  await page.reload()
  const dialog = page.getByRole('dialog', { name: 'Buy credits' })
  expect(await dialog.getByLabel('Quantity').isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: 'Retry · $12.00' }).click()
  await page.getByText('100 credits added to your balance.').waitFor()
  expect(await topUps(page)).toHaveLength(1)
  expect(await creditsOf(page)).toBe(350)
})

test('a downgrade is scheduled for the end of the cycle, and can be canceled', async () => {
  const page = await product.visit()
  await payingCustomer(page)
  await page.getByRole('button', { name: 'Downgrade: Free' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change to Free' })
  await dialog.getByText('Members: 2 instead of 5').waitFor()
  await dialog.getByRole('button', { name: /^Change on / }).click()
  await page.getByText(/^Changes to Free on .*Starter continues until then/).waitFor()
  expect(await page.getByRole('button', { name: '+ Buy Credits' }).isEnabled()).toBe(true)
  await page.getByRole('button', { name: 'Keep Starter' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Keep Starter' }).click()
  await page.getByText(/^Renews on .* for \$29\.00, charged to Visa •••• 4242/).waitFor()
})

test('cards can be added, made the default and removed', async () => {
  const page = await product.visit()
  await payingCustomer(page)
  await page.getByRole('button', { name: 'Add card' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a card' })
  await dialog.getByRole('radio', { name: /^Decline/ }).check()
  await dialog.getByRole('button', { name: 'Add card' }).click()
  const card = (lastFour: string) => page.getByRole('listitem').filter({ hasText: lastFour })
  await card('0002').getByText('Default').waitFor()
  await card('4242')
    .getByRole('button', { name: /^Actions/ })
    .click()
  await page.getByRole('menuitem', { name: 'Make default' }).click()
  await card('4242').getByText('Default').waitFor()
  await card('0002')
    .getByRole('button', { name: /^Actions/ })
    .click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByText('It will not be charged again.').waitFor()
  await page.getByRole('button', { name: 'Remove card' }).click()
  await card('0002').waitFor({ state: 'detached' })
})

test('a member sees the Billing page and who can help, and cannot spend money', async () => {
  const owner = await product.visit()
  await payingCustomer(owner)
  await addCard(owner, 'requires_action')
  await asPage(owner, 'POST', '/v1/purchases', { packageId: 'credits_100', quantity: 1 })
  const guest = makePerson('Sanne de Vries')
  const { url } = await asPage(owner, 'POST', '/v1/invitations', { email: guest.email, role: 'member' })
  const page = await product.visit()
  await joinByInvitation(page, String(url), guest.name)
  await page.goto('/billing?buy=credits_100')
  await page.getByText(/^Only owners and admins can buy credits.* Ask Ada Berger\.$/).waitFor()
  await page.getByRole('region', { name: /confirm with your bank/ }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  for (const name of ['+ Buy Credits', 'Upgrade: Growth', 'Downgrade: Free', 'Save']) {
    expect(await page.getByRole('button', { name, exact: true }).isDisabled(), name).toBe(true)
  }
  expect(await page.getByRole('switch', { name: 'Auto-reload' }).isDisabled()).toBe(true)
  for (const name of ['Finish at your bank', 'Cancel purchase', 'Add card']) {
    expect(await page.getByText(name).count(), name).toBe(0)
  }
})
