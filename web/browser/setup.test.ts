import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from './accessibility.ts'
import {
  asPage,
  joinByInvitation,
  makePerson,
  newAgent,
  openProduct,
  type Product,
  signUp,
} from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

test('the checklist completes by what happens, such as a test call, and can be hidden', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  await signUp(page)
  await page.getByRole('link', { name: 'Setup' }).click()
  await page.getByText('0 of 5 done').waitFor()
  const step = (name: string) => page.getByRole('listitem').filter({ hasText: name })
  await step('Make a test call').getByText('Add an active agent first.').waitFor()
  await asPage(page, 'POST', '/v1/agents', newAgent)
  await page.getByText('1 of 5 done').waitFor()

  await page.getByRole('button', { name: 'Make a test call' }).click()
  await page.getByText('credits so far').waitFor()
  await page.getByText('2 of 5 done').waitFor()
  await expect.poll(() => page.getByText(/^0:0[1-9]$/).count()).toBe(1)
  await page.getByRole('button', { name: 'Hang up' }).click()
  await step('See what it cost')
    .getByText(/The latest call lasted .* s and cost 0\.0\d credits/)
    .waitFor()
  await page.getByText('3 of 5 done').waitFor()

  await page.getByRole('button', { name: 'Add card' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a card' })
  await dialog.getByRole('button', { name: 'Add card' }).click()
  await page.getByText('4 of 5 done').waitFor()
  await asPage(page, 'PATCH', '/v1/workspace', { lowBalanceCredits: 10 })
  await page.getByText('5 of 5 done').waitFor()

  await page.getByRole('button', { name: 'Hide the checklist' }).click()
  await page.getByRole('link', { name: 'Setup' }).waitFor({ state: 'hidden' })
  await page.reload()
  await page.getByText('The checklist is hidden').waitFor()
  await page.goto('/settings/preferences')
  await page.getByRole('switch', { name: 'Setup checklist in the sidebar' }).press('Space')
  await page.getByRole('link', { name: 'Setup' }).click()
  await page.getByText('5 of 5 done').waitFor()
})

test('a test call ends when the page is left', async () => {
  const page = await product.visit()
  await signUp(page)
  await asPage(page, 'POST', '/v1/agents', newAgent)
  await page.goto('/setup')
  await page.getByRole('button', { name: 'Make a test call' }).click()
  await page.getByText('credits so far').waitFor()
  await page.getByRole('link', { name: 'Live calls' }).click()
  await page.getByText('No live calls').waitFor()
  expect(await asPage(page, 'GET', '/v1/balance')).toMatchObject({ liveCalls: 0 })
})

test('a member sees the checklist, and it is accessible', async () => {
  const owner = await product.visit()
  await signUp(owner)
  await asPage(owner, 'POST', '/v1/agents', newAgent)
  const guest = makePerson('Sanne de Vries')
  const { url } = await asPage(owner, 'POST', '/v1/invitations', { email: guest.email, role: 'member' })
  const page = await product.visit({ reducedMotion: 'reduce' })
  await joinByInvitation(page, String(url), guest.name)
  await page.getByText('No live calls').waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await page.getByText('Owners and admins manage cards.').waitFor()
  await page.getByText('1 of 4 done').waitFor()
  expect(await page.getByRole('button', { name: 'Make a test call' }).isDisabled()).toBe(true)
  await inspect(page)
})
