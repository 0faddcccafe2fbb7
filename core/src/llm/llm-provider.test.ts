import { expect, test } from 'vitest'
import { llmProviderOf } from './llm-provider.ts'

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
])('an agent that says "%s" means %s', (text, provider) => {
  expect(llmProviderOf(text)).toBe(provider)
})
