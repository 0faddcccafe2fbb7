import type { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LlmAgent, type LlmWorld, openLlmWorld } from '../../../test/llm-world.ts'

/** The addresses of host names. Tests change them between storing an address and using it. */
const names: Record<string, string> = {}

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld({
    resolve: async (host) => [{ address: names[host] ?? '93.184.215.14', family: 4 }],
    llmTimeouts: { firstByteMs: 1_000, wholeMs: 1_000, idleMs: 1_000, totalMs: 5_000 },
  })
})
afterAll(() => world.close())
beforeEach(() => world.provider.reset())

const chat = { model: 'agent', messages: [{ role: 'user' as const, content: 'Hi' }] }

async function refusal(work: Promise<unknown>): Promise<[number | undefined, unknown]> {
  const error = (await work.catch((thrown: unknown) => thrown)) as APIError
  return [error.status, error.code]
}

const ask = (agent: LlmAgent, options: Parameters<LlmWorld['client']>[1] = {}) =>
  world.client(agent, options).chat.completions.create(chat)

describe('an address that a workspace chose', () => {
  test.each([
    '127.0.0.1',
    '10.0.0.8',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
  ])('is not asked if its host name later resolves to %s', async (address) => {
    const agent = await world.agent({ provider: 'openai_compatible' })
    const port = new URL(world.provider.address).port
    const host = `llm-${Math.random().toString(36).slice(2)}.example.com`
    const baseUrl = `https://${host}:${port}/v1`
    const { id } = await world.ownKey(agent, {
      provider: 'openai_compatible',
      key: 'own-secret-key',
      baseUrl,
    })
    names[host] = address
    expect(await refusal(ask(agent))).toEqual([403, 'llm_address_refused'])
    expect(await world.recorded(agent)).toMatchObject([
      { status: 403, error: 'address_refused', keySource: 'own' },
    ])
    const tested = await world.t.request('POST', `/v1/llm-keys/${id}/test`, { key: agent.key, body: {} })
    expect(tested.body).toMatchObject({ outcome: 'unreachable', status: null })
    expect(tested.body.detail).toContain('does not lead to a public address')
    expect(tested.text).not.toContain(address)
    expect(world.provider.requests).toEqual([])
  })

  test('is refused at once if its host name resolves to a private address', async () => {
    const agent = await world.agent()
    names['inside.example.com'] = '192.168.0.10'
    const body = {
      provider: 'openai_compatible',
      key: 'own-secret-key',
      baseUrl: 'https://inside.example.com/v1',
    }
    const answer = await world.t.request('POST', '/v1/llm-keys', { key: agent.key, body })
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/baseUrl' }] })
  })

  test('may not lead to the operator’s own network', async () => {
    const agent = await world.agent()
    // Customers may use the fake provider's port here, but no other port of this machine.
    const body = {
      provider: 'openai_compatible',
      key: 'own-secret-key',
      baseUrl: 'http://127.0.0.1:4401/admin',
    }
    const answer = await world.t.request('POST', '/v1/llm-keys', { key: agent.key, body })
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/baseUrl' }] })
  })
})

describe('a stored key', () => {
  const stored = { provider: 'openai', key: 'own-secret-key-1234' }

  test('does not open in a row with another workspace, id, provider or address', async () => {
    const victim = await world.agent()
    const { id } = await world.ownKey(victim, stored)
    const thief = await world.agent()
    const { database } = world.t
    await database.query(
      `insert into llm_keys (workspace_id, id, provider, sealed_key, last_four, created_at_ms, saved_at_ms, saved_by)
       select $2, id, provider, sealed_key, last_four, created_at_ms, saved_at_ms, saved_by
       from llm_keys where workspace_id = $1`,
      [victim.workspace.uuid, thief.workspace.uuid],
    )
    expect(await refusal(ask(thief))).toEqual([403, 'llm_key_unreadable'])
    const tested = await world.t.request('POST', `/v1/llm-keys/${id}/test`, { key: thief.key, body: {} })
    expect(tested.body).toMatchObject({ status: 403, code: 'llm_key_unreadable' })
    for (const change of [
      `id = '01990000-0000-7000-8000-000000000000'`,
      `provider = 'openai_compatible', base_url = '${world.provider.address}'`,
      `base_url = '${world.provider.address}/evil'`,
      `sealed_key = overlay(sealed_key placing 'A' from 30 for 1)`,
    ]) {
      const agent = await world.agent()
      await world.ownKey(agent, stored)
      await database.query(`update llm_keys set ${change} where workspace_id = $1`, [agent.workspace.uuid])
      await database.query(
        `update agents a set llm_provider = k.provider from llm_keys k
         where k.workspace_id = a.workspace_id and a.workspace_id = $1`,
        [agent.workspace.uuid],
      )
      expect(await refusal(ask(agent))).toEqual([403, 'llm_key_unreadable'])
    }
    expect(world.provider.requests).toEqual([])
    expect((await ask(victim)).choices.length).toBe(1)
  })

  test('that does not open does not make the platform pay, and can be replaced', async () => {
    const agent = await world.agent()
    const { id } = await world.ownKey(agent, stored)
    await world.t.database.query(`update llm_keys set sealed_key = 'x' where workspace_id = $1`, [
      agent.workspace.uuid,
    ])
    expect(await refusal(ask(agent))).toEqual([403, 'llm_key_unreadable'])
    expect(world.provider.requests).toEqual([])
    const listed = await world.t.request('GET', '/v1/llm-keys', { key: agent.key })
    expect(listed.body.data).toMatchObject([
      { state: 'failing', stateReason: 'This key can no longer be decrypted. Replace it.' },
    ])
    await world.t.request('PATCH', `/v1/llm-keys/${id}`, { key: agent.key, body: { key: stored.key } })
    await ask(agent)
    expect(world.provider.requests[0]?.headers.authorization).toBe(`Bearer ${stored.key}`)
  })
})

describe('the caller', () => {
  test('401: needs a key that exists and is not revoked', async () => {
    const agent = await world.agent()
    const person = await world.t.signUp()
    expect(await refusal(ask(agent, { key: `tt_${'0'.repeat(40)}` }))).toEqual([401, 'unauthenticated'])
    expect(await refusal(ask(agent, { key: 'sk-proj-own' }))).toEqual([401, 'unauthenticated'])
    const cookieOnly = await fetch(`${world.address}/llm/v1/chat/completions`, {
      method: 'POST',
      headers: { cookie: person.cookie, 'content-type': 'application/json', 'talktime-agent': agent.agentId },
      body: JSON.stringify(chat),
    })
    expect(cookieOnly.status).toBe(401)
    expect(cookieOnly.headers.get('www-authenticate')).toBe('Bearer')
    await ask(agent)
    await world.t.database.query('update api_keys set revoked_at_ms = 1 where workspace_id = $1', [
      agent.workspace.uuid,
    ])
    world.t.clock.advance(10_000)
    expect(await refusal(ask(agent))).toEqual([401, 'unauthenticated'])
  })

  test('404: cannot use an agent or a call of another workspace', async () => {
    const agent = await world.agent()
    const stranger = await world.agent()
    const named = { headers: { 'Talktime-Agent': agent.agentId } }
    expect(await refusal(ask(agent, { key: stranger.key, ...named }))).toEqual([404, 'agent_not_found'])
    expect(await refusal(ask(agent, { key: stranger.key }))).toEqual([404, 'call_not_found'])
    const call = await world.t.request('POST', '/v1/calls', {
      key: agent.key,
      body: { agentId: agent.agentId, direction: 'inbound' },
    })
    const headers = { 'Talktime-Call': call.body.id }
    expect(await refusal(ask(stranger, { headers }))).toEqual([404, 'call_not_found'])
    expect(await refusal(ask(agent, { headers: { 'Talktime-Agent': 'agt_1' } }))).toEqual([
      404,
      'agent_not_found',
    ])
    expect(world.provider.requests).toEqual([])
  })

  test('with an operator’s key acts in the agent’s workspace', async () => {
    const agent = await world.agent()
    await ask(agent, { key: world.t.operatorKey })
    expect(await world.recorded(agent)).toMatchObject([{ agentId: agent.agentId }])
    const headers = {
      'Talktime-Agent': agent.agentId,
      'Talktime-Workspace': (await world.agent()).workspace.id,
    }
    expect(await refusal(ask(agent, { key: world.t.operatorKey, headers }))).toEqual([404, 'agent_not_found'])
  })

  test('403: cannot use a suspended workspace, even as the operator', async () => {
    const agent = await world.agent()
    await world.t.database.query(`update workspaces set status = 'suspended' where id = $1`, [
      agent.workspace.uuid,
    ])
    for (const key of [agent.key, world.t.operatorKey]) {
      expect(await refusal(ask(agent, { key }))).toEqual([403, 'workspace_suspended'])
    }
    expect(world.provider.requests).toEqual([])
  })
})
