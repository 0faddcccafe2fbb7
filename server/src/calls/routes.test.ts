import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import {
  closeInOrder,
  connectVoiceStack,
  credits,
  instant,
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

const second = 1000
const minute = 60 * second

/** What happens in a workspace's calls, without the clock: each call's whole life in one go. */
async function talk(durationMs: number): Promise<string> {
  const callId = await stack.startedCall()
  await stack.answer(callId, t.clock.now() - durationMs)
  await stack.end(callId)
  return callId
}

const balanceMs = async () => (await stack.balance()).balance.milliseconds

describe('a call', () => {
  test('answered at T and ended at T + 90 s is charged 90,000 ms', async () => {
    const answeredAtMs = t.clock.now() - 100 * second
    const started = await stack.start({ from: '+15550100', at: instant(answeredAtMs - 20 * second) })
    expect(started.status).toBe(201)
    expect(started.body).toMatchObject({
      status: 'authorized',
      agentId: stack.agentId,
      agentName: newAgent.name,
      direction: 'inbound',
      from: '+15550100',
      to: null,
      externalId: null,
      authorizedAt: '2026-11-22T09:58:00.000Z',
      answeredAt: null,
      endedAt: null,
      maxDurationSeconds: 14_400,
      duration: null,
      charged: milliseconds(0),
      refusal: null,
    })
    const { id } = started.body
    expect((await stack.answer(id, answeredAtMs)).body).toMatchObject({
      status: 'in_conversation',
      answeredAt: '2026-11-22T09:58:20.000Z',
      charged: milliseconds(0),
    })
    const ended = await stack.end(id, answeredAtMs + 90 * second, { reason: 'completed' })
    expect(ended.status).toBe(200)
    expect(ended.body).toMatchObject({
      status: 'ended',
      endedAt: '2026-11-22T09:59:50.000Z',
      endReason: 'completed',
      endSource: 'reported',
      duration: { milliseconds: 90_000, credits: 1.5 },
      charged: { milliseconds: 90_000, credits: 1.5 },
    })
    expect((await stack.balance()).balance).toEqual(credits(998.5))
  })

  test('of 30 seconds, twice, costs 1 credit together', async () => {
    await talk(30 * second)
    expect((await stack.balance()).balance).toEqual(credits(999.5))
    await talk(30 * second)
    expect((await stack.balance()).balance).toEqual(credits(999))
  })

  test('of a single millisecond costs a single millisecond', async () => {
    await talk(1)
    expect(await balanceMs()).toBe(1000 * minute - 1)
  })

  test.each([
    ['no_answer', 'unanswered'],
    ['busy', 'unanswered'],
    [undefined, 'unanswered'],
    ['failed', 'failed'],
  ])('that nobody answers costs nothing (reason %s)', async (reason, status) => {
    const id = await stack.startedCall()
    t.clock.advance(5 * minute)
    const ended = await stack.end(id, undefined, reason === undefined ? {} : { reason })
    expect(ended.body).toMatchObject({
      status,
      answeredAt: null,
      endReason: reason ?? null,
      duration: milliseconds(0),
      charged: milliseconds(0),
    })
    expect((await stack.balance()).balance).toEqual(credits(1000))
    const transactions = await stack.ask('GET', '/v1/transactions')
    expect(transactions.body.data.map(({ kind }) => kind)).toEqual(['monthly_grant'])
  })

  test('that was answered and ended without saying when, happened when the server heard of it', async () => {
    const id = await stack.startedCall()
    t.clock.advance(7 * second)
    expect((await stack.ask('POST', `/v1/calls/${id}/answer`)).body).toMatchObject({
      answeredAt: '2026-11-22T10:00:07.000Z',
    })
    t.clock.advance(12_345)
    expect((await stack.ask('POST', `/v1/calls/${id}/end`)).body).toMatchObject({
      endedAt: '2026-11-22T10:00:19.345Z',
      charged: milliseconds(12_345),
    })
  })

  test('reported with an offset is the same instant', async () => {
    const id = await stack.startedCall()
    const answered = await stack.ask('POST', `/v1/calls/${id}/answer`, {
      body: { at: '2026-11-22T15:29:30.250+05:30' },
    })
    expect(answered.body.answeredAt).toBe('2026-11-22T09:59:30.250Z')
  })
})

describe('reports that are repeated, reordered or late', () => {
  type Report = { readonly type: 'answer' | 'end'; readonly afterMs: number }
  const reports: Report[] = [
    { type: 'answer', afterMs: 0 },
    { type: 'end', afterMs: 90 * second },
    { type: 'end', afterMs: 60 * second },
    { type: 'end', afterMs: 120 * second },
  ]

  const orders = (items: readonly Report[]): Report[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item) =>
          orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
        )

  test('of one answer and three ends: in every order the first end counts, and nothing changes after it', async () => {
    const startMs = t.clock.now() - 10 * minute
    const charges = await Promise.all(
      orders(reports).map(async (order) => {
        const id = await stack.startedCall({ at: instant(startMs) })
        for (const { type, afterMs } of order) await stack[type](id, startMs + afterMs)
        const talkedMs = order.find(({ type }) => type === 'end')?.afterMs ?? 0
        const receipt = await stack.receipt(id)
        expect({ order, receipt }).toMatchObject({
          receipt: {
            status: 'ended',
            answeredAt: instant(startMs),
            endedAt: instant(startMs + talkedMs),
            duration: milliseconds(talkedMs),
            charged: milliseconds(talkedMs),
            entries: [{ amount: milliseconds(-talkedMs) }],
          },
        })
        return talkedMs
      }),
    )
    expect(charges).toHaveLength(24)
    const chargedMs = charges.reduce((sum, ms) => sum + ms, 0)
    expect(await balanceMs()).toBe(1000 * minute - chargedMs)
  })

  test('the answer sent again, earlier or later than the first, changes nothing', async () => {
    const id = await stack.startedCall()
    const first = await stack.answer(id, t.clock.now() - minute)
    expect((await stack.answer(id, t.clock.now() - 5 * minute)).body).toEqual(first.body)
    expect((await stack.answer(id)).body).toEqual(first.body)
    const ended = await stack.end(id)
    expect(ended.body.charged).toEqual(credits(1))
    expect((await stack.answer(id)).body).toEqual(ended.body)
  })

  test('an end that lies before the answer ends a conversation of no length', async () => {
    const id = await stack.startedCall({ at: instant(t.clock.now() - minute) })
    await stack.answer(id, t.clock.now() - 10 * second)
    const ended = await stack.end(id, t.clock.now() - 20 * second)
    expect(ended.body).toMatchObject({ status: 'ended', duration: milliseconds(0), charged: milliseconds(0) })
    expect((await stack.balance()).balance).toEqual(credits(1000))
  })

  test('an end that is almost a day late is charged by its own time', async () => {
    const id = await stack.startedCall()
    await stack.answer(id)
    const answeredAtMs = t.clock.now()
    t.clock.advance(3 * 60 * minute)
    const ended = await stack.end(id, answeredAtMs + 4 * minute)
    expect(ended.body).toMatchObject({ status: 'ended', charged: credits(4) })
    expect((await stack.balance()).balance).toEqual(credits(996))
  })
})

describe('the balance during live calls', () => {
  test('falls by a credit a minute, to the millisecond', async () => {
    const id = await stack.startedCall()
    t.clock.advance(20 * second)
    expect((await stack.balance()).balance).toEqual(credits(1000))
    await stack.answer(id)
    let talkedMs = 0
    for (const stepMs of [1, 1, 998, 59_000, 33, 1_000_000]) {
      t.clock.advance(stepMs)
      talkedMs += stepMs
      expect(await stack.balance()).toMatchObject({
        asOf: instant(t.clock.now()),
        balance: milliseconds(60_000_000 - talkedMs),
        monthly: { remaining: milliseconds(60_000_000 - talkedMs) },
        liveCalls: 1,
        runsOutAt: instant(t.clock.now() + 60_000_000 - talkedMs),
      })
    }
    await stack.end(id)
    t.clock.advance(minute)
    expect(await stack.balance()).toMatchObject({
      balance: milliseconds(60_000_000 - talkedMs),
      liveCalls: 0,
      runsOutAt: null,
    })
  })

  test('falls by as many credits a minute as there are conversations', async () => {
    const ids = [await stack.startedCall(), await stack.startedCall(), await stack.startedCall()]
    for (const id of ids) {
      await stack.answer(id)
      t.clock.advance(minute)
    }
    expect(await stack.balance()).toMatchObject({ balance: credits(1000 - 6), liveCalls: 3 })
    t.clock.advance(10 * second)
    expect((await stack.balance()).balance).toEqual(credits(1000 - 6.5))
    await stack.end(ids[0] ?? '')
    t.clock.advance(minute)
    expect(await stack.balance()).toMatchObject({ balance: credits(1000 - 8.5), liveCalls: 2 })
  })

  test('takes a late answer back to when it happened', async () => {
    const id = await stack.startedCall()
    t.clock.advance(minute)
    await stack.answer(id, t.clock.now() - 30 * second)
    expect((await stack.balance()).balance).toEqual(credits(999.5))
  })
})

describe('200: refused', () => {
  async function useUp(): Promise<void> {
    const deducted = await t.request('POST', `/v1/workspaces/${stack.workspaceId}/grants`, {
      key: t.operatorKey,
      body: { credits: -1000, kind: 'adjustment', reason: 'test' },
    })
    expect(deducted.status).toBe(201)
  }

  test('out_of_credits with zero credits; one millisecond of credit is enough', async () => {
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
    await t.request('POST', `/v1/workspaces/${stack.workspaceId}/grants`, {
      key: t.operatorKey,
      body: { milliseconds: 1, kind: 'promotional', reason: 'test' },
    })
    expect((await stack.start()).status).toBe(201)
  })

  test('out_of_credits at the very millisecond at which live calls have used the last credit', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    const id = await stack.startedCall()
    await stack.answer(id)
    t.clock.advance(30 * minute - 1)
    expect((await stack.start()).body.status).toBe('authorized')
    t.clock.advance(1)
    expect((await stack.start()).body.refusal?.reason).toBe('out_of_credits')
    // The one under way goes on, below zero.
    t.clock.advance(minute)
    expect(await stack.balance()).toMatchObject({
      balance: credits(-1),
      overdraft: credits(1),
      status: 'out',
    })
    expect((await stack.end(id)).body.charged).toEqual(credits(31))
  })

  test('concurrency_limit while the plan’s number of calls is open, ringing ones too', async () => {
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

  test('workspace_suspended; what is under way is still charged', async () => {
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
    t.clock.advance(minute)
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
  test('gives the same call again, whatever else the request says', async () => {
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

  test('gives one call to requests that come at once, to two servers', async () => {
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

  test('works through a call’s life with the workspace in the header', async () => {
    const { workspaceId, agentId } = stack
    const started = await asOperator('/v1/calls', { agentId, direction: 'web' }, workspaceId)
    expect(started.status).toBe(201)
    const path = `/v1/calls/${started.body.id}`
    for (const step of ['answer', 'heartbeat', 'end']) {
      expect([step, (await asOperator(`${path}/${step}`, {}, workspaceId)).status]).toEqual([step, 200])
    }
  })

  test('needs no header where an agent or a call names the workspace', async () => {
    const started = await asOperator('/v1/calls', { agentId: stack.agentId, direction: 'web' })
    expect(started.status).toBe(201)
    const path = `/v1/calls/${started.body.id}`
    for (const step of ['answer', 'heartbeat', 'end']) {
      expect([step, (await asOperator(`${path}/${step}`)).status]).toEqual([step, 200])
    }
    const receipt = await t.request('GET', path, { key: t.operatorKey })
    expect(receipt.body).toMatchObject({ id: started.body.id, status: 'ended' })
  })

  test('404: for agents and calls that there are nowhere, or not in the named workspace', async () => {
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

  test('400: must name the workspace where nothing else does', async () => {
    const answer = await t.request('GET', '/v1/calls', { key: t.operatorKey })
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'invalid_request',
      errors: [{ pointer: '/Talktime-Workspace' }],
    })
  })
})

describe('another workspace’s things', () => {
  test('404: agents and calls of others are as if they were not there', async () => {
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

  test('404: an archived agent makes no more calls; those it made keep its name', async () => {
    const id = await stack.startedCall()
    await stack.ask('DELETE', `/v1/agents/${stack.agentId}`)
    expect(await stack.start()).toMatchObject({ status: 404, body: { code: 'agent_not_found' } })
    expect((await stack.end(id)).body.agentName).toBe(newAgent.name)
  })
})
