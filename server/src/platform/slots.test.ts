import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { createSlots } from './slots.ts'

test('an owner gets its share, and others get slots beside it', () => {
  const slots = createSlots({ max: 3, ownerMax: 2 })
  const first = slots.take('a')
  expect([first, slots.take('a'), slots.take('a')].map(Boolean)).toEqual([true, true, false])
  expect(Boolean(slots.take('b'))).toBe(true)
  expect(slots.take('c')).toBeUndefined()
  first?.()
  first?.()
  expect(slots.taken).toBe(2)
  expect(Boolean(slots.take('c'))).toBe(true)
})

test('never more slots are taken than there are, in all and by an owner, and each is free again once', () => {
  const steps = fc.array(fc.record({ owner: fc.constantFrom('a', 'b', 'c'), takes: fc.boolean() }))
  fc.assert(
    fc.property(
      steps,
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 3 }),
      (given, max, ownerMax) => {
        const slots = createSlots({ max, ownerMax })
        const held: { owner: string; free: () => void }[] = []
        for (const { owner, takes } of given) {
          const free = takes ? slots.take(owner) : undefined
          if (free) held.push({ owner, free })
          if (!takes) held.shift()?.free()
          expect(slots.taken).toBe(held.length)
          expect(held.length).toBeLessThanOrEqual(max)
          expect(held.filter((one) => one.owner === owner).length).toBeLessThanOrEqual(ownerMax)
        }
      },
    ),
    propertyRuns(100),
  )
})
