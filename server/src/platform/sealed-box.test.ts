import { expect, test } from 'vitest'
import { createSealedBox } from './sealed-box.ts'

const secret = 'a secret for tests, long enough'
const otherSecret = 'another secret, long enough too'
const seal = createSealedBox({ secret }, 'tests')

test('a text can be opened only with the same secret and context', () => {
  const sealed = seal.close('tt_abc', 'workspace 1')
  expect(sealed).not.toContain('abc')
  expect(seal.open(sealed, 'workspace 1')).toBe('tt_abc')
  expect(seal.open(sealed, 'workspace 2')).toBeUndefined()
  expect(createSealedBox({ secret: otherSecret }, 'tests').open(sealed, 'workspace 1')).toBeUndefined()
  expect(createSealedBox({ secret }, 'other').open(sealed, 'workspace 1')).toBeUndefined()
})

test('a text that was changed or truncated cannot be opened', () => {
  const parts = seal.close('tt_abc', 'x').split('.')
  for (const index of [1, 2, 3]) {
    const bytes = Buffer.from(parts[index] ?? '', 'base64url')
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0)
    const changed = parts.with(index, bytes.toString('base64url')).join('.')
    expect(seal.open(changed, 'x')).toBeUndefined()
    expect(seal.open(parts.with(index, '').join('.'), 'x')).toBeUndefined()
    expect(seal.open(parts.slice(0, index).join('.'), 'x')).toBeUndefined()
  }
  expect(seal.open(parts.join('.'), 'x')).toBe('tt_abc')
})

test('after a rotation the previous secret still opens a text, until it is sealed again', () => {
  const sealed = seal.close('tt_abc', 'x')
  expect(seal.renew(sealed, 'x')).toBe(sealed)
  const rotated = createSealedBox({ secret: otherSecret, secretPrevious: secret }, 'tests')
  expect(rotated.open(sealed, 'x')).toBe('tt_abc')
  const again = rotated.renew(sealed, 'x') ?? ''
  expect(again).not.toBe(sealed)
  expect(rotated.renew(again, 'x')).toBe(again)
  expect(createSealedBox({ secret: otherSecret }, 'tests').open(again, 'x')).toBe('tt_abc')
  expect(seal.open(again, 'x')).toBeUndefined()
  expect(rotated.renew(sealed, 'y')).toBeUndefined()
})

test('a text is sealed differently each time', () => {
  expect(seal.close('a', 'x')).not.toBe(seal.close('a', 'x'))
})

test('parts that are split differently have different hashes', () => {
  expect(seal.hash(['ab', 'c'])).not.toEqual(seal.hash(['a', 'bc']))
  expect(seal.hash(['ab', 'c'])).toEqual(seal.hash(['ab', 'c']))
})
