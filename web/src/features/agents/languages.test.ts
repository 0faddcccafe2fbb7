import { describe, expect, it } from 'vitest'
import { languageName, languageOptions, languageTag } from './languages.ts'

describe('languages of agents', () => {
  it('have names', () => {
    expect(languageName('de-DE')).toBe('German (Germany)')
    expect(languageName('not a tag')).toBe('not a tag')
  })

  it('are spelled properly, or are none', () => {
    expect(languageTag(' pt-br ')).toBe('pt-BR')
    expect(languageTag('zh-hans-sg')).toBe('zh-Hans-SG')
    expect(languageTag('two words')).toBeNull()
    expect(languageTag('')).toBeNull()
  })

  it('offer what is typed besides the common ones, each once', () => {
    const values = languageOptions('gsw-CH', 'gsw-ch').map((language) => language.value)
    expect(values.filter((value) => value === 'gsw-CH')).toHaveLength(1)
    expect(languageOptions('de-DE', 'de-DE').filter((language) => language.value === 'de-DE')).toHaveLength(1)
  })
})
