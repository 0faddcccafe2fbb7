/** The part of a grant that burn-down needs. Amounts are milliseconds of talk time, instants epoch milliseconds. */
export type BurnableGrant = {
  readonly id: string
  readonly remainingMs: number
  readonly grantedAtMs: number
  /** Null if it never expires. */
  readonly expiresAtMs: number | null
}

/** What one grant pays of an amount of usage. */
export type Draw = { readonly grantId: string; readonly amountMs: number }

export type BurnDown = {
  /** In burn order. Every amount is above zero. */
  readonly draws: readonly Draw[]
  /** The usage that no grant could pay: the overdraft. */
  readonly unpaidMs: number
}

/** Compares grants by burn order: the one that expires soonest first, then the oldest. */
export function byBurnOrder(a: BurnableGrant, b: BurnableGrant): number {
  const aExpires = a.expiresAtMs ?? Number.POSITIVE_INFINITY
  const bExpires = b.expiresAtMs ?? Number.POSITIVE_INFINITY
  if (aExpires !== bExpires) return aExpires < bExpires ? -1 : 1
  if (a.grantedAtMs !== b.grantedAtMs) return a.grantedAtMs - b.grantedAtMs
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/**
 * Finds which grants pay `usedMs` of usage. Burning is additive: burning x and then y draws as much from each grant as
 * burning x + y in one step. How often draws are folded into grants therefore never changes who pays.
 */
export function burnDown(grants: readonly BurnableGrant[], usedMs: number): BurnDown {
  let unpaidMs = usedMs
  const draws: Draw[] = []
  for (const grant of [...grants].sort(byBurnOrder)) {
    if (unpaidMs <= 0) break
    const amountMs = Math.min(grant.remainingMs, unpaidMs)
    if (amountMs <= 0) continue
    draws.push({ grantId: grant.id, amountMs })
    unpaidMs -= amountMs
  }
  return { draws, unpaidMs: Math.max(0, unpaidMs) }
}

/** Takes draws off the grants they were made from. */
export function afterDraws<Grant extends BurnableGrant>(
  grants: readonly Grant[],
  draws: readonly Draw[],
): Grant[] {
  const takenMs = new Map<string, number>()
  for (const draw of draws) takenMs.set(draw.grantId, (takenMs.get(draw.grantId) ?? 0) + draw.amountMs)
  return grants.map((grant) => ({ ...grant, remainingMs: grant.remainingMs - (takenMs.get(grant.id) ?? 0) }))
}

/** A draw placed on the workspace's cumulative usage: the grant paid the stretch [fromMs, toMs). */
export type PlacedDraw = { readonly grantId: string; readonly fromMs: number; readonly toMs: number }

/** Places draws one after the other on cumulative usage, starting at `fromMs`. */
export function placeDraws(draws: readonly Draw[], fromMs: number): PlacedDraw[] {
  let cursorMs = fromMs
  return draws.map((draw) => {
    const placed = { grantId: draw.grantId, fromMs: cursorMs, toMs: cursorMs + draw.amountMs }
    cursorMs = placed.toMs
    return placed
  })
}

/** Finds the draws that paid the stretch [fromMs, toMs) of cumulative usage, in order, cut to the stretch. */
export function drawsWithin(placed: readonly PlacedDraw[], fromMs: number, toMs: number): PlacedDraw[] {
  return placed
    .map((draw) => ({
      grantId: draw.grantId,
      fromMs: Math.max(draw.fromMs, fromMs),
      toMs: Math.min(draw.toMs, toMs),
    }))
    .filter((draw) => draw.toMs > draw.fromMs)
}
