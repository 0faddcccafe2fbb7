import { expect, test } from 'vitest'
import { canFallBack, selectLlmKeySource } from './llm-key-choice.ts'

test.each([
  // plan allows own keys, own key there, platform key there → which key
  [true, true, true, 'own'],
  [true, true, false, 'own'],
  [true, false, true, 'platform'],
  [true, false, false, null],
  [false, true, true, 'platform'],
  [false, true, false, null],
  [false, false, true, 'platform'],
  [false, false, false, null],
] as const)(
  'own keys allowed %s, own key %s, platform key %s: %s',
  (ownKeysAllowed, hasOwnKey, hasPlatformKey, source) => {
    expect(selectLlmKeySource({ ownKeysAllowed, hasOwnKey, hasPlatformKey })).toBe(source)
  },
)

test('the platform’s key takes over only for an own key that was refused, where that is switched on', () => {
  const both = [true, false]
  for (const isAboutTheKey of both) {
    for (const fallbackToPlatform of both) {
      for (const hasPlatformKey of both) {
        for (const source of ['own', 'platform'] as const) {
          const offer = { ownKeysAllowed: true, hasOwnKey: true, hasPlatformKey }
          const may = canFallBack(offer, { source, isAboutTheKey, fallbackToPlatform })
          expect(may).toBe(source === 'own' && isAboutTheKey && fallbackToPlatform && hasPlatformKey)
        }
      }
    }
  }
})
