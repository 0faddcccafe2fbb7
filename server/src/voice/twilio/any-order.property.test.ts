import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../../core/test/property-runs.ts'
import type { FakeCall, TwilioCallback } from '../../../test/twilio/fake-calls.ts'
import { openTwilioWorld, type TwilioAgent, type TwilioWorld } from '../../../test/twilio/world.ts'
import type { CallResponse } from '../../calls/response-schemas.ts'

const runs = propertyRuns(6)
const timeoutMs = 60_000 + 5_000 * runs.numRuns
const limits = { ...runs, interruptAfterTimeLimit: timeoutMs - 10_000 }

let world: TwilioWorld
let agents: Readonly<Record<Way, TwilioAgent>>
beforeAll(async () => {
  world = await openTwilioWorld()
  const webSocket = await world.agentAt('wss://agent.example.com/talk')
  agents = { outbound: webSocket, webSocket, sip: await world.agentAt('sip:agent@pbx.example.com') }
})
afterAll(() => world.close())

type Way = 'outbound' | 'webSocket' | 'sip'

/** What happened to a call, and what is heard of it: each message so many times, none of some. */
type Fate = {
  way: Way
  answersAfterMs: number | null
  talksMs: number
  unansweredAs: 'busy' | 'no-answer' | 'failed' | 'canceled'
  copies: { ring: number; answer: number; end: number }
}

const fate: fc.Arbitrary<Fate> = fc.record({
  way: fc.constantFrom('outbound', 'webSocket', 'sip'),
  answersAfterMs: fc.option(fc.integer({ min: 0, max: 30_000 })),
  talksMs: fc.integer({ min: 1_000, max: 4 * 60_000 }),
  unansweredAs: fc.constantFrom('busy', 'no-answer', 'failed', 'canceled'),
  copies: fc.record({
    ring: fc.integer({ min: 0, max: 2 }),
    answer: fc.integer({ min: 0, max: 3 }),
    end: fc.integer({ min: 0, max: 3 }),
  }),
})

/** Lets a call live, and returns what Twilio says of it, all of which is still under way. */
async function live(one: Fate): Promise<{ call: FakeCall; told: TwilioCallback[] }> {
  const { twilio, test: app } = world
  const { call, twiml } = await begin(one.way)
  const told = Array<TwilioCallback>(one.copies.ring).fill(twilio.ring(call))
  if (one.answersAfterMs === null) {
    app.clock.advance(20_000)
    return {
      call,
      told: [...told, ...Array<TwilioCallback>(one.copies.end).fill(twilio.end(call, one.unansweredAs))],
    }
  }
  app.clock.advance(one.answersAfterMs)
  const own = twilio.answer(call)
  const Timestamp = own.fields.Timestamp ?? ''
  const answered: Record<Way, () => TwilioCallback> = {
    outbound: () => own,
    webSocket: () => world.agentCallback(call, twiml, { StreamEvent: 'stream-started', Timestamp }),
    sip: () => world.agentCallback(call, twiml, { CallStatus: 'in-progress', Timestamp }),
  }
  told.push(...Array<TwilioCallback>(one.copies.answer).fill(answered[one.way]()))
  app.clock.advance(one.talksMs)
  return { call, told: [...told, ...Array<TwilioCallback>(one.copies.end).fill(twilio.end(call))] }
}

async function begin(way: Way): Promise<{ call: FakeCall; twiml: string }> {
  if (way !== 'outbound') return world.callIn(agents[way])
  expect(await world.app.voice.dial(world.order(agents.outbound))).toEqual({ outcome: 'placed' })
  return { call: world.twilio.lastPlaced(), twiml: '' }
}

/** Sends what is said through two servers, in this order and several at a time. */
async function send(told: readonly TwilioCallback[], atOnce: number): Promise<void> {
  for (let sent = 0; sent < told.length; sent += atOnce) {
    const parcel = told.slice(sent, sent + atOnce).map((one, index) => {
      const via = (sent + index) % 2 === 0 ? world.request : world.other.request
      return world.report(one, { via })
    })
    for (const { status } of await Promise.all(parcel)) expect(status).toBe(204)
  }
}

async function bodyOf(one: Fate, call: FakeCall): Promise<CallResponse | undefined> {
  const { body } = await world.request('GET', '/v1/calls?limit=200', { key: agents[one.way].key })
  const named = call.fields.get('StatusCallback')?.[0] ?? ''
  return (body.data as unknown as CallResponse[]).find(
    ({ id, externalId }) => externalId === call.sid || named.includes(id),
  )
}

const second = (atMs: number) => Math.floor(atMs / 1000) * 1000
const ourReason = { busy: 'busy', 'no-answer': 'no_answer', failed: 'failed', canceled: 'canceled' }

test(
  'whatever Twilio says of calls, in any order, repeated or not at all, the calls come out as they were',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 5 }),
        async (fates, order, atOnce) => {
          const lives: { one: Fate; call: FakeCall; told: TwilioCallback[] }[] = []
          for (const one of fates) lives.push({ one, ...(await live(one)) })
          const all = lives.flatMap(({ told }) => told).map((told) => ({ told, key: order.next().value }))
          await send(
            all.sort((a, b) => a.key - b.key).map(({ told }) => told),
            atOnce,
          )
          // What was lost is asked after.
          for (let minutes = 0; minutes < 6; minutes += 1) await world.after(60_000)
          for (const { one, call } of lives) {
            const { answeredAtMs, endedAtMs } = call
            const endedAt = new Date(second(endedAtMs ?? 0)).toISOString()
            const silent = { status: one.unansweredAs === 'failed' ? 'failed' : 'unanswered' }
            expect(await bodyOf(one, call)).toMatchObject(
              answeredAtMs === null
                ? { ...silent, endReason: ourReason[one.unansweredAs], endedAt, charged: { milliseconds: 0 } }
                : {
                    status: 'ended',
                    endReason: 'completed',
                    endedAt,
                    answeredAt: new Date(second(answeredAtMs)).toISOString(),
                    charged: { milliseconds: second(endedAtMs ?? 0) - second(answeredAtMs) },
                  },
            )
          }
        },
      ),
      limits,
    )
  },
  timeoutMs,
)
