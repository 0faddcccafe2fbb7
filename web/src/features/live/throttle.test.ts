import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { throttle } from './throttle.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('runs on the first call, and once more for all calls during the wait', () => {
  let acted = 0
  const throttled = throttle(1_000, () => {
    acted += 1
  })
  throttled.call()
  expect(acted).toBe(1)
  for (let times = 0; times < 5; times += 1) throttled.call()
  expect(acted).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(acted).toBe(2)
  vi.advanceTimersByTime(5_000)
  expect(acted).toBe(2)
  throttled.call()
  expect(acted).toBe(3)
})

it('does not run again after it is stopped', () => {
  let acted = 0
  const throttled = throttle(1_000, () => {
    acted += 1
  })
  throttled.call()
  throttled.call()
  throttled.stop()
  vi.advanceTimersByTime(5_000)
  expect(acted).toBe(1)
})
