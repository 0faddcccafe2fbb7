import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  createLife,
  killableCarrier,
  killableDatabase,
  killableEngine,
  ProcessKilled,
} from '../../test/killable-process.ts'
import { type FakeTwilio, startFakeTwilio } from '../../test/twilio/fake-twilio.ts'
import { openWorld, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { type CallRow, loadCalls } from '../calls/index.ts'
import { newUuid } from '../platform/ids.ts'
import type { Carrier } from './carrier.ts'
import { createSimulatedCarrier, createVoice, type DialOrder, usualLife, type Voice } from './index.ts'
import { knownRefs } from './leg-store.ts'
import { createTwilioCarrier } from './twilio/carrier.ts'

const SECOND_MS = 1_000
const TALK_MS = 60 * SECOND_MS
/** How often what is due is done. */
const STEP_MS = 10 * SECOND_MS

let world: World
let twilio: FakeTwilio
let workspace: TestWorkspace
let numbers = 0
beforeAll(async () => {
  world = await openWorld()
  twilio = await startFakeTwilio(world.clock)
  workspace = await world.workspace({ monthlyMs: 10 ** 9, concurrentCallsMax: null })
})
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(async () => {
  await world.close()
  await twilio.close()
})

/** A carrier that says nothing by itself: all that is heard of a call is what it is asked. */
const carriers: Readonly<Record<Carrier['name'], () => Carrier>> = {
  simulated: () =>
    createSimulatedCarrier({
      database: world.database,
      clock: world.clock,
      life: {
        ...usualLife,
        outcomes: { talks: 1, busy: 0, noAnswer: 0, voicemail: 0, failed: 0 },
        dropped: 0,
        ringMs: { min: 5_000, max: 5_000 },
        talkMs: { median: TALK_MS, spread: 0, max: TALK_MS },
      },
      onError: neverMind,
    }),
  twilio: () =>
    createTwilioCarrier({
      settings: {
        accountSid: twilio.accountSid,
        authToken: twilio.authToken,
        apiHost: twilio.url,
        publicUrl: 'https://talktime.example.com',
      },
      knownRefs: (refs) => knownRefs(world.database, 'twilio', refs),
      onError: neverMind,
    }),
}

function neverMind(error: unknown): void {
  if (!(error instanceof ProcessKilled)) throw error
}

/** A server process, until it dies. */
function serverProcess(carrier: Carrier, stepsMax?: number): { voice: Voice; isDead(): boolean } {
  const life = createLife(stepsMax)
  const mortal = killableCarrier(carrier, life)
  const voice = createVoice({
    database: killableDatabase(world.database, life),
    clock: world.clock,
    engine: killableEngine(world.engine, life),
    carriers: [mortal],
    outbound: mortal,
    async onUnconnected() {},
    onError: neverMind,
  })
  return { voice, isDead: () => life.isKilled }
}

/** The workspace's agent gets another number, so that each call is between two numbers of its own. */
async function newNumber(): Promise<string> {
  numbers += 1
  const number = `+493090${String(numbers).padStart(6, '0')}`
  await world.database.query(
    `update agents set phone_number = $3, voice_endpoint = 'wss://agent.example.com/talk'
     where workspace_id = $1 and id = $2`,
    [workspace.workspaceId, workspace.agentId, number],
  )
  return number
}

async function newOrder(): Promise<DialOrder> {
  await newNumber()
  return {
    ...workspace,
    callId: newUuid(world.clock.now()),
    campaignId: null,
    to: '+14155550123',
    onVoicemail: 'talk',
  }
}

/** How often the carrier placed the call. */
async function placed(carrier: Carrier, { callId }: DialOrder): Promise<number> {
  if (carrier.name === 'twilio') {
    const name = callId.replaceAll('-', '')
    const named = ({ fields }: { fields: Map<string, string[]> }) => fields.get('Url')?.[0]?.includes(name)
    return [...twilio.calls.values()].filter(named).length
  }
  const { rows } = await world.database.query<{ calls: number }>(
    'select count(*) as calls from simulated_calls where call_id = $1',
    [callId],
  )
  return rows[0]?.calls ?? 0
}

async function callOf({ callId }: Pick<DialOrder, 'callId'>): Promise<CallRow | undefined> {
  return (await loadCalls(world.database, workspace.workspaceId, [callId]))[0]
}

async function pass(voice: Voice, ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
    world.clock.advance(Math.min(leftMs, STEP_MS))
    await voice.hangUpOrdered()
    await voice.reconcile()
    await voice.idle()
  }
}

describe.each(['simulated', 'twilio'] as const)('a process that dies at any step of a dial (%s)', (name) => {
  test('leaves it to the others: the call is placed once, and found out about', async () => {
    const seen = new Set<string>()
    for (let stepsMax = 0; ; stepsMax += 1) {
      const carrier = carriers[name]()
      const order = await newOrder()
      const mortal = serverProcess(carrier, stepsMax)
      await mortal.voice.dial(order).catch(neverMind)
      seen.add(
        `${(await callOf(order)) === undefined ? 'no call' : 'a call'}, ${await placed(carrier, order)} placed`,
      )
      const { voice } = serverProcess(carrier)
      // Whoever wanted it orders it again, and again.
      await voice.dial(order)
      await voice.dial(order)
      await pass(voice, STEP_MS)
      const answered = [...twilio.calls.values()].find(({ status }) => status === 'queued')
      if (answered !== undefined) {
        twilio.answer(answered)
        // Twilio asks what to do with it: of all that it says only that arrives.
        await voice.answered({ carrier: 'twilio', ref: answered.sid, callId: order.callId })
      }
      await pass(voice, TALK_MS)
      for (const call of twilio.calls.values()) if (call.status === 'in-progress') twilio.end(call)
      await pass(voice, 6 * TALK_MS)
      const times = await placed(carrier, order)
      expect(times).toBeLessThanOrEqual(1)
      const call = await callOf(order)
      expect(call?.facts.endSource).toBe('reported')
      // A call that goes on does not say since when, at Twilio: never more is charged than was talked.
      expect(call?.facts.settledMs).toBe(times === 0 ? 0 : name === 'twilio' ? TALK_MS - STEP_MS : TALK_MS)
      if (times === 0) expect(call?.facts).toMatchObject({ answeredAtMs: null, endReason: 'not_placed' })
      if (!mortal.isDead()) break
    }
    expect([...seen].sort()).toEqual(['a call, 0 placed', 'a call, 1 placed', 'no call, 0 placed'])
  })
})

test('a process that dies at any step of an incoming call leaves no call behind that nobody is in', async () => {
  const seen = new Set<string>()
  for (let stepsMax = 0; ; stepsMax += 1) {
    const carrier = carriers.twilio()
    const call = twilio.callIn(await newNumber())
    const asked = { carrier: 'twilio', ref: call.sid, from: call.from, to: call.to } as const
    const mortal = serverProcess(carrier, stepsMax)
    await mortal.voice.incoming(asked).catch(neverMind)
    const calls = async () => {
      const { rows } = await world.database.query<{ status: string; settled: number }>(
        'select status, settled_ms as settled from calls where workspace_id = $1 and external_id = $2',
        [workspace.workspaceId, call.sid],
      )
      return rows
    }
    seen.add((await calls()).map(({ status }) => status).join())
    const { voice } = serverProcess(carrier)
    // Every second one is asked about again, and connected then.
    if (stepsMax % 2 === 0) {
      expect(await voice.incoming(asked)).toMatchObject({ decision: 'connect' })
      twilio.answer(call)
      await pass(voice, TALK_MS)
      twilio.end(call)
      await pass(voice, 6 * TALK_MS)
      expect(await calls()).toMatchObject([{ status: 'ended' }])
    } else {
      twilio.end(call, 'no-answer')
      await pass(voice, 4 * TALK_MS)
      expect(
        (await calls()).filter(({ status, settled }) => status !== 'unanswered' || settled !== 0),
      ).toEqual([])
    }
    if (!mortal.isDead()) break
  }
  expect([...seen].sort()).toEqual(['', 'authorized'])
})
