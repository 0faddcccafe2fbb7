import { describe, expect, test } from 'vitest'
import { createSeededRandom } from './seeded-random.ts'

const draws = 20_000

describe('seeded random numbers', () => {
  test('are the same for the same seed and differ between seeds', () => {
    const numbers = (seed: number) => {
      const chance = createSeededRandom(seed)
      return Array.from({ length: 50 }, () => chance.next())
    }
    expect(numbers(7)).toEqual(numbers(7))
    expect(numbers(7)).not.toEqual(numbers(8))
  })

  test('stay within their bounds', () => {
    const chance = createSeededRandom(1)
    for (let draw = 0; draw < draws; draw += 1) {
      expect(chance.next()).toBeLessThan(1)
      expect([3, 4, 5]).toContain(chance.integer(3, 5))
      expect(chance.weighted([0, 2, 0, 1])).toSatisfy((index: number) => index === 1 || index === 3)
    }
  })

  test('have the requested mean, median and shares', () => {
    const chance = createSeededRandom(2)
    const many = <T>(draw: () => T) => Array.from({ length: draws }, draw)
    const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
    expect(mean(many(() => chance.poisson(4)))).toBeCloseTo(4, 1)
    expect(mean(many(() => (chance.happens(0.3) ? 1 : 0)))).toBeCloseTo(0.3, 1)
    expect(mean(many(() => chance.weighted([1, 3])))).toBeCloseTo(0.75, 1)
    const below = many(() => chance.logNormal(100, 0.8)).filter((number) => number < 100)
    expect(below.length / draws).toBeCloseTo(0.5, 1)
  })

  test('cannot pick from an empty list', () => {
    expect(() => createSeededRandom(3).pick([])).toThrow('There is nothing to pick from')
  })
})
