import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, testApp } from '../../test/app.ts'

let t: TestApp
let workspace: KeyedWorkspace
let numbers = 0
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())
beforeEach(async () => {
  workspace = await t.addWorkspace()
})

const reception = { name: 'Reception', language: 'de-de', llmProvider: 'openai', llmModel: 'gpt-5' }
const create = (changes: Record<string, unknown> = {}, key = workspace.key) =>
  t.request('POST', '/v1/agents', { key, body: { ...reception, ...changes } })
const freshNumber = () => {
  numbers += 1
  return `+49 30 90182 ${String(numbers).padStart(3, '0')}`
}

test('201: a new agent’s number and language are stored in their standard forms', async () => {
  const answer = await create({ phoneNumber: '+1 (415) 555-2671', name: '  Reception ' })
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    id: expect.stringMatching(/^agt_[0-9a-f]{32}$/),
    name: 'Reception',
    language: 'de-DE',
    phoneNumber: '+14155552671',
    llmProvider: 'openai',
    llmModel: 'gpt-5',
    voiceEndpoint: null,
    unconnectedCallAt: null,
    status: 'active',
    createdAt: new Date(t.clock.now()).toISOString(),
  })
  const read = await t.request('GET', `/v1/agents/${answer.body.id}`, { key: workspace.key })
  expect([read.status, read.body]).toEqual([200, answer.body])
})

test('201: an agent needs no phone number', async () => {
  expect((await create()).body.phoneNumber).toBeNull()
  expect((await create({ phoneNumber: null })).body.phoneNumber).toBeNull()
})

test('200: agents are listed newest first, in pages, by status', async () => {
  for (const name of ['one', 'two', 'three']) {
    await create({ name })
    t.clock.advance(1)
  }
  const names = async (query: string) => {
    const list = await t.request('GET', `/v1/agents${query}`, { key: workspace.key })
    return { names: list.body.data.map(({ name }) => name), next: list.body.nextCursor }
  }
  expect(await names('')).toEqual({ names: ['three', 'two', 'one'], next: null })
  const first = await names('?limit=2')
  expect(first.names).toEqual(['three', 'two'])
  expect(await names(`?limit=2&cursor=${first.next}`)).toEqual({ names: ['one'], next: null })
  const list = await t.request('GET', '/v1/agents', { key: workspace.key })
  const path = `/v1/agents/${list.body.data[1]?.id}`
  await t.request('PATCH', path, { key: workspace.key, body: { status: 'disabled' } })
  expect((await names('?status=disabled')).names).toEqual(['two'])
  expect((await names('?status=active')).names).toEqual(['three', 'one'])
})

test('200: a change affects only the fields it names', async () => {
  const phoneNumber = freshNumber()
  const { body: agent } = await create({ phoneNumber })
  const patch = (body: unknown) => t.request('PATCH', `/v1/agents/${agent.id}`, { key: workspace.key, body })
  expect((await patch({ name: 'Front desk' })).body).toEqual({ ...agent, name: 'Front desk' })
  expect((await patch({ phoneNumber: null, status: 'disabled' })).body).toEqual({
    ...agent,
    name: 'Front desk',
    phoneNumber: null,
    status: 'disabled',
  })
  expect((await patch({})).status).toBe(200)
  expect((await patch({ phoneNumber })).body.phoneNumber).toBe(agent.phoneNumber)
})

test.each([
  ['wss://agent.example.com:8443/talk', 'wss://agent.example.com:8443/talk'],
  ['wss://Agent.example.com', 'wss://agent.example.com/'],
  ['sip:reception@pbx.example.com;transport=tls', 'sip:reception@pbx.example.com;transport=tls'],
  ['SIP:+4930901820@10.0.0.5:5061', 'sip:+4930901820@10.0.0.5:5061'],
  ['+49 30 901820', '+4930901820'],
])('200: a voice endpoint may be %s', async (written, kept) => {
  const { body: agent } = await create({ voiceEndpoint: written })
  expect(agent.voiceEndpoint).toBe(kept)
  const patch = (body: unknown) => t.request('PATCH', `/v1/agents/${agent.id}`, { key: workspace.key, body })
  expect((await patch({ name: 'x' })).body.voiceEndpoint).toBe(kept)
  expect((await patch({ voiceEndpoint: null })).body.voiceEndpoint).toBeNull()
  expect((await patch({ voiceEndpoint: written })).body.voiceEndpoint).toBe(kept)
})

test.each([
  'ws://agent.example.com/talk',
  'https://agent.example.com/talk',
  'wss://user:pass@agent.example.com/talk',
  'wss://agent.example.com/talk?token=1',
  'wss://agent.example.com/talk#1',
  'wss://',
  `wss://agent.example.com/${'x'.repeat(500)}`,
  'sip:reception',
  'sip:reception@pbx.example.com?x=1',
  'sip:a b@pbx.example.com',
  '030 901820',
  '',
  7,
])('400: a voice endpoint may not be %j', async (voiceEndpoint) => {
  const answer = await create({ voiceEndpoint })
  expect(answer).toMatchObject({
    status: 400,
    body: {
      errors: [{ pointer: '/voiceEndpoint', detail: expect.stringContaining('"voiceEndpoint" must be') }],
    },
  })
})

test('400: a phone number cannot be connected to itself', async () => {
  const phoneNumber = freshNumber()
  const itself = { status: 400, body: { errors: [{ pointer: '/voiceEndpoint' }] } }
  expect(await create({ phoneNumber, voiceEndpoint: phoneNumber })).toMatchObject(itself)
  const { body: agent } = await create({ voiceEndpoint: phoneNumber })
  const path = `/v1/agents/${agent.id}`
  expect(await t.request('PATCH', path, { key: workspace.key, body: { phoneNumber } })).toMatchObject(itself)
  expect((await t.request('GET', path, { key: workspace.key })).body).toEqual(agent)
})

test('409: a phone number has one agent across all workspaces', async () => {
  const phoneNumber = freshNumber()
  const other = await t.addWorkspace()
  const { body: holder } = await create({ phoneNumber })
  const taken = await create({ phoneNumber }, other.key)
  expect(taken.body).toMatchObject({
    status: 409,
    code: 'phone_number_taken',
    errors: [{ pointer: '/phoneNumber' }],
  })
  expect(taken.text).not.toContain(holder.id)
  const { body: second } = await create({}, other.key)
  const path = `/v1/agents/${second.id}`
  const change = await t.request('PATCH', path, { key: other.key, body: { phoneNumber } })
  expect(change.body.code).toBe('phone_number_taken')
})

test('only one of several concurrent requests gets a phone number', async () => {
  const phoneNumber = freshNumber()
  const answers = await Promise.all(Array.from({ length: 8 }, () => create({ phoneNumber })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)])
})

test('204: a deleted agent is gone, and its number is free', async () => {
  const phoneNumber = freshNumber()
  const { body: agent } = await create({ phoneNumber })
  const path = `/v1/agents/${agent.id}`
  const options = { key: workspace.key }
  expect((await t.request('DELETE', path, options)).status).toBe(204)
  expect((await t.request('GET', path, options)).body.code).toBe('agent_not_found')
  expect((await t.request('PATCH', path, { ...options, body: { name: 'x' } })).status).toBe(404)
  expect((await t.request('DELETE', path, options)).status).toBe(404)
  expect((await t.request('GET', '/v1/agents', options)).body.data).toEqual([])
  expect((await create({ phoneNumber })).status).toBe(201)
})

test('an operator’s key need not name a workspace if it names an agent', async () => {
  const { body: agent } = await create()
  const path = `/v1/agents/${agent.id}`
  const options = { key: t.operatorKey }
  expect((await t.request('GET', path, options)).body).toEqual(agent)
  expect((await t.request('PATCH', path, { ...options, body: { name: 'y' } })).status).toBe(200)
  const elsewhere = await t.addWorkspace()
  const wrong = await t.request('GET', path, { ...options, workspace: elsewhere.id })
  expect(wrong.body.code).toBe('agent_not_found')
  expect((await t.request('GET', '/v1/agents/agt_1', options)).body.code).toBe('agent_not_found')
  expect((await t.request('GET', '/v1/agents', options)).body).toMatchObject({
    status: 400,
    errors: [{ pointer: '/Talktime-Workspace' }],
  })
})

test('each change of an agent adds an event for listeners', async () => {
  const { body: agent } = await create()
  await t.request('PATCH', `/v1/agents/${agent.id}`, { key: workspace.key, body: { name: 'x' } })
  await t.request('DELETE', `/v1/agents/${agent.id}`, { key: workspace.key })
  const { rows } = await t.database.query(
    `select ids from events where workspace_id = $1 and topic = 'agent' order by seq`,
    [workspace.uuid],
  )
  const uuid = agent.id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  expect(rows).toEqual([{ ids: [uuid] }, { ids: [uuid] }, { ids: [uuid] }])
})
