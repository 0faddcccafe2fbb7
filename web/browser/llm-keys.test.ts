import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from './accessibility.ts'
import { asPage, newAgent, openProduct, type Product, signUp } from './product.ts'

let product: Product
let provider: Server
let providerUrl: string

beforeAll(async () => {
  // A provider that accepts any key that starts with "good".
  provider = createServer((request, response) => {
    const good = request.headers.authorization?.startsWith('Bearer good')
    response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' })
    const body = good
      ? { object: 'list', data: [{ id: 'm', object: 'model' }] }
      : { error: { message: 'no', code: 'invalid_api_key' } }
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const { port } = provider.address() as AddressInfo
  providerUrl = `http://127.0.0.1:${port}/v1`
  product = await openProduct({ TALKTIME_OUTBOUND_ALLOW: `127.0.0.1:${port}` })
})
afterAll(async () => {
  await product.close()
  provider.close()
})

/** The plan of every workspace in this file, as the operator sets it. */
const changePlan = (planId: string) =>
  product.database.query(
    `update subscriptions s set plan_id = p.id, terms = s.terms || jsonb_build_object('name', p.name, 'features', p.features)
     from plans p where p.id = $1`,
    [planId],
  )

test('a key can be added, tested, replaced and removed, and is never sent back to the browser', async () => {
  const page = await product.visit({ reducedMotion: 'reduce' })
  const answers: string[] = []
  page.on('response', (response) => {
    void response.text().then(
      (text) => answers.push(text),
      () => {},
    )
  })
  await signUp(page)
  await changePlan('enterprise')
  await asPage(page, 'POST', '/v1/agents', newAgent)
  await page.goto('/settings/llm-keys')
  await page.getByText('No LLM API keys yet').waitFor()

  await page.getByRole('button', { name: 'Add key' }).click()
  await page.getByRole('combobox', { name: 'Provider' }).click()
  await page.getByRole('option', { name: 'OpenAI-compatible' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add key' }).click()
  await page.getByText('Paste the whole key').waitFor()
  await page.getByRole('textbox', { name: 'Base URL' }).fill('http://169.254.169.254/latest')
  const key = 'good-key-of-the-customer-4711'
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByRole('dialog').getByRole('button', { name: 'Add key' }).click()
  await page
    .getByText(/baseUrl|address|https/)
    .first()
    .waitFor()
  await page.getByRole('textbox', { name: 'Base URL' }).fill(providerUrl)
  await page.getByRole('dialog').getByRole('button', { name: 'Add key' }).click()
  const row = page.getByRole('row', { name: /OpenAI-compatible.*…4711/ })
  await row.waitFor()

  await row.getByRole('button', { name: /^Test/ }).click()
  await page
    .getByText(/OpenAI-compatible: /)
    .first()
    .waitFor()

  const found = await page.evaluate((secret) => {
    const stored =
      JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie
    const inputs = [...document.querySelectorAll('input')].map((input) => input.value).join(' ')
    return [document.documentElement.outerHTML, stored, inputs, location.href, JSON.stringify(history.state)]
      .map((text) => text?.includes(secret) ?? false)
      .some(Boolean)
  }, key)
  expect(found).toBe(false)
  expect(answers.filter((text) => text.includes(key))).toEqual([])
  expect(answers.some((text) => text.includes('"lastFour":"4711"'))).toBe(true)

  await row.getByRole('button', { name: /^Replace/ }).click()
  await page.getByLabel('Key', { exact: true }).fill('bad-key-of-the-customer-0815')
  await page.getByRole('button', { name: 'Replace key' }).click()
  const replaced = page.getByRole('row', { name: /…0815/ })
  await replaced.waitFor()
  await replaced.getByRole('button', { name: /^Test/ }).click()
  await page.getByRole('row', { name: /…0815.*Refused/ }).waitFor()
  await inspect(page)

  await changePlan('growth')
  await page.reload()
  await page.getByText('Enterprise plan required').waitFor()
  await page.getByRole('row', { name: /…0815.*Stored, not used/ }).waitFor()
  await page.getByRole('button', { name: /^Remove/ }).click()
  await page.getByRole('button', { name: 'Remove key' }).click()
  await page.getByText('No LLM API keys yet').waitFor()
}, 120_000)

test('on other plans, everything is disabled with the reason in text', async () => {
  const page: Page = await product.visit({ reducedMotion: 'reduce' })
  await signUp(page)
  await page.goto('/settings/llm-keys')
  await page.getByText('Enterprise plan required').waitFor()
  expect(await page.getByRole('button', { name: 'Add key' }).isDisabled()).toBe(true)
  expect(await page.getByLabel('Use the platform’s key when mine is refused').isDisabled()).toBe(true)
  await inspect(page)
})
