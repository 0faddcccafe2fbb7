import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FakeCall } from '../../../test/twilio/fake-calls.ts'
import { type FakeTwilio, startFakeTwilio } from '../../../test/twilio/fake-twilio.ts'
import { virtualClock } from '../../platform/clock.ts'
import { newUuid } from '../../platform/ids.ts'
import { type Carrier, type CarrierLeg, CarrierUnreachable, type PlaceOrder } from '../carrier.ts'
import { createTwilioCarrier } from './carrier.ts'

// Twilio's REST API is a server of its own, reached over HTTP.

const clock = virtualClock(Date.parse('2026-11-24T10:00:00Z'))
const [from, to] = ['+4930901820', '+14155550123']
let twilio: FakeTwilio
let carrier: Carrier
let known: Set<string>
let errors: unknown[]
beforeAll(async () => {
  twilio = await startFakeTwilio(clock)
})
beforeEach(() => {
  clock.advance(10 * 60_000)
  known = new Set()
  errors = []
  carrier = carrierWith()
})
afterAll(() => twilio.close())

function carrierWith(answerMsMax?: number): Carrier {
  const { accountSid, authToken, url: apiHost } = twilio
  return createTwilioCarrier({
    settings: { accountSid, authToken, apiHost, publicUrl: 'https://talktime.example.com', answerMsMax },
    knownRefs: async (refs) => new Set(refs.filter((ref) => known.has(ref))),
    onError: (error) => errors.push(error),
  })
}

const order = (fields: Partial<PlaceOrder> = {}): PlaceOrder => ({
  workspaceId: newUuid(clock.now()),
  callId: newUuid(clock.now()),
  from,
  to,
  maxDurationMs: 3_600_000,
  ringMsMax: 45_000,
  onVoicemail: 'talk',
  ...fields,
})

const legOf = (placed: PlaceOrder, ref: string | null): CarrierLeg => ({
  workspaceId: placed.workspaceId,
  callId: placed.callId,
  ref,
  from: placed.from,
  to: placed.to,
  placedAtMs: clock.now(),
})

async function place(): Promise<{ call: FakeCall; leg: CarrierLeg }> {
  const placed = order()
  const answer = await carrier.place(placed)
  const call = twilio.lastPlaced()
  expect(answer).toEqual({ outcome: 'placed', ref: call.sid })
  return { call, leg: legOf(placed, call.sid) }
}

describe('what is true of a call', () => {
  test.each([
    ['queued', { state: 'ringing' }],
    ['ringing', { state: 'ringing' }],
    ['in-progress', { state: 'in_conversation', answeredAtMs: null }],
  ])('that is %s at Twilio', async (status, truth) => {
    const { call, leg } = await place()
    call.status = status
    expect(await carrier.lookUp(leg)).toEqual({ ref: call.sid, ...truth })
  })

  test.each([
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['canceled', 'canceled'],
    ['failed', 'failed'],
  ])('that ended as %s', async (status, reason) => {
    const { call, leg } = await place()
    clock.advance(5_000)
    const answeredAtMs = status === 'completed' ? clock.now() : null
    if (answeredAtMs !== null) twilio.answer(call)
    clock.advance(61_000)
    twilio.end(call, status)
    const truth = { state: 'over', ref: call.sid, answeredAtMs, endedAtMs: clock.now(), reason }
    expect(await carrier.lookUp(leg)).toEqual(truth)
  })

  test.each(['machine_start', 'machine_end_beep', 'fax'])('that was answered by %s', async (answeredBy) => {
    const { call, leg } = await place()
    twilio.answer(call, answeredBy)
    clock.advance(3_000)
    twilio.end(call)
    expect(await carrier.lookUp(leg)).toMatchObject({ state: 'over', reason: 'voicemail' })
  })

  test('that Twilio does not know, or not any more', async () => {
    const { call, leg } = await place()
    twilio.forget(call.sid)
    expect(await carrier.lookUp(leg)).toEqual({ state: 'unknown' })
  })

  test('whose order was not answered: it is the one between these numbers at that time that is nobody else’s', async () => {
    await place()
    clock.advance(5 * 60_000)
    const [first, second] = [await place(), await place()]
    known.add(first.call.sid)
    const leg = { ...second.leg, ref: null }
    expect(await carrier.lookUp(leg)).toEqual({ state: 'ringing', ref: second.call.sid })
    known.add(second.call.sid)
    expect(await carrier.lookUp(leg)).toEqual({ state: 'unknown' })
    expect(await carrier.lookUp({ ...leg, to: '+14155550188' })).toEqual({ state: 'unknown' })
    // Neither are calls that come in from there.
    twilio.callIn(to, from)
    expect(await carrier.lookUp(leg)).toEqual({ state: 'unknown' })
  })
})

describe('an answer that says nothing of what Twilio did is none:', () => {
  const asks: readonly [string, 'GET' | 'POST', (leg: CarrierLeg) => Promise<unknown>][] = [
    ['to an order', 'POST', () => carrier.place(order())],
    ['to a hang-up', 'POST', (leg) => carrier.hangUp(leg)],
    ['to a time limit', 'POST', async (leg) => carrier.limit?.(leg, 60_000)],
    ['to a question', 'GET', (leg) => carrier.lookUp(leg)],
    ['to a question after an order', 'GET', (leg) => carrier.lookUp({ ...leg, ref: null })],
  ]
  const faults = [
    { kind: 'connection_lost', when: 'before' },
    { kind: 'connection_lost', when: 'after' },
    { kind: 'server_error', when: 'before' },
    { kind: 'rate_limited' },
    { kind: 'nonsense' },
  ] as const

  test.each(asks.flatMap(([what, method, ask]) => faults.map((fault) => ({ what, method, ask, fault }))))(
    '$what ($fault.kind)',
    async ({ method, ask, fault }) => {
      const { leg } = await place()
      twilio.fail(method, fault)
      await expect(ask(leg)).rejects.toBeInstanceOf(CarrierUnreachable)
    },
  )

  test.each(asks)('%s that does not come in time', async (_what, method, ask) => {
    const { leg } = await place()
    carrier = carrierWith(50)
    const late = Promise.withResolvers<void>()
    twilio.fail(method, { kind: 'late', until: late.promise })
    await expect(ask(leg)).rejects.toBeInstanceOf(CarrierUnreachable)
    late.resolve()
  })

  test.each(asks.slice(1))('%s that refuses the token', async (_what, method, ask) => {
    const { leg } = await place()
    twilio.fail(method, { kind: 'wrong_token' })
    await expect(ask(leg)).rejects.toBeInstanceOf(CarrierUnreachable)
  })
})

describe('a call that is to be hung up', () => {
  test('is, whether it rings or talks', async () => {
    const [ringing, talking] = [await place(), await place()]
    twilio.answer(talking.call)
    for (const { leg } of [ringing, talking]) await carrier.hangUp(leg)
    expect([ringing.call.status, talking.call.status]).toEqual(['canceled', 'completed'])
  })

  test('and is over, forgotten or was never placed, is no error', async () => {
    const { call, leg } = await place()
    twilio.end(call)
    await carrier.hangUp(leg)
    await carrier.limit?.(leg, 60_000)
    twilio.forget(call.sid)
    await carrier.hangUp(leg)
    await carrier.hangUp({ ...leg, ref: null })
  })

  test('is found first where its order was not answered', async () => {
    const { call, leg } = await place()
    await carrier.hangUp({ ...leg, ref: null })
    expect(call.status).toBe('canceled')
  })
})

test('what Twilio refuses for other reasons than the number is told to whoever runs the server, without the token', async () => {
  twilio.fail('POST', { kind: 'wrong_token' })
  const placed = await carrier.place(order())
  expect(placed).toEqual({
    outcome: 'rejected',
    reason: 'rejected_by_carrier',
    detail: 'Twilio does not place this call (error 20003).',
  })
  expect(String(errors[0])).toBe('TwilioRefusal: Twilio answered 401, error 20003: Authenticate')
})
