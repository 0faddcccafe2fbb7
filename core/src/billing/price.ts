/** The price of credit as a reduced fraction: `minor` minor units of the currency for each `perMs` milliseconds. */
export type Price = {
  readonly minor: number
  readonly perMs: number
  /** ISO 4217. XXX, the code for no currency, for credit that was free. */
  readonly currency: string
}

export const FREE: Price = { minor: 0, perMs: 1, currency: 'XXX' }

/**
 * Computes the price of credit of which `ms` milliseconds cost `minor` minor units in all. `ms` must be above zero. The
 * price of credit that cost nothing is `FREE`.
 */
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

/**
 * Cost parts in one minor unit. Costs are kept in these parts, because single calls cost fractions of a cent: a second
 * at 10 cents a minute is 1,667 parts.
 */
export const COST_PARTS = 10_000

/** Computes the cost of `ms` milliseconds at a price, in cost parts, rounded to the nearest. */
export function computeCostParts(ms: number, { minor, perMs }: Price): number {
  const half = BigInt(perMs) / 2n
  return Number((BigInt(ms) * BigInt(minor) * BigInt(COST_PARTS) + half) / BigInt(perMs))
}

/**
 * Creates a function that turns one amount after another (milliseconds) into its cost in whole cost parts. It carries
 * the rounding error of each amount over to the next, so the costs add up to exactly `computeCostParts` of the total,
 * in any order.
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

/** Converts cost parts to whole minor units, rounded to the nearest. */
export function minorFromParts(parts: number): number {
  return Math.floor(parts / COST_PARTS + 0.5)
}
