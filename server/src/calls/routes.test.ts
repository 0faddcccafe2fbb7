import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'

let t: TestApp
let agentId: string

beforeAll(async () => {
  t = await testApp()
  const agent = await t.request('POST', '/v1/agents', {
    key: t.workspaceKey,
    body: { name: 'Reception', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' },
  })
  agentId = agent.body.id
})
afterAll(() => t.close())

function post(path: string, body: unknown = {}, key = t.workspaceKey) {
  return t.request<Record<string, unknown>>('POST', path, { key, body })
}

const at = (offsetMs: number) => new Date(t.clock.now() + offsetMs).toISOString()

test('a call answered at T and ended at T + 90 s is charged 90,000 ms', async () => {
  const started = await post('/v1/calls', {
    agentId,
    direction: 'inbound',
    from: '+15550100',
    at: at(-120_000),
  })
  expect(started.status).toBe(201)
  expect(started.body).toMatchObject({ status: 'authorized', maxDurationSeconds: 14_400 })
  const path = `/v1/calls/${started.body.id}`
  expect((await post(`${path}/answer`, { at: at(-100_000) })).body.status).toBe('in_conversation')
  const ended = await post(`${path}/end`, { at: at(-10_000), reason: 'completed' })
  expect(ended.body).toMatchObject({
    status: 'ended',
    duration: { milliseconds: 90_000, credits: 1.5 },
    charged: { milliseconds: 90_000, credits: 1.5 },
  })
  const receipt = await t.request('GET', path, { key: t.workspaceKey })
  expect(receipt.body).toMatchObject({
    payments: [{ kind: 'monthly', amount: { milliseconds: 90_000 } }],
    unpaid: { milliseconds: 0 },
    entries: [{ amount: { milliseconds: -90_000 } }],
  })
})
