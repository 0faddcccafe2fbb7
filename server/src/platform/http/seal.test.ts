import { expect, test } from 'vitest'
import { createSeal } from './seal.ts'

const seal = createSeal('a secret for tests, long enough', 'tests')

test('a text opens with the same secret and context alone', () => {
  const sealed = seal.close('tt_abc', 'workspace 1')
  expect(sealed).not.toContain('abc')
  expect(seal.open(sealed, 'workspace 1')).toBe('tt_abc')
  expect(seal.open(sealed, 'workspace 2')).toBeUndefined()
  expect(createSeal('another secret, long enough too', 'tests').open(sealed, 'workspace 1')).toBeUndefined()
  expect(createSeal('a secret for tests, long enough', 'other').open(sealed, 'workspace 1')).toBeUndefined()
})

test('a text that was changed or cut does not open', () => {
  const bytes = Buffer.from(seal.close('tt_abc', 'x'), 'base64url')
  for (const index of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
    expect(seal.open(changed.toString('base64url'), 'x')).toBeUndefined()
  }
  expect(seal.open(bytes.subarray(0, 20).toString('base64url'), 'x')).toBeUndefined()
})

test('the same text is sealed differently each time', () => {
  expect(seal.close('a', 'x')).not.toBe(seal.close('a', 'x'))
})

test('parts that are joined differently have different hashes', () => {
  expect(seal.hash(['ab', 'c'])).not.toEqual(seal.hash(['a', 'bc']))
  expect(seal.hash(['ab', 'c'])).toEqual(seal.hash(['ab', 'c']))
})
