/** A grant as burn-down sees it. Amounts are milliseconds of talk time, instants epoch milliseconds. */
export type BurnableGrant = {
  readonly id: string
  readonly remainingMs: number
  readonly grantedAtMs: number
  /** Null: it never expires. */
  readonly expiresAtMs: number | null
}

/** What one grant pays of a stretch of usage. */
export type Draw = { readonly grantId: string; readonly amountMs: number }

export type BurnDown = {
  /** In the order of burning, each amount above zero. */
  readonly draws: readonly Draw[]
  /** What no grant could pay: the overdraft. */
  readonly unpaidMs: number
}

/** The burn order, one rule for all grants: what expires soonest goes first, then the oldest. */
export function byBurnOrder(a: BurnableGrant, b: BurnableGrant): number {
  const aExpires = a.expiresAtMs ?? Number.POSITIVE_INFINITY
  const bExpires = b.expiresAtMs ?? Number.POSITIVE_INFINITY
  if (aExpires !== bExpires) return aExpires < bExpires ? -1 : 1
  if (a.grantedAtMs !== b.grantedAtMs) return a.grantedAtMs - b.grantedAtMs
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/**
 * Which grants pay `usedMs` of usage. Pure and additive: burning x and then y draws the same from each grant as
 * burning x + y at once, so folding more or less often changes cost and never meaning.
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

/** The same grants with what the draws took from them taken off. */
export function afterDraws<Grant extends BurnableGrant>(
  grants: readonly Grant[],
  draws: readonly Draw[],
): Grant[] {
  const takenMs = new Map<string, number>()
  for (const draw of draws) takenMs.set(draw.grantId, (takenMs.get(draw.grantId) ?? 0) + draw.amountMs)
  return grants.map((grant) => ({ ...grant, remainingMs: grant.remainingMs - (takenMs.get(grant.id) ?? 0) }))
}

/** A draw placed on the workspace's cumulative usage: the stretch [fromMs, toMs) was paid by the grant. */
export type PlacedDraw = { readonly grantId: string; readonly fromMs: number; readonly toMs: number }

/** Places draws one after the other on cumulative usage, beginning at `fromMs`. */
export function placeDraws(draws: readonly Draw[], fromMs: number): PlacedDraw[] {
  let cursorMs = fromMs
  return draws.map((draw) => {
    const placed = { grantId: draw.grantId, fromMs: cursorMs, toMs: cursorMs + draw.amountMs }
    cursorMs = placed.toMs
    return placed
  })
}

/** The draws that paid the stretch [fromMs, toMs) of cumulative usage, cut to it, in order. */
export function drawsWithin(placed: readonly PlacedDraw[], fromMs: number, toMs: number): PlacedDraw[] {
  return placed
    .map((draw) => ({
      grantId: draw.grantId,
      fromMs: Math.max(draw.fromMs, fromMs),
      toMs: Math.min(draw.toMs, toMs),
    }))
    .filter((draw) => draw.toMs > draw.fromMs)
}
