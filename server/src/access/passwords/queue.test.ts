import { expect, test } from 'vitest'
import { createQueue, QueueFull } from './queue.ts'

/** Work that ends when the test says so. */
function createWork() {
  const started: number[] = []
  const ends = new Map<number, () => void>()
  const work = (name: number) => () =>
    new Promise<number>((resolve) => {
      started.push(name)
      ends.set(name, () => resolve(name))
    })
  return { started, work, end: (name: number) => ends.get(name)?.() }
}

test('work runs in order, a few pieces at once, and what is too much is refused at once', async () => {
  const queue = createQueue({ atOnceMax: 2, waitingMax: 2 })
  const { started, work, end } = createWork()
  const runs = [1, 2, 3, 4].map((name) => queue.run(work(name)))
  await expect(queue.run(work(5))).rejects.toThrow(QueueFull)
  expect(started).toEqual([1, 2])
  end(2)
  expect(await runs[1]).toBe(2)
  await expect.poll(() => started).toEqual([1, 2, 3])
  end(1)
  end(3)
  await expect.poll(() => started).toEqual([1, 2, 3, 4])
  end(4)
  expect(await Promise.all(runs)).toEqual([1, 2, 3, 4])
})

test('work that fails makes room as well', async () => {
  const queue = createQueue({ atOnceMax: 1, waitingMax: 0 })
  await expect(queue.run(async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await queue.run(async () => 'fine')).toBe('fine')
})
