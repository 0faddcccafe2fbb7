/** Usage in milliseconds of talk time, and the number of calls. */
export type Use = { usedMs: number; calls: number }

/**
 * Splits a whole into shares in tenths of a percent, rounded by the largest remainder method so that they add up to
 * 1,000. All shares of an empty whole are 0.
 */
export function computeShares(parts: readonly number[]): number[] {
  const whole = parts.reduce((sum, part) => sum + part, 0)
  if (whole <= 0) return parts.map(() => 0)
  const exact = parts.map((part) => (part * 1_000) / whole)
  const shares = exact.map(Math.floor)
  const left = 1_000 - shares.reduce((sum, share) => sum + share, 0)
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((one, other) => other.remainder - one.remainder)
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1
  return shares
}

export type AgentUse = Use & { agentId: string; name: string; archived: boolean }
export type Ranking = { top: AgentUse[]; other: (Use & { agents: number }) | null }

/** Ranks agents by usage and sums up those after the first `topMax`. Agents without calls are left out. */
export function rankAgents(agents: readonly AgentUse[], topMax: number): Ranking {
  const used = agents.filter(({ calls }) => calls > 0)
  const others = used.slice(topMax)
  const sum = (of: (use: Use) => number) => others.reduce((total, use) => total + of(use), 0)
  return {
    top: used.slice(0, topMax),
    other:
      others.length === 0
        ? null
        : { usedMs: sum((use) => use.usedMs), calls: sum((use) => use.calls), agents: others.length },
  }
}
