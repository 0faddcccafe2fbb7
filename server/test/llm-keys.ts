import type { LlmWorld } from './llm-world.ts'

export const openAiKey = { provider: 'openai', key: 'sk-proj-0123456789abcdef' }

type KeyList = { data: Record<string, unknown>[]; available: boolean; reason: string | null }

/** The requests about stored LLM keys. `defaultKey` returns the API key of requests that name none. */
export function llmKeyRequests(world: () => LlmWorld, defaultKey: () => string) {
  return {
    add: (body: unknown = openAiKey, key = defaultKey()) =>
      world().t.request('POST', '/v1/llm-keys', { key, body }),
    list: (key = defaultKey()) => world().t.request<KeyList>('GET', '/v1/llm-keys', { key }),
    change: (id: string, body: unknown, key = defaultKey()) =>
      world().t.request('PATCH', `/v1/llm-keys/${id}`, { key, body }),
    remove: (id: string, key = defaultKey()) => world().t.request('DELETE', `/v1/llm-keys/${id}`, { key }),
    testKey: (id: string, key = defaultKey()) =>
      world().t.request('POST', `/v1/llm-keys/${id}/test`, { key, body: {} }),
  }
}
