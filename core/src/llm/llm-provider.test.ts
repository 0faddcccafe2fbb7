import { expect, test } from 'vitest'
import { parseLlmProvider } from './llm-provider.ts'

test.each([
  ['openai', 'openai'],
  [' OpenAI ', 'openai'],
  ['Google Gemini', 'google'],
  ['azure-openai', 'azure_openai'],
  ['Azure', 'azure_openai'],
  ['openai compatible', 'openai_compatible'],
  ['mistral', undefined],
  ['constructor', undefined],
  ['', undefined],
])('"%s" is parsed as %s', (text, provider) => {
  expect(parseLlmProvider(text)).toBe(provider)
})
