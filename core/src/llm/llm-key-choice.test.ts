import { expect, test } from 'vitest'
import { selectLlmKeySource } from './llm-key-choice.ts'

test.each([
  [true, true, true, 'own'],
  [true, true, false, 'own'],
  [true, false, true, 'platform'],
  [true, false, false, null],
  [false, true, true, 'platform'],
  [false, true, false, null],
  [false, false, true, 'platform'],
  [false, false, false, null],
] as const)(
  'own keys allowed: %s, own key: %s, platform key: %s. Selected: %s',
  (ownKeysAllowed, hasOwnKey, hasPlatformKey, source) => {
    expect(selectLlmKeySource({ ownKeysAllowed, hasOwnKey, hasPlatformKey })).toBe(source)
  },
)
