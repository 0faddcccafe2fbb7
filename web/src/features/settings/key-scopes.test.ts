import { describe, expect, test } from 'vitest'
import { describeScopes, keyScopes } from './key-scopes.ts'

describe('what a key may do', () => {
  test('is listed in one order, whatever order the scopes come in', () => {
    expect(describeScopes(['calls:start', 'read'])).toBe('Read, start calls')
    expect(describeScopes(['money'])).toBe('Spend money')
  })

  test('is everything with all scopes, and nothing with none', () => {
    expect(describeScopes(keyScopes.map(({ value }) => value))).toBe('Everything')
    expect(describeScopes([])).toBe('Nothing')
  })
})
