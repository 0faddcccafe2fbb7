import type { Package } from '../../api/types.ts'

/** Picks the smallest package with enough credits, or the largest one; undefined when there are none. */
export function pickPackage(packages: readonly Package[], neededMs: number): Package | undefined {
  const bySize = [...packages].sort((one, other) => one.credits.milliseconds - other.credits.milliseconds)
  return bySize.find((pack) => pack.credits.milliseconds >= neededMs) ?? bySize.at(-1)
}
