import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../../core/test/property-runs.ts'
import type { FakeCall, TwilioCallback } from '../../../test/twilio/fake-calls.ts'
import { openTwilioWorld, type TwilioAgent, type TwilioWorld } from '../../../test/twilio/world.ts'
import type { CallResponse } from '../../calls/response-schemas.ts'

const runs = propertyRuns(6)
const TIMEOUT_MS = MINUTE_MS + 5 * SECOND_MS * runs.numRuns
const limits = { ...runs, interruptAfterTimeLimit: TIMEOUT_MS - 10 * SECOND_MS }

let world: TwilioWorld
let agents: Readonly<Record<Route, TwilioAgent>>
beforeAll(async () => {
  world = await openTwilioWorld()
  const webSocket = await world.addAgent('wss://agent.example.com/talk')
  agents = { outbound: webSocket, webSocket, sip: await world.addAgent('sip:agent@pbx.example.com') }
})
afterAll(() => world.close())

type Route = 'outbound' | 'webSocket' | 'sip'

/** What happens to a call, and how many copies of each message arrive. */
type Scenario = {
  route: Route
  answersAfterMs: number | null
  talksMs: number
  unansweredAs: 'busy' | 'no-answer' | 'failed' | 'canceled'
  copies: { ring: number; answer: number; end: number }
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  route: fc.constantFrom('outbound', 'webSocket', 'sip'),
  answersAfterMs: fc.option(fc.integer({ min: 0, max: 30_000 })),
  talksMs: fc.integer({ min: 1_000, max: 4 * 60_000 }),
  unansweredAs: fc.constantFrom('busy', 'no-answer', 'failed', 'canceled'),
  copies: fc.record({
    ring: fc.integer({ min: 0, max: 2 }),
    answer: fc.integer({ min: 0, max: 3 }),
    end: fc.integer({ min: 0, max: 3 }),
  }),
})

/** Plays a scenario. Returns the messages that Twilio sends about it; none was sent yet. */
async function play(scenario: Scenario): Promise<{ call: FakeCall; messages: TwilioCallback[] }> {
  const { twilio, test: app } = world
  const { call, twiml } = await startCall(scenario.route)
  const messages = Array<TwilioCallback>(scenario.copies.ring).fill(twilio.ring(call))
  if (scenario.answersAfterMs === null) {
    app.clock.advance(20_000)
    return {
      call,
      messages: [
        ...messages,
        ...Array<TwilioCallback>(scenario.copies.end).fill(twilio.end(call, scenario.unansweredAs)),
      ],
    }
  }
  app.clock.advance(scenario.answersAfterMs)
  const own = twilio.answer(call)
  const Timestamp = own.fields.Timestamp ?? ''
  const answered: Record<Route, () => TwilioCallback> = {
    outbound: () => own,
    webSocket: () => world.createAgentCallback(call, twiml, { StreamEvent: 'stream-started', Timestamp }),
    sip: () => world.createAgentCallback(call, twiml, { CallStatus: 'in-progress', Timestamp }),
  }
  messages.push(...Array<TwilioCallback>(scenario.copies.answer).fill(answered[scenario.route]()))
  app.clock.advance(scenario.talksMs)
  return {
    call,
    messages: [...messages, ...Array<TwilioCallback>(scenario.copies.end).fill(twilio.end(call))],
  }
}

async function startCall(route: Route): Promise<{ call: FakeCall; twiml: string }> {
  if (route !== 'outbound') return world.callIn(agents[route])
  expect(await world.app.voice.dial(world.createOrder(agents.outbound))).toEqual({ outcome: 'placed' })
  return { call: world.twilio.lastPlaced(), twiml: '' }
}

/** Sends the messages through two servers, in this order and several at a time. */
async function sendAll(messages: readonly TwilioCallback[], batchMax: number): Promise<void> {
  for (let sent = 0; sent < messages.length; sent += batchMax) {
    const batch = messages.slice(sent, sent + batchMax).map((message, index) => {
      const via = (sent + index) % 2 === 0 ? world.request : world.other.request
      return world.send(message, { via })
    })
    for (const { status } of await Promise.all(batch)) expect(status).toBe(204)
  }
}

async function readCall(scenario: Scenario, call: FakeCall): Promise<CallResponse | undefined> {
  const { body } = await world.request('GET', '/v1/calls?limit=200', { key: agents[scenario.route].key })
  const named = call.fields.get('StatusCallback')?.[0] ?? ''
  return (body.data as unknown as CallResponse[]).find(
    ({ id, externalId }) => externalId === call.sid || named.includes(id),
  )
}

const floorToSecond = (atMs: number) => Math.floor(atMs / SECOND_MS) * SECOND_MS
const endReasons = { busy: 'busy', 'no-answer': 'no_answer', failed: 'failed', canceled: 'canceled' }

test(
  'calls come out as they were, in whatever order Twilio’s messages arrive, repeated or not at all',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(scenarios, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 5 }),
        async (played, order, batchMax) => {
          const results: { scenario: Scenario; call: FakeCall; messages: TwilioCallback[] }[] = []
          for (const scenario of played) results.push({ scenario, ...(await play(scenario)) })
          const keyed = results
            .flatMap(({ messages }) => messages)
            .map((message) => ({ message, key: order.next().value }))
          await sendAll(
            keyed.sort((a, b) => a.key - b.key).map(({ message }) => message),
            batchMax,
          )
          // Talktime asks about the calls whose messages are lost.
          for (let minutes = 0; minutes < 6; minutes += 1) await world.advance(MINUTE_MS)
          for (const { scenario, call } of results) {
            expect(await readCall(scenario, call)).toMatchObject(describeOutcome(scenario, call))
          }
        },
      ),
      limits,
    )
  },
  TIMEOUT_MS,
)

/** What the API must show of a call. */
function describeOutcome({ unansweredAs }: Scenario, { answeredAtMs, endedAtMs }: FakeCall) {
  const endedAt = new Date(floorToSecond(endedAtMs ?? 0)).toISOString()
  if (answeredAtMs === null) {
    const status = unansweredAs === 'failed' ? 'failed' : 'unanswered'
    return { status, endReason: endReasons[unansweredAs], endedAt, charged: { milliseconds: 0 } }
  }
  return {
    status: 'ended',
    endReason: 'completed',
    endedAt,
    answeredAt: new Date(floorToSecond(answeredAtMs)).toISOString(),
    charged: { milliseconds: floorToSecond(endedAtMs ?? 0) - floorToSecond(answeredAtMs) },
  }
}
