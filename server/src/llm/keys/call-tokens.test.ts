import { MINUTE_MS } from '@talktime/core/time/durations'
import type { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LlmAgent, type LlmWorld, openLlmWorld } from '../../../test/llm-world.ts'

let world: LlmWorld
let agent: LlmAgent
beforeAll(async () => {
  world = await openLlmWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.provider.reset()
  agent = await world.agent()
})

const chat = { model: 'agent', messages: [{ role: 'user' as const, content: 'Hi' }] }

async function startCall(of: LlmAgent = agent): Promise<string> {
  const body = { agentId: of.agentId, direction: 'inbound' }
  return (await world.t.request('POST', '/v1/calls', { key: of.key, body })).body.id
}

const post = (path: string, key = agent.key) => world.t.request('POST', path, { key, body: {} })

async function createToken(callId: string): Promise<string> {
  const answer = await post(`/v1/calls/${callId}/llm-token`)
  expect(answer.status).toBe(201)
  return String(answer.body.token)
}

/** Sends a chat request with this token. Returns the answer's text, or the status and code of the error. */
async function ask(token: string, headers: Record<string, string> = {}) {
  try {
    const { choices } = await world.client(agent, { key: token, headers }).chat.completions.create(chat)
    return choices[0]?.message.content
  } catch (error) {
    const { status, code } = error as APIError
    return [status, code]
  }
}

const refused = [401, 'unauthenticated']

test('201: a token works for its call and agent without naming them', async () => {
  const callId = await startCall()
  const answer = await post(`/v1/calls/${callId}/llm-token`)
  expect(answer.body).toEqual({
    token: expect.stringMatching(/^tt_call_[0-9a-f]{72}$/),
    // Half an hour of ringing, and eight hours of conversation by the plan.
    expiresAt: new Date(world.t.clock.now() + 30 * MINUTE_MS + 8 * 60 * MINUTE_MS).toISOString(),
  })
  expect(await ask(String(answer.body.token))).toBe('Good morning, how can I help?')
  expect(await world.recorded(agent)).toMatchObject([{ callId, agentId: agent.agentId, model: 'gpt-5-mini' }])
  const { rows } = await world.t.database.query<{ all: string }>(
    'select t::text as all from llm_call_tokens t',
  )
  expect(rows.map(({ all }) => all).join()).not.toContain(String(answer.body.token).slice(-40))
})

test('a repeated request gets its token again, and the token is not stored', async () => {
  const callId = await startCall()
  const createOnce = () =>
    world.t.request('POST', `/v1/calls/${callId}/llm-token`, {
      key: agent.key,
      body: {},
      idempotencyKey: callId,
    })
  const [first, second] = [await createOnce(), await createOnce()]
  expect(second.body).toEqual(first.body)
  const { rows } = await world.t.database.query<{ all: string }>(
    'select k::text as all from idempotency_keys k',
  )
  expect(rows.map(({ all }) => all).join()).not.toContain(first.body.token)
})

test('a call can have several tokens', async () => {
  const callId = await startCall()
  for (const token of [await createToken(callId), await createToken(callId)])
    expect(await ask(token)).toContain('Good')
})

describe('a token is refused', () => {
  test('after its call ended', async () => {
    const callId = await startCall()
    const token = await createToken(callId)
    await post(`/v1/calls/${callId}/answer`)
    expect(await ask(token)).toContain('Good')
    await post(`/v1/calls/${callId}/end`)
    expect(await ask(token)).toEqual(refused)
  })

  test('from the call’s hard stop on, even if nothing closed the call yet', async () => {
    const callId = await startCall()
    const token = await createToken(callId)
    await post(`/v1/calls/${callId}/answer`)
    const stopsAtMs = world.t.clock.now() + 8 * 60 * MINUTE_MS
    world.t.clock.set(stopsAtMs - 10)
    expect(await ask(token)).toContain('Good')
    world.t.clock.set(stopsAtMs)
    expect(await ask(token)).toEqual(refused)
  })

  test('after it was revoked', async () => {
    const callId = await startCall()
    const token = await createToken(callId)
    const path = `/v1/calls/${callId}/llm-token`
    expect((await world.t.request('DELETE', path, { key: agent.key })).status).toBe(204)
    expect(await ask(token)).toEqual(refused)
  })

  test('while the workspace is suspended', async () => {
    const token = await createToken(await startCall())
    await world.t.database.query(`update workspaces set status = 'suspended' where id = $1`, [
      agent.workspace.uuid,
    ])
    expect(await ask(token)).toEqual([403, 'workspace_suspended'])
    expect(world.provider.requests).toEqual([])
  })

  test('if it was made up, or names another workspace', async () => {
    const token = await createToken(await startCall())
    const elsewhere = (await world.agent()).workspace.uuid.replaceAll('-', '')
    for (const madeUp of [
      `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`,
      `tt_call_${elsewhere}${token.slice(-40)}`,
      `tt_call_${'0'.repeat(72)}`,
      `tt_call_${token.slice(-40)}`,
      'tt_call_',
    ]) {
      expect(await ask(madeUp)).toEqual(refused)
    }
    expect(world.provider.requests).toEqual([])
  })

  test('for another agent or another call', async () => {
    const token = await createToken(await startCall())
    const other = await world.t.request('POST', '/v1/agents', {
      key: agent.key,
      body: { name: 'Other', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' },
    })
    expect(await ask(token, { 'Talktime-Agent': other.body.id })).toEqual([400, 'invalid_request'])
    expect(await ask(token, { 'Talktime-Call': await startCall() })).toEqual([404, 'call_not_found'])
    const stranger = await world.agent()
    expect(await ask(token, { 'Talktime-Agent': stranger.agentId })).toEqual([404, 'agent_not_found'])
    expect(world.provider.requests).toEqual([])
  })

  test('outside the gateway', async () => {
    const token = await createToken(await startCall())
    for (const path of ['/v1/balance', '/v1/llm-keys', '/v1/calls']) {
      expect((await world.t.request('GET', path, { key: token })).status).toBe(401)
    }
  })
})

test('a call can use its agent to the end after the agent was archived', async () => {
  const token = await createToken(await startCall())
  expect((await world.t.request('DELETE', `/v1/agents/${agent.agentId}`, { key: agent.key })).status).toBe(
    204,
  )
  expect(await ask(token)).toContain('Good')
  expect(await ask(agent.key, { 'Talktime-Agent': agent.agentId })).toEqual([404, 'agent_not_found'])
})

test('409: a call that is over gets no token', async () => {
  const callId = await startCall()
  await post(`/v1/calls/${callId}/end`)
  expect((await post(`/v1/calls/${callId}/llm-token`)).body.code).toBe('call_not_open')
})

test('404: a call of another workspace gets no token', async () => {
  const callId = await startCall()
  const stranger = await world.agent()
  expect((await post(`/v1/calls/${callId}/llm-token`, stranger.key)).body.code).toBe('call_not_found')
  expect((await post('/v1/calls/call_1/llm-token')).body.code).toBe('call_not_found')
  const revoke = { key: stranger.key }
  const token = await createToken(callId)
  await world.t.request('DELETE', `/v1/calls/${callId}/llm-token`, revoke)
  expect(await ask(token)).toContain('Good')
})

test('expired tokens are deleted', async () => {
  await createToken(await startCall())
  world.t.clock.advance(9 * 60 * MINUTE_MS)
  await world.t.app.runDue()
  expect((await world.t.database.query('select from llm_call_tokens')).rowCount).toBe(0)
})
