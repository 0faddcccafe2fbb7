import { expect, test } from 'vitest'
import { launchBrowser, launchPackagedBrowser } from './chromium.ts'

test.each([
  ['of the machine, if it has one', launchBrowser],
  ['that comes as a package', launchPackagedBrowser],
])('the browser %s starts and draws text', async (_, launch) => {
  const browser = await launch()
  const page = await browser.newPage()
  await page.setContent('<p><span>1.5 credits</span></p>')
  const text = page.getByText('1.5 credits')
  // The text is as wide as its letters: zero if no font was found.
  expect((await text.boundingBox())?.width).toBeGreaterThan(30)
  await browser.close()
})
