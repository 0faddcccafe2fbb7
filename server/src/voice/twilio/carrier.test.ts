import { HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FakeCall } from '../../../test/twilio/fake-calls.ts'
import { type FakeTwilio, startFakeTwilio } from '../../../test/twilio/fake-twilio.ts'
import { virtualClock } from '../../platform/clock.ts'
import { newUuid } from '../../platform/ids.ts'
import { type Carrier, type CarrierLeg, CarrierUnreachable, type PlaceOrder } from '../carrier.ts'
import { createTwilioCarrier } from './carrier.ts'

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
  clock.advance(10 * MINUTE_MS)
  known = new Set()
  errors = []
  carrier = createCarrier()
})
afterAll(() => twilio.close())

function createCarrier(answerMsMax?: number): Carrier {
  const { accountSid, authToken, url: apiHost } = twilio
  return createTwilioCarrier({
    settings: { accountSid, authToken, apiHost, publicUrl: 'https://talktime.example.com', answerMsMax },
    findKnownRefs: async (refs) => new Set(refs.filter((ref) => known.has(ref))),
    onError: (error) => errors.push(error),
  })
}

const createOrder = (fields: Partial<PlaceOrder> = {}): PlaceOrder => ({
  workspaceId: newUuid(clock.now()),
  callId: newUuid(clock.now()),
  from,
  to,
  maxDurationMs: HOUR_MS,
  ringMsMax: 45_000,
  onVoicemail: 'talk',
  ...fields,
})

const createLeg = (placed: PlaceOrder, ref: string | null): CarrierLeg => ({
  workspaceId: placed.workspaceId,
  callId: placed.callId,
  ref,
  from: placed.from,
  to: placed.to,
  placedAtMs: clock.now(),
})

async function place(): Promise<{ call: FakeCall; leg: CarrierLeg }> {
  const placed = createOrder()
  const answer = await carrier.place(placed)
  const call = twilio.lastPlaced()
  expect(answer).toEqual({ outcome: 'placed', ref: call.sid })
  return { call, leg: createLeg(placed, call.sid) }
}

describe('a carrier that is asked about a call', () => {
  test.each([
    ['queued', { state: 'ringing' }],
    ['ringing', { state: 'ringing' }],
    ['in-progress', { state: 'in_conversation', answeredAtMs: null }],
  ])('says what a call is that is %s at Twilio', async (status, expected) => {
    const { call, leg } = await place()
    call.status = status
    expect(await carrier.lookUp(leg)).toEqual({ ref: call.sid, ...expected })
  })

  test.each([
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['canceled', 'canceled'],
    ['failed', 'failed'],
  ])('says when and why a call ended as %s', async (status, reason) => {
    const { call, leg } = await place()
    clock.advance(5_000)
    const answeredAtMs = status === 'completed' ? clock.now() : null
    if (answeredAtMs !== null) twilio.answer(call)
    clock.advance(61_000)
    twilio.end(call, status)
    const expected = { state: 'over', ref: call.sid, answeredAtMs, endedAtMs: clock.now(), reason }
    expect(await carrier.lookUp(leg)).toEqual(expected)
  })

  test.each(['machine_start', 'machine_end_beep', 'fax'])('says that %s is voicemail', async (answeredBy) => {
    const { call, leg } = await place()
    twilio.answer(call, answeredBy)
    clock.advance(3_000)
    twilio.end(call)
    expect(await carrier.lookUp(leg)).toMatchObject({ state: 'over', reason: 'voicemail' })
  })

  test('says that a call is unknown if Twilio does not know it, or no longer', async () => {
    const { call, leg } = await place()
    twilio.forget(call.sid)
    expect(await carrier.lookUp(leg)).toEqual({ state: 'unknown' })
  })

  test('finds the call of an order that was not answered: it has these numbers, that time and no other call of ours', async () => {
    await place()
    clock.advance(5 * MINUTE_MS)
    const [first, second] = [await place(), await place()]
    known.add(first.call.sid)
    const leg = { ...second.leg, ref: null }
    expect(await carrier.lookUp(leg)).toEqual({ state: 'ringing', ref: second.call.sid })
    known.add(second.call.sid)
    expect(await carrier.lookUp(leg)).toEqual({ state: 'unknown' })
    expect(await carrier.lookUp({ ...leg, to: '+14155550188' })).toEqual({ state: 'unknown' })
    // An incoming call between these numbers is not it.
    twilio.callIn(to, from)
    expect(await carrier.lookUp(leg)).toEqual({ state: 'unknown' })
  })
})

describe('Twilio counts as unreachable after an answer that does not say what it did,', () => {
  const requests: readonly [string, 'GET' | 'POST', (leg: CarrierLeg) => Promise<unknown>][] = [
    ['to an order', 'POST', () => carrier.place(createOrder())],
    ['to a hang-up', 'POST', (leg) => carrier.hangUp(leg)],
    ['to a time limit', 'POST', async (leg) => carrier.limitDuration?.(leg, MINUTE_MS)],
    ['to a lookup', 'GET', (leg) => carrier.lookUp(leg)],
    ['to a lookup without the name of the call', 'GET', (leg) => carrier.lookUp({ ...leg, ref: null })],
  ]
  const faults = [
    { kind: 'connection_lost', when: 'before' },
    { kind: 'connection_lost', when: 'after' },
    { kind: 'server_error', when: 'before' },
    { kind: 'rate_limited' },
    { kind: 'nonsense' },
  ] as const

  test.each(
    requests.flatMap(([what, method, send]) => faults.map((fault) => ({ what, method, send, fault }))),
  )('$what ($fault.kind)', async ({ method, send, fault }) => {
    const { leg } = await place()
    twilio.fail(method, fault)
    await expect(send(leg)).rejects.toBeInstanceOf(CarrierUnreachable)
  })

  test.each(requests)('%s: an answer that comes too late', async (_what, method, send) => {
    const { leg } = await place()
    carrier = createCarrier(50)
    const late = Promise.withResolvers<void>()
    twilio.fail(method, { kind: 'late', until: late.promise })
    await expect(send(leg)).rejects.toBeInstanceOf(CarrierUnreachable)
    late.resolve()
  })

  test.each(requests.slice(1))('%s: an answer that refuses the token', async (_what, method, send) => {
    const { leg } = await place()
    twilio.fail(method, { kind: 'wrong_token' })
    await expect(send(leg)).rejects.toBeInstanceOf(CarrierUnreachable)
  })
})

describe('a hang-up order', () => {
  test('ends a call that rings and a live call', async () => {
    const [ringing, talking] = [await place(), await place()]
    twilio.answer(talking.call)
    for (const { leg } of [ringing, talking]) await carrier.hangUp(leg)
    expect([ringing.call.status, talking.call.status]).toEqual(['canceled', 'completed'])
  })

  test('for a call that is over, unknown or was never placed does nothing', async () => {
    const { call, leg } = await place()
    twilio.end(call)
    await carrier.hangUp(leg)
    await carrier.limitDuration?.(leg, MINUTE_MS)
    twilio.forget(call.sid)
    await carrier.hangUp(leg)
    await carrier.hangUp({ ...leg, ref: null })
  })

  test('finds the call of an order that was not answered', async () => {
    const { call, leg } = await place()
    await carrier.hangUp({ ...leg, ref: null })
    expect(call.status).toBe('canceled')
  })
})

test('the operator learns of refusals that do not concern the number, without the token', async () => {
  twilio.fail('POST', { kind: 'wrong_token' })
  const placed = await carrier.place(createOrder())
  expect(placed).toEqual({
    outcome: 'rejected',
    reason: 'rejected_by_carrier',
    detail: 'Twilio does not place this call (error 20003).',
  })
  expect(String(errors[0])).toBe('TwilioRefusal: Twilio answered 401, error 20003: Authenticate')
})
