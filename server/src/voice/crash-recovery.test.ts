import { SECOND_MS } from '@talktime/core/time/durations'
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
import { createSimulatedCarrier, createVoice, type DialOrder, USUAL_LIFE, type Voice } from './index.ts'
import { findKnownRefs } from './leg-store.ts'
import { createTwilioCarrier } from './twilio/carrier.ts'

const TALK_MS = 60 * SECOND_MS
/** How often due work runs. */
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

/** Carriers that send no reports: Talktime learns only what it asks. */
const carriers: Readonly<Record<Carrier['name'], () => Carrier>> = {
  simulated: () =>
    createSimulatedCarrier({
      database: world.database,
      clock: world.clock,
      life: {
        ...USUAL_LIFE,
        outcomes: { talks: 1, busy: 0, noAnswer: 0, voicemail: 0, failed: 0 },
        dropped: 0,
        ringMs: { min: 5_000, max: 5_000 },
        talkMs: { median: TALK_MS, spread: 0, max: TALK_MS },
      },
      onError: ignoreKilled,
    }),
  twilio: () =>
    createTwilioCarrier({
      settings: {
        accountSid: twilio.accountSid,
        authToken: twilio.authToken,
        apiHost: twilio.url,
        publicUrl: 'https://talktime.example.com',
      },
      findKnownRefs: (refs) => findKnownRefs(world.database, 'twilio', refs),
      onError: ignoreKilled,
    }),
}

function ignoreKilled(error: unknown): void {
  if (!(error instanceof ProcessKilled)) throw error
}

/** Starts a process that is killed after `stepsMax` steps. Left out: never. */
function startProcess(carrier: Carrier, stepsMax?: number): { voice: Voice; isKilled(): boolean } {
  const life = createLife(stepsMax)
  const killable = killableCarrier(carrier, life)
  const voice = createVoice({
    database: killableDatabase(world.database, life),
    clock: world.clock,
    engine: killableEngine(world.engine, life),
    carriers: [killable],
    outbound: killable,
    async onUnconnected() {},
    onError: ignoreKilled,
  })
  return { voice, isKilled: () => life.isKilled }
}

/** Gives the agent another number, so that no two calls have the same numbers. Returns it. */
async function changeNumber(): Promise<string> {
  numbers += 1
  const number = `+493090${String(numbers).padStart(6, '0')}`
  await world.database.query(
    `update agents set phone_number = $3, voice_endpoint = 'wss://agent.example.com/talk'
     where workspace_id = $1 and id = $2`,
    [workspace.workspaceId, workspace.agentId, number],
  )
  return number
}

async function createOrder(): Promise<DialOrder> {
  await changeNumber()
  return {
    ...workspace,
    callId: newUuid(world.clock.now()),
    campaignId: null,
    to: '+14155550123',
    onVoicemail: 'talk',
  }
}

/** Counts how often the carrier placed the call. */
async function countPlaced(carrier: Carrier, { callId }: DialOrder): Promise<number> {
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

async function readCall({ callId }: Pick<DialOrder, 'callId'>): Promise<CallRow | undefined> {
  return (await loadCalls(world.database, workspace.workspaceId, [callId]))[0]
}

async function passTime(voice: Voice, ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
    world.clock.advance(Math.min(leftMs, STEP_MS))
    await voice.hangUpOrderedCalls()
    await voice.reconcile()
    await voice.idle()
  }
}

describe.each(['simulated', 'twilio'] as const)('a process killed at any step of a dial (%s)', (name) => {
  test('leaves the dial to other processes: the call is placed at most once, and its end is found', async () => {
    const seen = new Set<string>()
    for (let stepsMax = 0; ; stepsMax += 1) {
      const carrier = carriers[name]()
      const order = await createOrder()
      const killable = startProcess(carrier, stepsMax)
      await killable.voice.dial(order).catch(ignoreKilled)
      seen.add(
        `${(await readCall(order)) === undefined ? 'no call' : 'a call'}, ${await countPlaced(carrier, order)} placed`,
      )
      const { voice } = startProcess(carrier)
      // The dialer dials the order again, and again.
      await voice.dial(order)
      await voice.dial(order)
      await passTime(voice, STEP_MS)
      const answered = [...twilio.calls.values()].find(({ status }) => status === 'queued')
      if (answered !== undefined) {
        twilio.answer(answered)
        // Twilio’s question what to do with the call is all that arrives from Twilio.
        await voice.decideAnsweredCall({ carrier: 'twilio', ref: answered.sid, callId: order.callId })
      }
      await passTime(voice, TALK_MS)
      for (const call of twilio.calls.values()) if (call.status === 'in-progress') twilio.end(call)
      await passTime(voice, 6 * TALK_MS)
      const times = await countPlaced(carrier, order)
      expect(times).toBeLessThanOrEqual(1)
      const call = await readCall(order)
      expect(call?.facts.endSource).toBe('reported')
      // Twilio does not say since when a call is live, so the charge may be too low but never too high.
      expect(call?.facts.settledMs).toBe(times === 0 ? 0 : name === 'twilio' ? TALK_MS - STEP_MS : TALK_MS)
      if (times === 0) expect(call?.facts).toMatchObject({ answeredAtMs: null, endReason: 'not_placed' })
      if (!killable.isKilled()) break
    }
    expect([...seen].sort()).toEqual(['a call, 0 placed', 'a call, 1 placed', 'no call, 0 placed'])
  })
})

test('a process that is killed at any step of an incoming call leaves no call open', async () => {
  const seen = new Set<string>()
  for (let stepsMax = 0; ; stepsMax += 1) {
    const carrier = carriers.twilio()
    const call = twilio.callIn(await changeNumber())
    const incoming = { carrier: 'twilio', ref: call.sid, from: call.from, to: call.to } as const
    const killable = startProcess(carrier, stepsMax)
    await killable.voice.decideIncomingCall(incoming).catch(ignoreKilled)
    const calls = async () => {
      const { rows } = await world.database.query<{ status: string; settled: number }>(
        'select status, settled_ms as settled from calls where workspace_id = $1 and external_id = $2',
        [workspace.workspaceId, call.sid],
      )
      return rows
    }
    seen.add((await calls()).map(({ status }) => status).join())
    const { voice } = startProcess(carrier)
    // Twilio asks about every second call again, and it is connected.
    if (stepsMax % 2 === 0) {
      expect(await voice.decideIncomingCall(incoming)).toMatchObject({ decision: 'connect' })
      twilio.answer(call)
      await passTime(voice, TALK_MS)
      twilio.end(call)
      await passTime(voice, 6 * TALK_MS)
      expect(await calls()).toMatchObject([{ status: 'ended' }])
    } else {
      twilio.end(call, 'no-answer')
      await passTime(voice, 4 * TALK_MS)
      expect(
        (await calls()).filter(({ status, settled }) => status !== 'unanswered' || settled !== 0),
      ).toEqual([])
    }
    if (!killable.isKilled()) break
  }
  expect([...seen].sort()).toEqual(['', 'authorized'])
})
