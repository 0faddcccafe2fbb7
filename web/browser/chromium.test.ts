import { expect, test } from 'vitest'
import { launchBrowser } from './chromium.ts'

test('a browser starts on any machine and draws a page with text', async () => {
  const browser = await launchBrowser()
  const page = await browser.newPage()
  await page.setContent('<h1>1.5 credits</h1>')
  const heading = page.getByRole('heading', { name: '1.5 credits' })
  expect((await heading.boundingBox())?.width).toBeGreaterThan(50)
  await browser.close()
})
