import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { canFallBack, selectLlmKeySource } from './llm-key-choice.ts'

const runs = propertyRuns(100)
const available = fc.record({
  ownKeysAllowed: fc.boolean(),
  hasOwnKey: fc.boolean(),
  hasPlatformKey: fc.boolean(),
})

test('an own key comes first where the plan includes it, and no request uses a key that does not exist', () => {
  fc.assert(
    fc.property(available, (keys) => {
      const source = selectLlmKeySource(keys)
      expect(source === 'own').toBe(keys.ownKeysAllowed && keys.hasOwnKey)
      if (source === 'platform') expect(keys.hasPlatformKey).toBe(true)
      if (source === null) expect(keys.hasPlatformKey).toBe(false)
    }),
    runs,
  )
})

test('the platform’s key takes over only from a refused own key, and only when fallback is on', () => {
  const refused = fc.record({
    source: fc.constantFrom('own' as const, 'platform' as const),
    isAboutTheKey: fc.boolean(),
    fallbackToPlatform: fc.boolean(),
  })
  fc.assert(
    fc.property(available, refused, (keys, refusal) => {
      const { source, isAboutTheKey, fallbackToPlatform } = refusal
      const expected = source === 'own' && isAboutTheKey && fallbackToPlatform && keys.hasPlatformKey
      expect(canFallBack(keys, refusal)).toBe(expected)
    }),
    runs,
  )
})
