import { describe, expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'

const draws = 20_000

describe('chance', () => {
  test('is the same for the same seed and another for another', () => {
    const numbers = (seed: number) => {
      const chance = seededRandom(seed)
      return Array.from({ length: 50 }, () => chance.next())
    }
    expect(numbers(7)).toEqual(numbers(7))
    expect(numbers(7)).not.toEqual(numbers(8))
  })

  test('stays within its bounds', () => {
    const chance = seededRandom(1)
    for (let draw = 0; draw < draws; draw += 1) {
      expect(chance.next()).toBeLessThan(1)
      expect([3, 4, 5]).toContain(chance.integer(3, 5))
      expect(chance.weighted([0, 2, 0, 1])).toSatisfy((index: number) => index === 1 || index === 3)
    }
  })

  test('has the mean, the median and the shares that it is asked for', () => {
    const chance = seededRandom(2)
    const many = <T>(draw: () => T) => Array.from({ length: draws }, draw)
    const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
    expect(mean(many(() => chance.poisson(4)))).toBeCloseTo(4, 1)
    expect(mean(many(() => (chance.happens(0.3) ? 1 : 0)))).toBeCloseTo(0.3, 1)
    expect(mean(many(() => chance.weighted([1, 3])))).toBeCloseTo(0.75, 1)
    const below = many(() => chance.logNormal(100, 0.8)).filter((number) => number < 100)
    expect(below.length / draws).toBeCloseTo(0.5, 1)
  })

  test('cannot pick from nothing', () => {
    expect(() => seededRandom(3).pick([])).toThrow('There is nothing to pick from')
  })
})
