import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  describePasswordFault,
  listOwnerWords,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  PASSWORD_STRENGTH_MIN,
} from './password-rule.ts'

test('a password is accepted exactly when it is long and strong enough', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(4), fc.boolean(), (length, strength, fromOwner) => {
      const isRight =
        length >= PASSWORD_LENGTH_MIN && length <= PASSWORD_LENGTH_MAX && strength >= PASSWORD_STRENGTH_MIN
      expect(describePasswordFault(length, { strength, fromOwner }) === undefined).toBe(isRight)
    }),
  )
})

test('the owner’s words are the whole name, address and workspace, and their parts', () => {
  const owner = { name: 'Ada Lovelace', email: 'ada.l@acme-gmbh.example', workspaceName: 'Acme GmbH' }
  const words = listOwnerWords(owner)
  for (const word of [
    'talktime',
    'ada lovelace',
    'lovelace',
    'adalovelace',
    'acme',
    'gmbh',
    'acmegmbh',
    'ada.l',
  ]) {
    expect(words).toContain(word)
  }
  expect(words).not.toContain('l')
})

test('nothing is known about the owner of an account that is not signed in', () => {
  expect(listOwnerWords({})).toEqual(['talktime'])
})
