import { expect, test, vi } from 'vitest'
import type { Problem } from '../problem.ts'
import { createTurns } from './turns.ts'

/** Work that ends when the test says so. */
function createWork() {
  let end = () => {}
  let hasBegun = false
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const work = async () => {
    hasBegun = true
    await ended
    return 'done'
  }
  return { work, end: () => end(), hasBegun: () => hasBegun }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))
const codeOf = (error: Problem) => error.code

test('work beyond the number that may run waits for its turn, in the order of its arrival', async () => {
  const turns = createTurns({ runningMax: 1, waitingMax: 2, waitMsMax: 60_000 })
  const [first, second, third] = [createWork(), createWork(), createWork()]
  const results = [first, second, third].map(({ work }) => turns.take(work))
  await settle()
  expect([first, second, third].map(({ hasBegun }) => hasBegun())).toEqual([true, false, false])
  first.end()
  await settle()
  expect([second.hasBegun(), third.hasBegun(), turns.waiting]).toEqual([true, false, 1])
  second.end()
  third.end()
  expect(await Promise.all(results)).toEqual(['done', 'done', 'done'])
})

test('work that finds too many waiting is refused at once', async () => {
  const turns = createTurns({ runningMax: 1, waitingMax: 1, waitMsMax: 60_000 })
  const [first, second] = [createWork(), createWork()]
  const results = [turns.take(first.work), turns.take(second.work)]
  expect(await turns.take(async () => 'done').catch(codeOf)).toBe('overloaded')
  first.end()
  second.end()
  await Promise.all(results)
})

test('work whose turn does not come in time is refused, and takes nobody’s turn', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const turns = createTurns({ runningMax: 1, waitingMax: 9, waitMsMax: 3_000 })
    const first = createWork()
    const running = turns.take(first.work)
    const late = turns.take(async () => 'done').catch(codeOf)
    vi.advanceTimersByTime(3_000)
    expect([await late, turns.waiting]).toEqual(['overloaded', 0])
    first.end()
    expect([await running, await turns.take(async () => 'again')]).toEqual(['done', 'again'])
  } finally {
    vi.useRealTimers()
  }
})

test('work that fails ends its turn', async () => {
  const turns = createTurns({ runningMax: 1, waitingMax: 1, waitMsMax: 60_000 })
  await expect(turns.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await turns.take(async () => 'done')).toBe('done')
})
