import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { repairText } from '../../test/repair-text.ts'

test('a repair does not depend on how the file is cut into pieces, and only takes quotes away', () => {
  const characters = fc.constantFrom('a', '"', '"', ',', '\n', ' ', 'ü')
  fc.assert(
    fc.property(
      fc.array(characters, { maxLength: 60 }).map((all) => all.join('')),
      fc.integer({ min: 1, max: 7 }),
      (text, size) => {
        const expected = repairText(text, text.length + 1)
        expect(repairText(text, size)).toBe(expected)
        expect(expected.replaceAll('"', '')).toBe(text.replaceAll('"', ''))
      },
    ),
    propertyRuns(300),
  )
})
