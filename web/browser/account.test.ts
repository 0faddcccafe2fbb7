import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Mailbox, openMailbox } from '../../server/test/mailbox.ts'
import { readAppCode } from '../../server/test/totp.ts'
import { inspect, violations } from './accessibility.ts'
import { makePerson, openProduct, type Product } from './product.ts'

let product: Product
let mailbox: Mailbox
beforeAll(async () => {
  mailbox = await openMailbox()
  product = await openProduct({
    TALKTIME_SMTP_URL: mailbox.url,
    TALKTIME_MAIL_FROM: 'hello@talktime.example',
  })
})
afterAll(async () => {
  await product.close()
  await mailbox.close()
})

const password = 'walnut harbor eclipse'
const nextPassword = 'pebble lantern tundra'

const visit = () => product.visit({ reducedMotion: 'reduce' })

/** Waits for the mail with a subject, and returns the path of its link. */
async function linkTo(email: string, subject: string): Promise<string> {
  const find = () => mailbox.mails.find(({ to, source }) => to.includes(email) && source.includes(subject))
  await expect.poll(find).toBeDefined()
  const link = /https?:\/\/[^\s"<>]+#token=[^\s"<>]+/.exec(find()?.source ?? '')?.[0] ?? ''
  const { pathname, hash } = new URL(link)
  return `${pathname}${hash}`
}

async function signUpAndConfirm(page: Page, workspace = 'Northwind Dental') {
  const person = makePerson()
  await page.goto('/sign-up')
  await page.getByLabel('Your name').fill(person.name)
  await page.getByLabel('Email').fill(person.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByText('Good password').waitFor()
  await page.getByLabel('Workspace name').fill(workspace)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
  await page.goto(await linkTo(person.email, 'Confirm your email address'))
  await page.waitForURL('**/live')
  return person
}

async function enterPassword(page: Page, email: string, secret: string, to = '/sign-in') {
  await page.goto(to)
  await page.getByLabel('Email').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function openAccount(page: Page) {
  await page.getByRole('button', { name: /account menu of/ }).click()
  await page.getByRole('menuitem', { name: 'Account' }).click()
  await page.getByRole('heading', { name: 'Account', exact: true }).waitFor()
}

test('signing up ends in the mail, whose link opens the dashboard; every step is accessible', async () => {
  const page = await visit()
  await page.goto('/sign-up')
  await page.getByLabel('Email').fill('grace@example.com')
  await page.getByRole('textbox', { name: 'Password' }).fill('grace@example.com')
  await page.getByText('This password is easy to guess from your name').waitFor()
  expect(await violations(page)).toEqual([])
  const person = await signUpAndConfirm(page)

  // In another browser the link asks for the password, and a used one says so.
  const other = await visit()
  await other.goto(await linkTo(person.email, 'Confirm your email address'))
  await other.getByRole('heading', { name: 'Already confirmed' }).waitFor()
  await inspect(other)
  await other.context().close()
  await page.context().close()
})

test('a forgotten password is reset by mail', async () => {
  const page = await visit()
  const { email } = await signUpAndConfirm(page)
  const other = await visit()
  await other.goto('/sign-in')
  await other.getByRole('link', { name: 'Forgot your password?' }).click()
  await other.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
  await inspect(other)
  await other.getByLabel('Email').fill(email)
  await other.getByRole('button', { name: 'Send the link' }).click()
  await other.getByRole('heading', { name: 'Check your mail' }).waitFor()
  await inspect(other)
  await other.goto(await linkTo(email, 'Reset your password'))
  await other.getByRole('heading', { name: 'Set a new password' }).waitFor()
  await inspect(other)
  await other.getByRole('textbox', { name: 'New password' }).fill(nextPassword)
  await other.getByRole('button', { name: 'Set password' }).click()
  await other.getByRole('heading', { name: 'Your password is set' }).waitFor()
  await enterPassword(other, email, nextPassword)
  await other.waitForURL('**/live')
  // The session in the first browser has ended.
  await page.goto('/account')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await other.context().close()
  await page.context().close()
})

test('two-step sign-in is turned on, asked for, replaced by a recovery code, and turned off', async () => {
  const page = await visit()
  const { email } = await signUpAndConfirm(page)
  await openAccount(page)
  await inspect(page)
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByRole('textbox', { name: 'Your password' }).fill(password)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  expect(await violations(page)).toEqual([])
  const secret = ((await page.locator('[role="dialog"] code').textContent()) ?? '').replaceAll(/\s/g, '')
  const uri = `otpauth://totp/Talktime?secret=${secret}`
  await page.getByRole('textbox', { name: 'Code' }).fill(readAppCode(uri))
  await page.getByRole('dialog').getByRole('button', { name: 'Turn on', exact: true }).click()
  await page.getByText('Two-step sign-in is on.').waitFor()
  expect(await violations(page)).toEqual([])
  const codes = ((await page.locator('[role="dialog"] pre').textContent()) ?? '').split('\n')
  expect(codes).toHaveLength(10)
  await page.getByRole('button', { name: 'I saved them' }).click()
  await page.getByText('On, 10 recovery codes left').waitFor()

  const other = await visit()
  await enterPassword(other, email, password, '/sign-in?redirect=/account')
  await other.getByRole('heading', { name: 'Two-step sign-in' }).waitFor()
  await inspect(other)
  await other.getByRole('textbox', { name: 'Code' }).fill('000 000')
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.getByText('This code is wrong').waitFor()
  await other.getByRole('button', { name: 'Use a recovery code' }).click()
  await other.getByRole('textbox', { name: 'Recovery code' }).fill(codes[0] ?? '')
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.getByText('On, 9 recovery codes left').waitFor()

  // The other browser is listed, and can be ended from here.
  await page.reload()
  await page.getByRole('button', { name: /^End the session of Chrome/ }).click()
  await expect.poll(() => page.getByText('End session').count()).toBe(0)
  await other.goto('/account')
  await other.getByRole('heading', { name: 'Sign in' }).waitFor()
  await other.context().close()

  await page.getByRole('button', { name: 'Turn off' }).click()
  await page.getByRole('textbox', { name: 'Your password' }).fill(password)
  await page.getByRole('textbox', { name: 'Code' }).fill(codes[1] ?? '')
  expect(await violations(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click()
  await page.getByText('Off', { exact: true }).waitFor()
  await page.context().close()
})

test('the password is changed by keyboard alone, and an account that owns a workspace is not deleted', async () => {
  const page = await visit()
  await signUpAndConfirm(page, 'Fjord Clinic')
  await openAccount(page)
  await page.getByRole('button', { name: 'Change password' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Current password' }).waitFor()
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path')))
    .toBe('currentPassword')
  await page.keyboard.type('not this one')
  await page.getByRole('textbox', { name: 'New password' }).focus()
  await page.keyboard.type(nextPassword)
  await page.keyboard.press('Enter')
  await page.getByText('This is not your current password.').waitFor()
  await page.getByRole('textbox', { name: 'Current password' }).fill(password)
  await page.keyboard.press('Enter')
  await page.getByText('Password changed. All other sessions were ended').waitFor()

  await page.getByRole('button', { name: 'Delete account' }).click()
  await page.getByRole('textbox', { name: 'Your password' }).fill(nextPassword)
  await page.getByRole('button', { name: 'Delete my account' }).click()
  await page.getByText('You are the only owner of Fjord Clinic.').waitFor()
  expect(await violations(page)).toEqual([])
  await page.context().close()
})

test('a workspace that requires two-step sign-in shows its members the way to turn it on', async () => {
  const page = await visit()
  await signUpAndConfirm(page)
  await page.goto('/settings/members')
  const toggle = page.getByRole('switch', { name: 'Require two-step sign-in' })
  await toggle.waitFor()
  expect(await toggle.isDisabled()).toBe(true)
  await page.getByText('for your own account').waitFor()
  await product.database.query('update workspaces set requires_second_factor = true')
  await page.goto('/live')
  await page.getByText('requires two-step sign-in').waitFor()
  await inspect(page)
  await page.getByRole('button', { name: 'Turn it on' }).click()
  await page.getByRole('textbox', { name: 'Your password' }).waitFor()
  expect(await violations(page)).toEqual([])
  await product.database.query('update workspaces set requires_second_factor = false')
  await page.context().close()
})

test.each([
  '//evil.example',
  '/\\evil.example',
  '/%09/evil.example',
  'https://evil.example',
  '/%2F%2Fevil.example',
])('after signing in, a link with the address %s stays here', async (address) => {
  const page = await visit()
  const { email } = await signUpAndConfirm(page)
  await page.context().clearCookies()
  await enterPassword(page, email, password, `/sign-in?redirect=${encodeURIComponent(address)}`)
  await page.waitForURL('**/live')
  expect(new URL(page.url()).origin).toBe(product.address)
  await page.context().close()
})
