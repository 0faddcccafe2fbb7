/** Chance that comes out the same for the same seed. */
export type SeededRandom = {
  /** From 0 up to, not including, 1. */
  next(): number
  between(min: number, max: number): number
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number
  happens(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** The index of one of the weights, each as likely as its share of their sum. */
  weighted(weights: readonly number[]): number
  /** Half of the numbers lie below the median; `spread` is the standard deviation of their logarithm. */
  logNormal(median: number, spread: number): number
  /** How often something happens that happens `mean` times on average. */
  poisson(mean: number): number
}

/** @param seed a whole number from 0 to 2³² − 1 */
export function seededRandom(seed: number): SeededRandom {
  const next = mulberry32(seed)

  function normal(): number {
    // Box and Muller's method; 1 − next() is never 0.
    return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  }

  return {
    next,
    between: (min, max) => min + next() * (max - min),
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    happens: (probability) => next() < probability,
    pick<T>(items: readonly T[]): T {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new RangeError('There is nothing to pick from')
      return item
    },
    weighted(weights) {
      let left = next() * weights.reduce((sum, weight) => sum + weight, 0)
      const index = weights.findIndex((weight) => {
        left -= weight
        return left < 0
      })
      return index === -1 ? weights.length - 1 : index
    },
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
    poisson(mean) {
      // Knuth's method: good for the small means of a day.
      const limit = Math.exp(-mean)
      let count = 0
      for (let product = next(); product > limit; product *= next()) count += 1
      return count
    },
  }
}

/** Tommy Ettinger's generator: 32 bits of state, good enough for history that never happened. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
