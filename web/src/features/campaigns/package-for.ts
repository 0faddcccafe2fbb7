import type { Package } from '../../api/types.ts'

/** The smallest package that holds so much, or the largest there is; undefined where none is on sale. */
export function packageFor(packages: readonly Package[], neededMs: number): Package | undefined {
  const bySize = [...packages].sort((one, other) => one.credits.milliseconds - other.credits.milliseconds)
  return bySize.find((pack) => pack.credits.milliseconds >= neededMs) ?? bySize.at(-1)
}
