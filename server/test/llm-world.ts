import type { AddressInfo } from 'node:net'
import { LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import OpenAI from 'openai'
import type { AppOptions } from '../src/app.ts'
import { createOutbound, type Resolve } from '../src/platform/outbound.ts'
import { type KeyedWorkspace, type TestApp, testApp } from './app.ts'
import { type FakeProvider, startProvider } from './llm-provider.ts'
import { closeInOrder } from './voice-stack.ts'

/** The platform's key for a provider, as configured in tests. */
export const platformKey = (provider: string) => `platform-key-of-${provider}`

/** The models that the platform's keys pay for unless a test names others. */
const TEST_MODELS = ['gpt-*', 'a-model', 'claude-*', 'gemini-*', 'llama-*']

export type LlmAgent = {
  readonly agentId: string
  /** A call of the agent that is in conversation. */
  readonly callId: string
  readonly key: string
  readonly workspace: KeyedWorkspace
}

/** The whole server, listening, and a server that stands in for every LLM provider. */
export type LlmWorld = {
  readonly t: TestApp
  readonly provider: FakeProvider
  /** Such as http://127.0.0.1:4400. */
  readonly address: string
  /** Makes a workspace with an agent in a live call. The plan is Enterprise unless `options` names another. */
  agent(options?: { planId?: string; provider?: string; model?: string }): Promise<LlmAgent>
  /** Stores a provider key for the workspace. */
  ownKey(agent: LlmAgent, fields: Record<string, unknown>): Promise<{ id: string }>
  /** Changes the workspace's LLM settings. */
  setting(agent: LlmAgent, fields: Record<string, unknown>): Promise<void>
  /** OpenAI's client, configured for the gateway, in the agent's call unless `headers` name something else. */
  client(
    agent: LlmAgent,
    options?: { key?: string; headers?: Record<string, string>; address?: string },
  ): OpenAI
  /** Waits until `count` requests of the workspace are over. Returns all of its recorded requests, newest first. */
  recorded(agent: LlmAgent, count?: number): Promise<RecordedRequest[]>
  close(): Promise<void>
}

export type RecordedRequest = {
  readonly provider: string
  readonly model: string
  readonly keySource: string
  readonly fallback: boolean
  readonly ownKeyStatus: number | null
  readonly streamed: boolean
  readonly status: number | null
  readonly error: string | null
  readonly endedAt: string | null
  readonly agentId: string
  readonly callId: string | null
  readonly tokens: { prompt: number | null; completion: number | null; total: number | null }
  readonly firstByteMilliseconds: number | null
  readonly totalMilliseconds: number | null
}

export async function openLlmWorld(
  options: {
    /** Providers for which the platform has no key. */
    withoutPlatformKey?: readonly string[]
    models?: readonly string[]
    /** Resolves host names of addresses that workspaces choose; the system's resolver by default. */
    resolve?: Resolve
  } & Partial<Pick<AppOptions, 'llmTimeouts' | 'log'>> = {},
): Promise<LlmWorld> {
  const provider = await startProvider()
  const { withoutPlatformKey = [], models = TEST_MODELS, resolve, ...rest } = options
  const known = LLM_PROVIDERS.filter((name) => !withoutPlatformKey.includes(name))
  const t = await testApp({ ...rest, ...gatewayOptions(provider, known, models, resolve) })
  await t.app.listen()
  /** Advances the test's clock with each request, because requests are listed by their time. */
  const fetchLater: typeof fetch = (input, init) => {
    t.clock.advance(1)
    return fetch(input, init)
  }
  const address = `http://127.0.0.1:${(t.app.server.server.address() as AddressInfo).port}`

  return {
    t,
    provider,
    address,
    async agent({
      planId = 'enterprise',
      provider: llmProvider = 'openai',
      model: llmModel = 'gpt-5-mini',
    } = {}) {
      const workspace = await t.addWorkspace({ planId })
      const { body } = await t.request('POST', '/v1/agents', {
        key: workspace.key,
        body: { name: 'Reception', language: 'en', llmProvider, llmModel },
      })
      const callId = await startLiveCall(t, workspace.key, body.id)
      return { agentId: body.id, callId, key: workspace.key, workspace }
    },
    async ownKey({ key }, fields) {
      const answer = await t.request('POST', '/v1/llm-keys', { key, body: fields })
      if (answer.status !== 201) throw new Error(`The key was not stored: ${answer.text}`)
      return answer.body
    },
    async setting({ key }, fields) {
      const answer = await t.request('PATCH', '/v1/llm-settings', { key, body: fields })
      if (answer.status !== 200) throw new Error(`Not saved: ${answer.text}`)
    },
    client: (
      agent,
      { key = agent.key, headers = { 'Talktime-Call': agent.callId }, address: at = address } = {},
    ) =>
      new OpenAI({
        apiKey: key,
        baseURL: `${at}/llm/v1`,
        defaultHeaders: headers,
        maxRetries: 0,
        fetch: fetchLater,
      }),
    recorded: ({ key }, count = 1) => waitForRequests(t, key, count),
    async close() {
      await provider.close()
      await closeInOrder(t)
    },
  }
}

/** Starts and answers a call of the agent. Returns its id. */
export async function startLiveCall(t: TestApp, key: string, agentId: string): Promise<string> {
  const { body } = await t.request('POST', '/v1/calls', { key, body: { agentId, direction: 'web' } })
  const answered = await t.request('POST', `/v1/calls/${body.id}/answer`, { key, body: {} })
  if (answered.status !== 200) throw new Error(`The call did not begin: ${answered.text}`)
  return body.id
}

/** Settings that send every provider's requests to the fake one. */
function gatewayOptions(
  provider: FakeProvider,
  withPlatformKey: readonly string[],
  models: readonly string[],
  resolve: Resolve | undefined,
) {
  return {
    // Own keys of azure_openai and openai_compatible name an address; an operator can allow a private one.
    outbound: createOutbound({ allow: [provider.host], ...(resolve && { resolve }) }),
    config: {
      llm: {
        keys: Object.fromEntries(withPlatformKey.map((name) => [name, platformKey(name)])),
        bases: Object.fromEntries(LLM_PROVIDERS.map((name) => [name, `${provider.address}/${name}`])),
        azureApiVersion: undefined,
        models,
      },
    },
  }
}

async function waitForRequests(t: TestApp, key: string, count: number): Promise<RecordedRequest[]> {
  for (;;) {
    const { body } = await t.request<{ data: RecordedRequest[] }>('GET', '/v1/llm-requests', { key })
    if (body.data.filter(({ endedAt }) => endedAt !== null).length >= count) return body.data
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
