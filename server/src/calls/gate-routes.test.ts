import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import {
  addPlanWithOverdraft,
  closeInOrder,
  connectVoiceStack,
  credits,
  milliseconds,
  newAgent,
  type VoiceStack,
} from '../../test/voice-stack.ts'

let t: TestApp
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

describe('200: refused', () => {
  async function useUp(): Promise<void> {
    const deducted = await stack.grant({ credits: -1000, kind: 'adjustment' })
    expect(deducted.status).toBe(201)
  }

  test('out_of_credits without credits; one millisecond of credit is enough', async () => {
    await useUp()
    expect(await stack.balance()).toMatchObject({ balance: milliseconds(0), status: 'out' })
    const refused = await stack.start()
    expect(refused.status).toBe(200)
    expect(refused.body).toMatchObject({
      status: 'refused',
      refusal: { reason: 'out_of_credits', detail: 'The workspace has no credits left.' },
      duration: milliseconds(0),
      charged: milliseconds(0),
    })
    await stack.grant({ milliseconds: 1 })
    expect((await stack.start()).status).toBe(201)
  })

  test('out_of_credits at the very millisecond at which live calls have used the last credit', async () => {
    stack = await connectVoiceStack(t, { planId: await addPlanWithOverdraft(t) })
    const id = await stack.startedCall()
    await stack.answer(id)
    t.clock.advance(30 * MINUTE_MS - 1)
    expect((await stack.start()).body.status).toBe('authorized')
    t.clock.advance(1)
    expect((await stack.start()).body.refusal?.reason).toBe('out_of_credits')
    // The live call continues, below zero.
    t.clock.advance(MINUTE_MS)
    expect(await stack.balance()).toMatchObject({
      balance: credits(-1),
      overdraft: credits(1),
      status: 'out',
    })
    expect((await stack.end(id)).body.charged).toEqual(credits(31))
  })

  test('concurrency_limit while the plan’s number of calls is open, ringing calls included', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    const ids = await Promise.all(Array.from({ length: 20 }, () => stack.startedCall()))
    expect((await stack.start()).body).toMatchObject({
      status: 'refused',
      refusal: { reason: 'concurrency_limit' },
    })
    await stack.end(ids[7] ?? '')
    expect((await stack.start()).status).toBe(201)
    expect((await stack.start()).body.refusal?.reason).toBe('concurrency_limit')
  })

  test('agent_disabled', async () => {
    await stack.ask('PATCH', `/v1/agents/${stack.agentId}`, { body: { status: 'disabled' } })
    expect(await stack.start()).toMatchObject({
      status: 200,
      body: { status: 'refused', refusal: { reason: 'agent_disabled' } },
    })
  })

  test('workspace_suspended; an open call is still charged', async () => {
    const id = await stack.startedCall()
    await t.database.query(
      `update workspaces set status = 'suspended' where id = (
      select workspace_id from agents where id = $1)`,
      [agentUuid()],
    )
    expect(await stack.start()).toMatchObject({
      status: 200,
      body: { status: 'refused', refusal: { reason: 'workspace_suspended' } },
    })
    await stack.answer(id)
    t.clock.advance(MINUTE_MS)
    expect((await stack.end(id)).body.charged).toEqual(credits(1))
  })

  const agentUuid = () => stack.agentId.slice('agt_'.length)

  test('a refused call stays refused: it cannot be answered, and its end changes nothing', async () => {
    await useUp()
    const refused = await stack.start({ externalId: 'refused-1' })
    const { id } = refused.body
    expect(await stack.answer(id)).toMatchObject({ status: 409, body: { code: 'call_refused' } })
    expect((await stack.end(id)).body).toEqual(refused.body)
    expect((await stack.heartbeat(id)).body.continue).toBe(false)
    expect(await stack.start({ externalId: 'refused-1' })).toMatchObject({ status: 200, body: refused.body })
  })
})

describe('the voice stack’s own id', () => {
  test('gives one call, whatever else a repeat says', async () => {
    const first = await stack.start({ externalId: 'CA-1', from: '+15550100' })
    expect(first.status).toBe(201)
    const again = await stack.start({ externalId: 'CA-1', direction: 'web', from: '+15550199' })
    expect(again.status).toBe(200)
    expect(again.body).toEqual(first.body)
    await stack.answer(first.body.id)
    expect((await stack.start({ externalId: 'CA-1' })).body).toMatchObject({
      id: first.body.id,
      status: 'in_conversation',
    })
  })

  test('gives one call to concurrent requests at two servers', async () => {
    const other = await t.addProcess()
    const request = { key: stack.key, body: { agentId: stack.agentId, direction: 'web', externalId: 'CA-2' } }
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 ? other : t).request('POST', '/v1/calls', request)),
    )
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(11).fill(200), 201])
    expect((await stack.ask('GET', '/v1/calls')).body.data).toHaveLength(1)
  })

  test('means another call in another workspace', async () => {
    const other = await connectVoiceStack(t)
    const calls = [await stack.start({ externalId: 'CA-3' }), await other.start({ externalId: 'CA-3' })]
    expect(calls.map(({ status }) => status)).toEqual([201, 201])
    expect(calls[0]?.body.id).not.toBe(calls[1]?.body.id)
  })
})

describe('an operator’s key', () => {
  const asOperator = (path: string, body: unknown = {}, workspace?: string) =>
    t.request('POST', path, { key: t.operatorKey, body, ...(workspace && { workspace }) })

  test('reports a whole call with the workspace in the header', async () => {
    const { workspaceId, agentId } = stack
    const started = await asOperator('/v1/calls', { agentId, direction: 'web' }, workspaceId)
    expect(started.status).toBe(201)
    const path = `/v1/calls/${started.body.id}`
    for (const step of ['answer', 'heartbeat', 'end']) {
      expect([step, (await asOperator(`${path}/${step}`, {}, workspaceId)).status]).toEqual([step, 200])
    }
  })

  test('needs no header if an agent or a call names the workspace', async () => {
    const started = await asOperator('/v1/calls', { agentId: stack.agentId, direction: 'web' })
    expect(started.status).toBe(201)
    const path = `/v1/calls/${started.body.id}`
    for (const step of ['answer', 'heartbeat', 'end']) {
      expect([step, (await asOperator(`${path}/${step}`)).status]).toEqual([step, 200])
    }
    const receipt = await t.request('GET', path, { key: t.operatorKey })
    expect(receipt.body).toMatchObject({ id: started.body.id, status: 'ended' })
  })

  test('404: for agents and calls that do not exist, or not in the named workspace', async () => {
    const other = await connectVoiceStack(t)
    const callId = await other.startedCall()
    const nobody = '0'.repeat(32)
    const asked = [
      asOperator('/v1/calls', { agentId: `agt_${nobody}`, direction: 'web' }),
      asOperator('/v1/calls', { agentId: other.agentId, direction: 'web' }, stack.workspaceId),
      asOperator(`/v1/calls/call_${nobody}/end`),
      asOperator(`/v1/calls/${callId}/end`, {}, stack.workspaceId),
      asOperator(`/v1/calls/${callId}/end`, {}, `ws_${nobody}`),
    ]
    const answers = await Promise.all(asked)
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'agent_not_found'],
      [404, 'agent_not_found'],
      [404, 'call_not_found'],
      [404, 'call_not_found'],
      [404, 'workspace_not_found'],
    ])
  })

  test('400: must name the workspace if nothing else does', async () => {
    const answer = await t.request('GET', '/v1/calls', { key: t.operatorKey })
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'invalid_request',
      errors: [{ pointer: '/Talktime-Workspace' }],
    })
  })
})

describe('agents and calls of another workspace', () => {
  test('404: seem not to exist', async () => {
    const other = await connectVoiceStack(t)
    const callId = await other.startedCall()
    const before = await other.receipt(callId)
    const asked = [
      await stack.start({ agentId: other.agentId }),
      await stack.answer(callId),
      await stack.end(callId),
      await stack.heartbeat(callId),
      await stack.ask('GET', `/v1/calls/${callId}`),
      await stack.ask('GET', '/v1/calls', { workspace: other.workspaceId }),
    ]
    expect(asked.map(({ status, body }) => [status, 'code' in body && body.code])).toEqual([
      [404, 'agent_not_found'],
      ...Array(4).fill([404, 'call_not_found']),
      [404, 'workspace_not_found'],
    ])
    expect(await other.receipt(callId)).toEqual(before)
  })

  test('404: an archived agent makes no more calls, and its calls keep its name', async () => {
    const id = await stack.startedCall()
    await stack.ask('DELETE', `/v1/agents/${stack.agentId}`)
    expect(await stack.start()).toMatchObject({ status: 404, body: { code: 'agent_not_found' } })
    expect((await stack.end(id)).body.agentName).toBe(newAgent.name)
  })
})

describe('a member who may only look', () => {
  test('403: starts, answers and ends no calls, and sees the calls', async () => {
    const owner = await t.signUp()
    const invited = await t.request('POST', '/v1/invitations', {
      cookie: owner.cookie,
      body: { email: 'eve@example.com', role: 'member' },
    })
    const token = new URL(String(invited.body.url), 'http://x').searchParams.get('token') ?? ''
    const { cookie } = await t.signUp({ name: 'Eve', invitation: token })
    const agent = await t.request('POST', '/v1/agents', { cookie: owner.cookie, body: newAgent })
    const start = { agentId: agent.body.id, direction: 'web' }
    const call = await t.request('POST', '/v1/calls', { cookie: owner.cookie, body: start })
    expect(call.status).toBe(201)
    const path = `/v1/calls/${call.body.id}`
    const lines = { 'content-type': 'application/x-ndjson' }
    const refused = [
      await t.request('POST', '/v1/calls', { cookie, body: start }),
      await t.request('POST', `${path}/answer`, { cookie }),
      await t.request('POST', `${path}/end`, { cookie }),
      await t.request('POST', `${path}/heartbeat`, { cookie }),
      await t.request('POST', '/v1/calls/batch', { cookie, headers: lines, body: '{"type":"end"}' }),
    ]
    for (const answer of refused) expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await t.request('GET', path, { cookie })).body.status).toBe('authorized')
    expect((await t.request('GET', '/v1/calls', { cookie })).body.data).toHaveLength(1)
  })
})
