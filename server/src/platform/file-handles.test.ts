import { expect, test } from 'vitest'
import { divideHandles } from './file-handles.ts'

test.each([
  [160, { connectionsMax: 32, outgoingMax: 32 }],
  [1_024, { connectionsMax: 464, outgoingMax: 464 }],
  [1_048_576, { connectionsMax: 4_096, outgoingMax: 524_240 }],
  [Number.POSITIVE_INFINITY, { connectionsMax: 4_096, outgoingMax: Number.POSITIVE_INFINITY }],
])('of %d handles, clients get at most half of what the rest leaves', (limit, budget) => {
  expect(divideHandles(limit)).toEqual(budget)
})

test('a process with too few handles does not start', () => {
  expect(() => divideHandles(64)).toThrow(
    'This process may open 64 files and connections at once. Talktime needs at least 160. Raise the limit',
  )
})

test('the limit of this process is read', () => {
  expect(divideHandles().connectionsMax).toBeGreaterThan(0)
})
