import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** WCAG 2.2 A and AA, as far as a program can check. */
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Lists the accessibility violations of a page. */
export async function violations(on: Page): Promise<string[]> {
  // Colors in transition from one scheme to the other would be judged wrongly.
  await on.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)))
  await on.evaluate(axe.source)
  return on.evaluate(async (tags) => {
    const engine = Reflect.get(globalThis, 'axe') as typeof axe
    const { violations: found } = await engine.run(document, { runOnly: tags, resultTypes: ['violations'] })
    return found.flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
    )
  }, axeTags)
}

const sideways = (on: Page) =>
  on.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Checks a page in both color schemes, wide and narrow. */
export async function inspect(on: Page): Promise<void> {
  for (const width of [1920, 800, 320, 1280, 390]) {
    await on.setViewportSize({ width, height: 860 })
    expect(await sideways(on), `scrolls sideways at ${width} px`).toBe(0)
    if (width !== 1280 && width !== 390) continue
    for (const colorScheme of ['light', 'dark'] as const) {
      await on.emulateMedia({ colorScheme })
      await on.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor()
      expect(await violations(on), `${width} px, ${colorScheme}`).toEqual([])
    }
  }
}
