import { expect, test } from 'vitest'
import { virtualClock } from '../platform/clock.ts'
import { createPrincipalCache, FRESH_MS } from './principal-cache.ts'

function createCache() {
  const clock = virtualClock(0)
  const cache = createPrincipalCache<string>(clock)
  cache.setCaching(true)
  return { clock, cache }
}

test('a loaded value is cached for five seconds', async () => {
  const { clock, cache } = createCache()
  expect(await cache.get('a', async () => 'first')).toBe('first')
  clock.advance(FRESH_MS - 1)
  expect(cache.get('a', async () => 'second')).toBe('first')
  clock.advance(1)
  expect(await cache.get('a', async () => 'second')).toBe('second')
})

test('concurrent requests load once', async () => {
  const { cache } = createCache()
  let loads = 0
  const load = async () => {
    loads += 1
    return 'value'
  }
  await Promise.all([cache.get('a', load), cache.get('a', load), cache.get('a', load)])
  expect(loads).toBe(1)
})

test('a missing value is not cached', async () => {
  const { cache } = createCache()
  expect(await cache.get('a', async () => undefined)).toBeUndefined()
  expect(await cache.get('a', async () => 'made since')).toBe('made since')
})

test('a failed load is not cached', async () => {
  const { cache } = createCache()
  await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await cache.get('a', async () => 'back')).toBe('back')
})

test('a change drops only the entries it affects', async () => {
  const { cache } = createCache()
  await cache.get('a', async () => 'x')
  await cache.get('b', async () => 'y')
  cache.drop((_, value) => value === 'x')
  expect(cache.get('b', async () => 'new')).toBe('y')
  expect(await cache.get('a', async () => 'new')).toBe('new')
})

test('a load that began before a change is not cached', async () => {
  const { cache } = createCache()
  const slow = Promise.withResolvers<string>()
  const before = cache.get('a', () => slow.promise)
  cache.drop((name) => name === 'a')
  const after = cache.get('a', async () => 'after')
  slow.resolve('before')
  expect(await before).toBe('before')
  expect(await after).toBe('after')
  expect(cache.get('a', async () => 'asked again')).toBe('after')
})

test('nothing is cached while caching is off', async () => {
  const { cache } = createCache()
  await cache.get('a', async () => 'old')
  cache.setCaching(false)
  expect(await cache.get('a', async () => 'asked')).toBe('asked')
  expect(await cache.get('a', async () => 'asked again')).toBe('asked again')
  cache.setCaching(true)
  await cache.get('a', async () => 'kept')
  expect(cache.get('a', async () => 'asked')).toBe('kept')
})
