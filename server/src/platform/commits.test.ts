import { expect, test } from 'vitest'
import { createCommits } from './commits.ts'

test('every subscriber hears of every commit, in order, also where another one throws', () => {
  const errors: unknown[] = []
  const heard: string[] = []
  const commits = createCommits<number>((error) => errors.push(error))
  commits.subscribe((batch) => heard.push(`first ${batch.join(' ')}`))
  commits.subscribe(() => {
    throw new Error('Broken')
  })
  commits.subscribe((batch) => heard.push(`last ${batch.join(' ')}`))
  commits.publish([1, 2])
  commits.publish([])
  commits.publish([3])
  expect(heard).toEqual(['first 1 2', 'last 1 2', 'first 3', 'last 3'])
  expect(errors).toEqual([new Error('Broken'), new Error('Broken')])
})
