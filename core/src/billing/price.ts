/** What credit cost: `minor` minor units of the currency for each `perMs` milliseconds, as a fraction that is reduced. */
export type Price = {
  readonly minor: number
  readonly perMs: number
  /** ISO 4217; XXX, which is no currency, where the credit was given free. */
  readonly currency: string
}

export const FREE: Price = { minor: 0, perMs: 1, currency: 'XXX' }

/** The price of credit of which `ms` milliseconds (above zero) cost `minor` in all. */
export function computePrice(minor: number, currency: string, ms: number): Price {
  if (minor === 0) return FREE
  const divisor = greatestCommonDivisor(minor, ms)
  return { minor: minor / divisor, perMs: ms / divisor, currency }
}

export function isSamePrice(a: Price, b: Price): boolean {
  return a.minor === b.minor && a.perMs === b.perMs && a.currency === b.currency
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** Costs are kept in parts of a minor unit, so many to one: a second at 10 cents a minute is 1,667 of them. */
export const COST_PARTS = 10_000

/** What `ms` milliseconds cost at a price, in parts of a minor unit, rounded to the nearest. */
export function computeCostParts(ms: number, { minor, perMs }: Price): number {
  const half = BigInt(perMs) / 2n
  return Number((BigInt(ms) * BigInt(minor) * BigInt(COST_PARTS) + half) / BigInt(perMs))
}

/**
 * Shares out what a price makes of many amounts: each gets its cost in whole parts of a minor unit, and what one was
 * rounded by, the next makes good. So all of them together are exactly `costParts` of their sum, in any order.
 */
export function createCostMeter(price: Price): (ms: number) => number {
  const { perMs } = price
  const partsPerMs = price.minor * COST_PARTS
  let restMs = Math.floor(perMs / 2)
  return (ms) => {
    const due = ms * partsPerMs + restMs
    if (!Number.isSafeInteger(due)) {
      const exact = BigInt(ms) * BigInt(partsPerMs) + BigInt(restMs)
      restMs = Number(exact % BigInt(perMs))
      return Number(exact / BigInt(perMs))
    }
    restMs = due % perMs
    return (due - restMs) / perMs
  }
}

/** Parts of a minor unit in whole minor units, rounded to the nearest. */
export function minorFromParts(parts: number): number {
  return Math.floor(parts / COST_PARTS + 0.5)
}
