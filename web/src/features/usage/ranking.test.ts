import fc from 'fast-check'
import { expect, it } from 'vitest'
import { computeShares, rankAgents } from './ranking.ts'

const agent = (name: string, usedMs: number, calls = 1) => ({
  agentId: `agt_${name}`,
  name,
  archived: false,
  usedMs,
  calls,
})

it('names the top agents and sums up the others, without agents that had no calls', () => {
  const agents = [agent('a', 50), agent('b', 30), agent('c', 15, 3), agent('d', 5, 2), agent('e', 0, 0)]
  const { top, other } = rankAgents(agents, 2)
  expect(top.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(other).toEqual({ usedMs: 20, calls: 5, agents: 2 })
  expect(rankAgents(agents, 4).other).toBeNull()
})

it('shares add up to the whole, each within a tenth of a percent', () => {
  expect(computeShares([1, 1, 1])).toEqual([334, 333, 333])
  expect(computeShares([0, 0])).toEqual([0, 0])
  fc.assert(
    fc.property(fc.array(fc.nat(10 ** 12), { minLength: 1, maxLength: 7 }), (parts) => {
      const whole = parts.reduce((sum, part) => sum + part, 0)
      fc.pre(whole > 0)
      const shares = computeShares(parts)
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(1_000)
      shares.forEach((share, index) => {
        expect(Math.abs(share - ((parts[index] ?? 0) * 1_000) / whole)).toBeLessThan(1)
      })
    }),
  )
})
