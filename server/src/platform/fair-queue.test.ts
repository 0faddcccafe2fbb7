import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { createFairQueue } from './fair-queue.ts'

type Item = { group: string; source: string; number: number }

function queueOf(items: readonly Item[]) {
  const queue = createFairQueue<Item>()
  for (const item of items) queue.add(item, item)
  return queue
}

const items = fc
  .array(fc.record({ group: fc.constantFrom('a', 'b', 'c'), source: fc.constantFrom('x', 'y') }), {
    maxLength: 60,
  })
  .map((places) => places.map((place, number) => ({ ...place, number })))

test('a group with one item waits for one item of each other group, however many those have', () => {
  const flood = Array.from({ length: 10_000 }, (_, number) => ({ group: 'a', source: 'x', number }))
  const queue = queueOf([...flood, { group: 'b', source: 'x', number: 10_000 }])
  expect(queue.take(2).map(({ group }) => group)).toEqual(['a', 'b'])
})

test('a source with one item waits for one item of each other source of its group', () => {
  const flood = Array.from({ length: 10_000 }, (_, number) => ({ group: 'a', source: 'x', number }))
  const queue = queueOf([...flood, { group: 'a', source: 'y', number: 10_000 }])
  expect(queue.take(2).map(({ source }) => source)).toEqual(['x', 'y'])
})

test('every item is taken once, and those of one source in their order', () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 7 }), (given, max) => {
      const queue = queueOf(given)
      const taken: Item[] = []
      for (let batch = queue.take(max); batch.length > 0; batch = queue.take(max)) {
        expect(batch.length).toBeLessThanOrEqual(max)
        taken.push(...batch)
      }
      expect(queue.size).toBe(0)
      expect(taken.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
        given.map(({ number }) => number),
      )
      for (const place of ['ax', 'ay', 'bx', 'by', 'cx', 'cy']) {
        const of = (all: readonly Item[]) => all.filter(({ group, source }) => `${group}${source}` === place)
        expect(of(taken)).toEqual(of(given))
      }
    }),
    propertyRuns(200),
  )
})

test('while several groups wait, none gets two turns before another gets one', () => {
  fc.assert(
    fc.property(items, (given) => {
      const queue = queueOf(given)
      const turns = { a: 0, b: 0, c: 0 }
      while (queue.size > 0) {
        const waiting = (['a', 'b', 'c'] as const).filter((group) => queue.sizeOf(group) > 0)
        for (const { group } of queue.take(1)) turns[group as 'a'] += 1
        const counts = waiting.map((group) => turns[group])
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }
    }),
    propertyRuns(200),
  )
})

test('a group that may not be taken keeps its items', () => {
  const queue = queueOf([
    { group: 'a', source: 'x', number: 1 },
    { group: 'b', source: 'x', number: 2 },
  ])
  expect(queue.take(5, (group) => group !== 'a').map(({ number }) => number)).toEqual([2])
  expect(queue.sizeOf('a')).toBe(1)
})
