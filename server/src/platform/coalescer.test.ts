import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { type Bounds, type Coalescer, createCoalescer } from './coalescer.ts'
import type { Problem } from './problem.ts'

type Item = { key: string; number: number; bad?: boolean }

type RecorderOptions = {
  slots?: number
  besideMin?: number
  batchMax?: number
  heavyMin?: number
  turns?: number
  boundsOf?: (item: Item) => Bounds
}

const ANY_BOUNDS: Bounds = { waitingMax: 10_000, groupWaitingMax: 10_000 }

/** A coalescer that keeps what it was given; a batch takes as many turns of the event loop as `turns` says. */
function recorder(options: RecorderOptions = {}) {
  const batches: { slot: number; items: Item[] }[] = []
  const done: Item[] = []
  const running = new Map<number, Item[]>()
  const most = { sideBySide: 0 }
  const coalescer: Coalescer<Item, string> = createCoalescer({
    slots: options.slots ?? 2,
    besideMin: options.besideMin ?? 1,
    heavyMin: options.heavyMin ?? 10_000,
    batchMax: options.batchMax ?? 100,
    isSharedFault: (error) => (error as Error).message === 'away',
    placeOf: (item: Item) => ({ group: item.key, source: '' }),
    boundsOf: options.boundsOf ?? (() => ANY_BOUNDS),
    async run(items: Item[], slot: number) {
      expect(running.has(slot)).toBe(false)
      const keys = new Set([...running.values()].flat().map(({ key }) => key))
      expect(items.filter(({ key }) => keys.has(key))).toEqual([])
      running.set(slot, items)
      most.sideBySide = Math.max(most.sideBySide, running.size)
      batches.push({ slot, items })
      for (let turn = 0; turn < (options.turns ?? 0); turn += 1) await new Promise(setImmediate)
      running.delete(slot)
      if (items.some((item) => item.key === 'away')) throw new Error('away')
      if (items.some((item) => item.bad)) throw new Error(`bad: ${items.filter((item) => item.bad).length}`)
      done.push(...items)
      return items.map((item) => `${item.key}${item.number}`)
    },
  })
  return { coalescer, batches, done, most }
}

const items = fc.array(
  fc
    .record({ key: fc.constantFrom('a', 'b', 'c', 'd'), bad: fc.boolean() })
    .map(({ key, bad }) => ({ key, bad })),
  { maxLength: 40 },
)

test('items that arrive together go together, and each gets its own result', async () => {
  const { coalescer, batches } = recorder({ slots: 1 })
  const results = await Promise.all([1, 2, 3].map((number) => coalescer.submit({ key: 'a', number })))
  expect(results).toEqual(['a1', 'a2', 'a3'])
  expect(batches).toHaveLength(1)
})

test('while a batch runs the next gathers, and no batch is larger than the most', async () => {
  const { coalescer, batches } = recorder({ slots: 1, batchMax: 4, turns: 3 })
  const first = coalescer.submit({ key: 'a', number: 0 })
  await new Promise(setImmediate)
  const rest = Array.from({ length: 10 }, (_, index) => coalescer.submit({ key: 'a', number: index + 1 }))
  await Promise.all([first, ...rest])
  expect(batches.map(({ items }) => items.length)).toEqual([1, 4, 4, 2])
})

test('nothing is lost, nothing is done twice, and what has one key is done in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      items,
      fc.record({
        slots: fc.integer({ min: 1, max: 4 }),
        besideMin: fc.integer({ min: 1, max: 6 }),
        heavyMin: fc.integer({ min: 1, max: 12 }),
        batchMax: fc.integer({ min: 1, max: 8 }),
        turns: fc.nat(2),
      }),
      async (given, options) => {
        const { coalescer, done } = recorder(options)
        const numbered = given.map((item, number) => ({ ...item, number }))
        const results = await Promise.allSettled(numbered.map((item) => coalescer.submit(item)))
        const expected = numbered.map(({ key, number, bad }) => (bad ? 'bad: 1' : `${key}${number}`))
        const found = results.map((result) =>
          result.status === 'fulfilled' ? result.value : (result.reason as Error).message,
        )
        expect(found).toEqual(expected)
        for (const key of ['a', 'b', 'c', 'd']) {
          const ofKey = (all: Item[]) => all.filter((item) => item.key === key).map(({ number }) => number)
          expect(ofKey(done)).toEqual(ofKey(numbered.filter(({ bad }) => !bad)))
        }
        expect(coalescer.depth).toBe(0)
      },
    ),
    propertyRuns(60),
  )
})

test.each([
  ['begins beside one that runs when enough of other keys wait', { besideMin: 3, others: 3 }, 2],
  ['waits for the one that runs when fewer wait', { besideMin: 3, others: 2 }, 1],
])('a batch %s', async (_name, { besideMin, others }, sideBySide) => {
  const { coalescer, most } = recorder({ besideMin, turns: 3 })
  const first = coalescer.submit({ key: 'a', number: 0 })
  await new Promise(setImmediate)
  const same = [1, 2, 3, 4].map((number) => coalescer.submit({ key: 'a', number }))
  const rest = Array.from({ length: others }, (_, number) => coalescer.submit({ key: 'b', number }))
  await Promise.all([first, ...same, ...rest])
  expect(most.sideBySide).toBe(sideBySide)
})

test('the items of a heavy key share no batch with those of other keys, which do not wait for them', async () => {
  const { coalescer, batches } = recorder({ slots: 1, heavyMin: 10, batchMax: 20, turns: 20 })
  const flood = Array.from({ length: 30 }, (_, number) => coalescer.submit({ key: 'a', number }))
  await new Promise(setImmediate)
  for (const number of [0, 1, 2]) await coalescer.submit({ key: 'b', number })
  await Promise.all(flood)
  const keys = batches.map(({ items }) => [...new Set(items.map(({ key }) => key))].join())
  expect(keys.filter((of) => of === 'a,b' || of === 'b,a')).toEqual([])
  expect(keys.slice(0, 2)).toEqual(['a', 'b'])
})

test('one bad item fails alone: the others of its batch are tried one by one', async () => {
  const { coalescer, batches } = recorder({ slots: 1 })
  const results = await Promise.allSettled(
    [false, true, false].map((bad, number) => coalescer.submit({ key: 'a', number, bad })),
  )
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(batches.map(({ items }) => items.length)).toEqual([3, 1, 1, 1])
})

test('items whose batch failed because the database is away fail together', async () => {
  const { coalescer, batches } = recorder({ slots: 1 })
  const results = await Promise.allSettled(
    ['a', 'away', 'b'].map((key, number) => coalescer.submit({ key, number })),
  )
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(batches).toHaveLength(1)
  expect(coalescer.depth).toBe(0)
})

test('is idle when everything has been answered, also what was submitted while it waited', async () => {
  const { coalescer, done } = recorder({ turns: 2 })
  await coalescer.idle()
  const first = coalescer.submit({ key: 'a', number: 1 })
  const second = first.then(() => coalescer.submit({ key: 'b', number: 2 }))
  expect(coalescer.depth).toBe(1)
  await coalescer.idle()
  expect(done.map(({ number }) => number)).toContain(1)
  await second
  await coalescer.idle()
  expect(done).toHaveLength(2)
  expect(coalescer.depth).toBe(0)
})

test('is idle after failures too', async () => {
  const { coalescer } = recorder()
  const failed = coalescer.submit({ key: 'a', number: 1, bad: true }).catch((error: Error) => error.message)
  await coalescer.idle()
  expect(await failed).toBe('bad: 1')
  expect(await coalescer.submit({ key: 'a', number: 2 })).toBe('a2')
})

describe('while too many items wait', () => {
  const boundsOf = ({ number }: Item) => ({
    waitingMax: number < 0 ? 8 : 4,
    groupWaitingMax: number < 0 ? 6 : 3,
  })
  const submitMany = (coalescer: Coalescer<Item, string>, key: string, count: number, number = 1) =>
    Array.from({ length: count }, () =>
      coalescer.submit({ key, number }).catch((error: Problem) => error.code),
    )

  test('a key that has its share waiting is refused, and another one is not', async () => {
    const { coalescer } = recorder({ boundsOf })
    const flood = submitMany(coalescer, 'a', 10)
    const other = submitMany(coalescer, 'b', 1)
    expect((await Promise.all(flood)).filter((result) => result === 'overloaded')).toHaveLength(7)
    expect(await Promise.all(other)).toEqual(['b1'])
  })

  test('items that need less room are still accepted', async () => {
    const { coalescer } = recorder({ boundsOf })
    const flood = ['a', 'b', 'c'].flatMap((key) => submitMany(coalescer, key, 3))
    const ends = submitMany(coalescer, 'd', 10, -1)
    expect((await Promise.all(flood)).filter((result) => result === 'overloaded')).toHaveLength(5)
    expect((await Promise.all(ends)).filter((result) => result === 'overloaded')).toHaveLength(6)
  })

  test('it says beforehand whether several items would be accepted', async () => {
    const { coalescer } = recorder({ boundsOf })
    const items = (count: number) => Array.from({ length: count }, (_, number) => ({ key: 'a', number }))
    expect([coalescer.hasRoomFor(items(3)), coalescer.hasRoomFor(items(4))]).toEqual([true, false])
    const first = submitMany(coalescer, 'a', 1)
    expect([coalescer.hasRoomFor(items(2)), coalescer.hasRoomFor(items(3))]).toEqual([true, false])
    await Promise.all(first)
    expect(coalescer.hasRoomFor(items(3))).toBe(true)
  })
})

test('a key with thousands of items delays another key by one batch', async () => {
  const { coalescer, batches } = recorder({ slots: 1, batchMax: 10, turns: 1 })
  const flood = Array.from({ length: 1_000 }, (_, number) => coalescer.submit({ key: 'a', number }))
  await new Promise(setImmediate)
  const other = coalescer.submit({ key: 'b', number: 0 })
  await Promise.all([...flood, other])
  expect(batches.findIndex(({ items }) => items.some(({ key }) => key === 'b'))).toBeLessThanOrEqual(2)
})
