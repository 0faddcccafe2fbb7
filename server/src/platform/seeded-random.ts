/** Random numbers that are the same for the same seed. */
export type SeededRandom = {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number
  /** A number from `min` (inclusive) to `max` (exclusive). */
  between(min: number, max: number): number
  /** A whole number from `min` to `max`, both inclusive. */
  integer(min: number, max: number): number
  /** True with the given probability, from 0 to 1. */
  happens(probability: number): boolean
  /** One of the items, each with the same probability. Throws RangeError if there are none. */
  pick<T>(items: readonly T[]): T
  /** The index of one of the weights, with a probability proportional to the weight. */
  weighted(weights: readonly number[]): number
  /** A log-normally distributed number. `spread` is the standard deviation of its logarithm. */
  logNormal(median: number, spread: number): number
  /** A Poisson-distributed whole number with the given mean. */
  poisson(mean: number): number
}

/**
 * Creates a generator of random numbers.
 *
 * @param seed a whole number from 0 to 2³² − 1
 */
export function createSeededRandom(seed: number): SeededRandom {
  const next = mulberry32(seed)

  function normal(): number {
    // The Box–Muller transform. 1 − next() is never 0.
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
      // Knuth’s method, which is fast for small means.
      const limit = Math.exp(-mean)
      let count = 0
      for (let product = next(); product > limit; product *= next()) count += 1
      return count
    },
  }
}

/** Tommy Ettinger’s generator. Its 32 bits of state suffice for made-up history. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
