import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { throttle } from './throttle.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('acts at once, then gathers what is asked for meanwhile into one', () => {
  let acted = 0
  const gathered = throttle(1_000, () => {
    acted += 1
  })
  gathered.call()
  expect(acted).toBe(1)
  for (let times = 0; times < 5; times += 1) gathered.call()
  expect(acted).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(acted).toBe(2)
  vi.advanceTimersByTime(5_000)
  expect(acted).toBe(2)
  gathered.call()
  expect(acted).toBe(3)
})

it('does nothing more once it is stopped', () => {
  let acted = 0
  const gathered = throttle(1_000, () => {
    acted += 1
  })
  gathered.call()
  gathered.call()
  gathered.stop()
  vi.advanceTimersByTime(5_000)
  expect(acted).toBe(1)
})
