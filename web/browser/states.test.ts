import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  asPage,
  joinByInvitation,
  makePerson,
  openProduct,
  type Product,
  password,
  signUp,
  workspaceWithCalls,
} from './product.ts'

let product: Product
beforeAll(async () => {
  product = await openProduct()
})
afterAll(() => product.close())

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? ''
  })

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await focused(page)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${name}; it is at ${await focused(page)}`)
}

test('signing in and creating an agent work by keyboard', async () => {
  const page = await product.visit()
  const { email } = await signUp(page)
  await page.context().clearCookies()
  await page.goto('/agents')
  await page.waitForURL('**/sign-in?redirect=%2Fagents')

  const { keyboard } = page
  await page.getByLabel('Email').and(page.locator(':focus')).waitFor()
  await keyboard.type(email)
  await keyboard.press('Tab')
  await keyboard.type('wrong password')
  await keyboard.press('Enter')
  await page
    .getByRole('alert')
    .getByText(/password/i)
    .waitFor()
  await page.getByRole('textbox', { name: 'Password' }).fill('')
  await keyboard.type(password)
  await keyboard.press('Enter')

  // Back at the requested page.
  await page.waitForURL('**/agents')
  await page.getByText('No agents yet').waitFor()
  await keyboard.press('g')
  await keyboard.press('h')
  await page.waitForURL('**/calls')
  await expect.poll(() => focused(page)).toBe('Call history')
  await keyboard.press('g')
  await keyboard.press('a')
  await page.waitForURL('**/agents')
  await expect.poll(() => focused(page)).toBe('Agents')

  await tabTo(page, 'New agent')
  await keyboard.press('Enter')
  await page.getByLabel('Name').and(page.locator(':focus')).waitFor()
  await keyboard.press('Enter')
  await page.getByText('Enter a name').waitFor()
  await keyboard.type('Reception')
  await keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await keyboard.type('not a number')
  await keyboard.press('Tab')
  await keyboard.type('openai')
  await keyboard.press('Tab')
  await keyboard.type('gpt-4.1-mini')
  await keyboard.press('Enter')
  // The server's error is shown at its field, which has the focus.
  const phone = page.getByRole('textbox', { name: 'Phone number' })
  await phone.and(page.locator('[aria-invalid="true"]')).and(page.locator(':focus')).waitFor()
  await phone.fill('')
  await keyboard.press('Enter')
  await page.getByRole('cell', { name: 'Reception', exact: true }).waitFor()
})

test('single letters are no shortcuts in a field, or when turned off', async () => {
  const page = await product.visit()
  await signUp(page)
  await page.goto('/settings/workspace')
  await page.getByRole('textbox', { name: 'Workspace name' }).focus()
  await page.keyboard.type('gh?')
  expect(new URL(page.url()).pathname).toBe('/settings/workspace')
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('link', { name: 'Preferences' }).click()
  await expect.poll(() => page.title()).toBe('Preferences · Settings · Talktime')
  await page.getByRole('switch', { name: 'Single-letter shortcuts' }).press('Space')
  await page.getByRole('switch', { name: 'Single-letter shortcuts' }).blur()
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Find a page or action' }).fill('agents')
  expect(new URL(page.url()).pathname).toBe('/settings/preferences')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/agents')
})

test('a failing card says so with its request id, leaves the others working, and can be retried', async () => {
  const page = await product.visit()
  await workspaceWithCalls(product, page)
  const failing = {
    status: 500,
    code: 'internal',
    detail: 'Something went wrong.',
    requestId: 'req_for_support',
  }
  let retried = false
  await page.exposeFunction('onRetried', () => {
    retried = true
  })
  await page.route('**/v1/calls?*', (route) =>
    retried
      ? route.continue()
      : route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          body: JSON.stringify(failing),
        }),
  )
  await page.goto('/live')
  const alert = page.getByRole('alert').filter({ hasText: 'Live calls could not be loaded' })
  await alert.getByText('req_for_support').waitFor()
  await page.getByText('30 monthly').waitFor()
  // Events reload the list at any time. It keeps failing until somebody retries, so that the button stays.
  const retry = alert.getByRole('button', { name: 'Retry' })
  await retry.evaluate((button) =>
    button.addEventListener('click', () => (window as unknown as { onRetried(): void }).onRetried(), {
      capture: true,
    }),
  )
  await retry.click()
  await page.getByText('No live calls').waitFor()
})

test('an empty history differs from one without matches', async () => {
  const page = await product.visit()
  const { agentId, stack } = await workspaceWithCalls(product, page)
  await page.goto('/calls')
  await page.getByText('No calls yet').waitFor()
  await stack('', { agentId, direction: 'web' })
  await page.goto('/calls?direction=inbound&window=last_7_days')
  await page.getByText('No calls match these filters').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('row', { name: /Web visitor/ }).waitFor()
  expect(new URL(page.url()).search).toBe('')
})

test('a lost stream is announced', async () => {
  const page = await product.visit()
  await page.clock.install()
  await page.route('**/v1/events*', (route) => route.abort())
  // The test can only break a stream of the page itself.
  await page.context().addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'))
  await signUp(page)
  await page.getByText('Add an agent to start taking calls').waitFor()
  await page.clock.fastForward(36_000)
  await page.getByText(/Live updates are paused/).waitFor()
})

test('unsaved changes are flagged and not lost by accident', async () => {
  const page = await product.visit()
  await signUp(page)
  await page.goto('/settings/workspace')
  await page.getByRole('textbox', { name: 'Workspace name' }).fill('Northwind Clinics')
  await page.getByText('Unsaved changes').waitFor()
  await page.getByRole('link', { name: 'Agents' }).click()
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
  await dialog.getByRole('button', { name: 'Stay here' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('All changes saved').waitFor()
  await page.getByRole('link', { name: 'Agents' }).click()
  await page.waitForURL('**/agents')
  await page.getByText('Northwind Clinics').first().waitFor()
})

test('an invited member joins and has read access', async () => {
  const owner = await product.visit()
  await signUp(owner, makePerson('Ada Berger'))
  const guest = makePerson('Sanne de Vries')
  await owner.goto('/settings/members')
  await owner.getByRole('button', { name: 'Invite' }).click()
  await owner.getByLabel('Email').fill(guest.email)
  await owner.getByRole('button', { name: 'Create invitation link' }).click()
  const link = (await owner.getByText(/\/join\?token=/).textContent()) ?? ''

  const page = await product.visit()
  await page.goto(link)
  await page.getByRole('heading', { name: 'Join Northwind Dental' }).waitFor()
  await joinByInvitation(page, link, guest.name)
  await page.goto('/agents')
  await page.getByText('Only owners and admins can add or edit agents. Ask Ada Berger.').waitFor()
  expect(await page.getByRole('button', { name: 'New agent' }).isDisabled()).toBe(true)
  await page.goto('/settings/workspace')
  expect(await page.getByRole('textbox', { name: 'Workspace name' }).isDisabled()).toBe(true)
  await expect(asPage(page, 'PATCH', '/v1/workspace', { name: 'Mine' })).rejects.toThrow('forbidden')
})

test('a signed-in person joins another workspace, switches between them, and signs out', async () => {
  const owner = await product.visit()
  await signUp(owner)
  const page = await product.visit()
  const { email } = await signUp(page, makePerson('Milo Fischer'), 'Contoso Clinics')
  const { url } = await asPage(owner, 'POST', '/v1/invitations', { email, role: 'admin' })
  await page.goto(String(url))
  await page.getByRole('button', { name: 'Join Northwind Dental' }).click()
  await page.waitForURL('**/live')
  await page.getByRole('button', { name: /^Workspace Northwind Dental/ }).click()
  await page.getByRole('menuitem', { name: 'Contoso Clinics' }).click()
  await page.getByRole('button', { name: /^Workspace Contoso Clinics/ }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: /^Workspace Contoso Clinics/ }).waitFor()

  await page.getByRole('button', { name: /account menu of Milo Fischer/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
  await page.goto('/live')
  await page.waitForURL('**/sign-in?redirect=%2Flive')
})

test('a link from an email opens its workspace, after signing in if necessary', async () => {
  const owner = await product.visit()
  await signUp(owner)
  const page = await product.visit()
  const { email } = await signUp(page, makePerson('Milo Fischer'), 'Contoso Clinics')
  const { url } = await asPage(owner, 'POST', '/v1/invitations', { email, role: 'admin' })
  const token = new URL(String(url)).searchParams.get('token')
  await asPage(page, 'POST', '/v1/invitations/accept', { token })
  const { workspaces } = await asPage(page, 'GET', '/v1/session')
  const other = (workspaces as { id: string; name: string }[]).find(({ name }) => name === 'Northwind Dental')
  await page.context().clearCookies()
  await page.goto(`/settings/members?workspace=${other?.id}`)
  await page.getByLabel('Email').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: /^Workspace Northwind Dental/ }).waitFor()
  // It is removed from the address, so that a reload does not undo a later switch.
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/settings/members')
})
