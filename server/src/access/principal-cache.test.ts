import { expect, test } from 'vitest'
import { virtualClock } from '../platform/clock.ts'
import { createPrincipalCache, freshMs } from './principal-cache.ts'

function listening() {
  const clock = virtualClock(0)
  const cache = createPrincipalCache<string>(clock)
  cache.listen(true)
  return { clock, cache }
}

test('what was loaded is good for five seconds', async () => {
  const { clock, cache } = listening()
  expect(await cache.get('a', async () => 'first')).toBe('first')
  clock.advance(freshMs - 1)
  expect(cache.get('a', async () => 'second')).toBe('first')
  clock.advance(1)
  expect(await cache.get('a', async () => 'second')).toBe('second')
})

test('many at once load once', async () => {
  const { cache } = listening()
  let loads = 0
  const load = async () => {
    loads += 1
    return 'value'
  }
  await Promise.all([cache.get('a', load), cache.get('a', load), cache.get('a', load)])
  expect(loads).toBe(1)
})

test('what is not there is asked for again', async () => {
  const { cache } = listening()
  expect(await cache.get('a', async () => undefined)).toBeUndefined()
  expect(await cache.get('a', async () => 'made since')).toBe('made since')
})

test('a failed load is not kept', async () => {
  const { cache } = listening()
  await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await cache.get('a', async () => 'back')).toBe('back')
})

test('only what a change concerns is dropped', async () => {
  const { cache } = listening()
  await cache.get('a', async () => 'x')
  await cache.get('b', async () => 'y')
  cache.drop((_, value) => value === 'x')
  expect(cache.get('b', async () => 'new')).toBe('y')
  expect(await cache.get('a', async () => 'new')).toBe('new')
})

test('a load that began before a change is not kept after it', async () => {
  const { cache } = listening()
  const slow = Promise.withResolvers<string>()
  const before = cache.get('a', () => slow.promise)
  cache.drop((name) => name === 'a')
  const after = cache.get('a', async () => 'after')
  slow.resolve('before')
  expect(await before).toBe('before')
  expect(await after).toBe('after')
  expect(cache.get('a', async () => 'asked again')).toBe('after')
})

test('nothing is kept while changes are not heard of', async () => {
  const { cache } = listening()
  await cache.get('a', async () => 'old')
  cache.listen(false)
  expect(await cache.get('a', async () => 'asked')).toBe('asked')
  expect(await cache.get('a', async () => 'asked again')).toBe('asked again')
  cache.listen(true)
  await cache.get('a', async () => 'kept')
  expect(cache.get('a', async () => 'asked')).toBe('kept')
})
