/** Usage added up: milliseconds of talk time, and the number of calls. */
export type UsageTotal = { readonly usedMs: number; readonly calls: number }

export const NO_USAGE: UsageTotal = { usedMs: 0, calls: 0 }

/** Adds up usage. */
export function sumUsage(parts: readonly UsageTotal[]): UsageTotal {
  return parts.reduce(
    (sum, part) => ({ usedMs: sum.usedMs + part.usedMs, calls: sum.calls + part.calls }),
    NO_USAGE,
  )
}
