import { describe, expect, it } from 'vitest'
import { languageName, listLanguageOptions, normalizeTag } from './languages.ts'

describe('languages of agents', () => {
  it('have names', () => {
    expect(languageName('de-DE')).toBe('German (Germany)')
    expect(languageName('not a tag')).toBe('not a tag')
  })

  it('have normalized tags', () => {
    expect(normalizeTag(' pt-br ')).toBe('pt-BR')
    expect(normalizeTag('zh-hans-sg')).toBe('zh-Hans-SG')
    expect(normalizeTag('two words')).toBeNull()
    expect(normalizeTag('')).toBeNull()
  })

  it('include the typed tag, each tag once', () => {
    const values = listLanguageOptions('gsw-CH', 'gsw-ch').map((language) => language.value)
    expect(values.filter((value) => value === 'gsw-CH')).toHaveLength(1)
    expect(
      listLanguageOptions('de-DE', 'de-DE').filter((language) => language.value === 'de-DE'),
    ).toHaveLength(1)
  })
})
