import { HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { type EventStream, openEvents, type ServerEvent, send } from '../../test/event-stream.ts'
import {
  closeInOrder,
  connectVoiceStack,
  credits,
  instant,
  milliseconds,
  newAgent,
  type VoiceStack,
} from '../../test/voice-stack.ts'
import { deleteExpiredEvents } from '../ledger/retention.ts'

let t: TestApp
let address: string
let stack: VoiceStack
let open: EventStream[]

beforeAll(async () => {
  t = await testApp({ intervals: true })
  address = await t.app.listen()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
  open = []
})
afterEach(() => {
  for (const stream of open) stream.close()
})
afterAll(() => closeInOrder(t))

async function listen(headers: Record<string, string> = {}, query = ''): Promise<EventStream> {
  const stream = await openEvents(`${address}/v1/events${query}`, {
    authorization: `Bearer ${stack.key}`,
    ...headers,
  })
  open.push(stream)
  return stream
}

const resume = (lastEventId: string | undefined) => listen({ 'last-event-id': lastEventId ?? 'none' })
/** Whether it is the last event of a change: the balance, with the id to resume after. */
const isBalance = ({ event }: ServerEvent) => event === 'balance'
const listNames = ({ events }: EventStream) => events.map(({ event }) => event)

describe('a stream', () => {
  test('starts with the balance, then has each change of a call and the balance after it', async () => {
    const stream = await listen()
    expect(stream.answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'request-id': expect.any(String),
    })
    expect(await stream.next()).toMatchObject({
      event: 'balance',
      data: { asOf: instant(testNowMs), balance: credits(1000), liveCalls: 0 },
    })
    const id = await stack.startedCall({ from: '+15550100' })
    expect(await stream.next()).toMatchObject({
      event: 'call',
      id: undefined,
      data: { id, status: 'authorized', from: '+15550100', charged: milliseconds(0), duration: null },
    })
    expect(await stream.next()).toMatchObject({ event: 'balance', data: { balance: credits(1000) } })
    await stack.answer(id)
    expect(await stream.next()).toMatchObject({ event: 'call', data: { id, status: 'in_conversation' } })
    expect(await stream.next()).toMatchObject({
      event: 'balance',
      data: { asOf: instant(testNowMs), balance: credits(1000), liveCalls: 1 },
    })
    t.clock.advance(90_000)
    await stack.end(id)
    expect(await stream.next()).toMatchObject({
      event: 'call',
      data: { id, status: 'ended', charged: credits(1.5), endedAt: instant(testNowMs + 90_000) },
    })
    expect(await stream.next()).toMatchObject({
      event: 'balance',
      id: expect.stringMatching(/^\d+$/),
      data: { asOf: instant(testNowMs + 90_000), balance: credits(998.5), liveCalls: 0 },
    })
    expect(listNames(stream)).toHaveLength(7)
  })

  test('has changes of grants, settings and agents', async () => {
    const stream = await listen()
    await stream.next(isBalance)
    await stack.granted({ credits: 5 })
    expect(await stream.next()).toMatchObject({ event: 'balance', data: { balance: credits(1005) } })
    await stack.ask('PATCH', '/v1/workspace', { body: { whenCreditsRunOut: 'end' } })
    expect(await stream.next((event) => event.event === 'workspace')).toMatchObject({ data: {} })
    const agent = await stack.ask('POST', '/v1/agents', { body: newAgent })
    expect(await stream.next((event) => event.event === 'agent')).toMatchObject({
      data: { id: agent.body.id },
    })
  })

  test('has the public id of a campaign that changed', async () => {
    const stream = await listen()
    await stream.next(isBalance)
    const campaign = await stack.ask('POST', '/v1/campaigns', {
      body: { name: 'Renewals', agentId: stack.agentId },
    })
    expect(campaign.body.id).toMatch(/^camp_/)
    expect(await stream.next(({ event }) => event === 'campaign')).toMatchObject({
      data: { id: campaign.body.id },
    })
  })

  test('has what another server committed', async () => {
    const other = await t.addProcess()
    const stream = await listen()
    await stream.next(isBalance)
    const made = await other.request('POST', '/v1/calls', {
      key: stack.key,
      body: { agentId: stack.agentId, direction: 'web' },
    })
    expect(await stream.next()).toMatchObject({ event: 'call', data: { id: made.body.id } })
  })

  test('has a reset when it happens, without a request', async () => {
    t.clock.set(Date.parse('2026-12-22T09:59:59.000Z'))
    const stream = await listen()
    await stream.next(isBalance)
    await stack.granted({ credits: -100, kind: 'adjustment' })
    await stream.next(({ data }) => (data.balance as { credits: number }).credits === 900)
    t.clock.set(Date.parse('2026-12-22T10:00:00.000Z'))
    expect(await stream.next(isBalance)).toMatchObject({ data: { balance: credits(1000) } })
  })

  test('has nothing of another workspace', async () => {
    const stranger = await connectVoiceStack(t)
    const stream = await listen()
    await stream.next(isBalance)
    await stranger.talk(MINUTE_MS)
    const id = await stack.startedCall()
    expect(await stream.next()).toMatchObject({ event: 'call', data: { id } })
  })

  test('starts with a balance and ends with the right one, even if it is opened in the middle of changes', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => stack.startedCall()))
    const [streams] = await Promise.all([
      Promise.all(Array.from({ length: 12 }, () => listen())),
      ...ids.map(async (id, n) => {
        await stack.answer(id, testNowMs - n * 1000)
        await stack.end(id)
      }),
    ])
    const last = await stack.granted({ milliseconds: 1 })
    expect(last.kind).toBe('promotional')
    const wantedMs = 1000 * MINUTE_MS - ((39 * 40) / 2) * 1000 + 1
    for (const stream of streams) {
      await stream.next(({ data }) => (data.balance as { milliseconds: number })?.milliseconds === wantedMs)
      expect(listNames(stream)[0]).toBe('balance')
      const ids = stream.events.filter(isBalance).map(({ id }) => Number(id))
      expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    }
  })
})

describe('a stream that is resumed by Last-Event-ID', () => {
  test('has what happened in between, as it is now, each thing once', async () => {
    const first = await listen()
    const { id: greeted } = await first.next(isBalance)
    const [one, two] = [await stack.startedCall(), await stack.startedCall()]
    const { id: seen } = await first.next(({ data, event }) => event === 'balance' && data.liveCalls === 0)
    first.close()
    await stack.answer(one, testNowMs - MINUTE_MS)
    await stack.end(one)
    await stack.answer(two)

    const again = await resume(greeted)
    expect(await again.next()).toMatchObject({
      event: 'balance',
      id: greeted,
      data: { balance: credits(999) },
    })
    const calls = [await again.next(), await again.next()]
    expect(calls.map(({ event, data }) => [event, data.id, data.status]).sort()).toEqual(
      [
        ['call', one, 'ended'],
        ['call', two, 'in_conversation'],
      ].sort(),
    )
    const upToDate = await again.next()
    expect(upToDate).toMatchObject({ event: 'balance', data: { balance: credits(999), liveCalls: 1 } })
    expect(Number(upToDate.id)).toBeGreaterThan(Number(seen))
    const latest = await resume(upToDate.id)
    await latest.next()
    const three = await stack.startedCall()
    expect(await latest.next()).toMatchObject({ event: 'call', data: { id: three } })
  })

  test('has a reset if events in between were deleted', async () => {
    const first = await listen()
    const { id } = await first.next(isBalance)
    first.close()
    await stack.startedCall()
    t.clock.advance(HOUR_MS)
    const kept = await stack.startedCall()
    t.clock.advance(1)
    await deleteExpiredEvents(t.database, t.clock.now())
    const again = await resume(id)
    expect([await again.next(), await again.next(), await again.next()]).toMatchObject([
      { event: 'balance', id },
      { event: 'reset', data: {} },
      { event: 'balance', data: { balance: credits(1000) } },
    ])
    await stack.end(kept)
    expect(await again.next()).toMatchObject({ event: 'call', data: { id: kept, status: 'unanswered' } })
  })

  test('has one reset if all events were deleted', async () => {
    const first = await listen()
    const { id } = await first.next(isBalance)
    first.close()
    await stack.talk(MINUTE_MS)
    t.clock.advance(HOUR_MS + 1)
    await deleteExpiredEvents(t.database, t.clock.now())
    const again = await resume(id)
    await again.next(({ event }) => event === 'reset')
    const { id: now } = await again.next()
    expect(Number(now)).toBeGreaterThan(Number(id))
    const next = await stack.startedCall()
    expect(await again.next()).toMatchObject({ event: 'call', data: { id: next } })
    expect(listNames(again).filter((name) => name === 'reset')).toHaveLength(1)
  })

  test('continues from now after an event that never was', async () => {
    const stream = await resume('999999999')
    await stream.next(isBalance)
    const id = await stack.startedCall()
    expect(await stream.next()).toMatchObject({ event: 'call', data: { id } })
  })

  test.each(['x', '-1', '1.5', '1e400'])(
    '400: Last-Event-ID "%s" is not the id of an event',
    async (lastEventId) => {
      const answer = await stack.ask('GET', '/v1/events', { headers: { 'last-event-id': lastEventId } })
      expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/Last-Event-ID' }] })
    },
  )
})

describe('the events of a workspace', () => {
  const status = async (headers: Record<string, string>, query = '') => {
    const { answer, request } = await send(`${address}/v1/events${query}`, headers)
    request.destroy()
    return answer.statusCode
  }
  const operator = () => ({ authorization: `Bearer ${t.operatorKey}` })

  test('401: without a key or a session', async () => {
    expect(await status({})).toBe(401)
    expect(await status({ authorization: `Bearer tt_${'0'.repeat(40)}` })).toBe(401)
  })

  test('200: for the operator, who names the workspace in the header or in the address', async () => {
    expect(await status(operator())).toBe(400)
    expect(await status({ ...operator(), 'talktime-workspace': stack.workspaceId })).toBe(200)
    const stream = await listen(operator(), `?workspace=${stack.workspaceId}`)
    await stream.next(isBalance)
    const id = await stack.startedCall()
    expect(await stream.next()).toMatchObject({ data: { id } })
  })

  test('404: in another workspace, or none', async () => {
    const other = await connectVoiceStack(t)
    const own = { authorization: `Bearer ${stack.key}` }
    expect(await status(own, `?workspace=${other.workspaceId}`)).toBe(404)
    expect(await status(own, '?workspace=ws_1')).toBe(404)
    expect(await status(operator(), `?workspace=ws_${'0'.repeat(32)}`)).toBe(404)
  })

  test('200: for a signed-in member, in each of their workspaces', async () => {
    const person = await t.signUp()
    const headers = { cookie: person.cookie, 'sec-fetch-site': 'same-origin' }
    const stream = await openEvents(`${address}/v1/events?workspace=${person.workspaceId}`, headers)
    open.push(stream)
    expect(await stream.next()).toMatchObject({ event: 'balance', data: { balance: credits(30) } })
    expect(await status(headers, `?workspace=${stack.workspaceId}`)).toBe(404)
  })

  test('405: HEAD, which does not wait for events', async () => {
    const answer = await fetch(`${address}/v1/events`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${stack.key}` },
    })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET')
  })
})
