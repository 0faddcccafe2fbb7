import { MINUTE_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../../core/test/property-runs.ts'
import { type Ask, type TestApp, testApp } from '../../../test/app.ts'
import { createCampaignCustomer, steadyLife } from '../../../test/campaign-customer.ts'
import {
  findConcurrencyMax,
  findPlacedWithinMax,
  groupByNumber,
  type PlacedCall,
  readPlacedCalls,
} from '../../../test/carrier-memory.ts'
import { createKillableDialer } from '../../../test/killable-dialer.ts'
import { closeInOrder } from '../../../test/voice-stack.ts'
import type { App } from '../../app.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { SimulatedLife } from '../../voice/index.ts'

// Random campaigns, advanced at random times by two servers and by processes that die, while credits run out and return.
// The simulated carrier's memory says what was really dialed.

const runs = propertyRuns(6)
const timeoutMs = 60_000 + 20_000 * runs.numRuns
// A counterexample is shrunk until then, and reported.
const limits = { ...runs, interruptAfterTimeLimit: timeoutMs - 20_000 }

const RETRY_MS = 2 * MINUTE_MS

const life: Partial<SimulatedLife> = {
  ...steadyLife,
  outcomes: { talks: 50, busy: 15, noAnswer: 15, voicemail: 15, failed: 5 },
  lostEnds: 0.05,
  doubled: 0.1,
  ringMs: { min: 2_000, max: 20_000 },
  talkMs: { median: 30_000, spread: 0.5, max: 2 * MINUTE_MS },
}

let t: TestApp
let other: { app: App; request: Ask }
beforeAll(async () => {
  t = await testApp({ simulated: life, planId: 'scale' })
  other = await t.addProcess()
})
afterAll(() => closeInOrder(t))

const plan = fc.record({
  concurrency: fc.integer({ min: 1, max: 6 }),
  callsPerMinute: fc.option(fc.integer({ min: 1, max: 30 })),
  attemptsMax: fc.integer({ min: 1, max: 3 }),
  contacts: fc.integer({ min: 1, max: 15 }),
})

const step = fc.record({
  waitMs: fc.constantFrom(50, 900, 5_000, 16_000, 61_000),
  who: fc.constantFrom('one', 'other', 'both', 'both', 'one that dies'),
  stepsMax: fc.integer({ min: 1, max: 40 }),
  does: fc.oneof(
    { weight: 6, arbitrary: fc.constant('nothing' as const) },
    { weight: 2, arbitrary: fc.constantFrom('pause', 'resume') },
    { weight: 2, arbitrary: fc.constantFrom('no credits', 'credits') },
  ),
})

type Plan = { concurrency: number; callsPerMinute: number | null; attemptsMax: number; contacts: number }

test(
  'concurrency, pace, dial attempts and pauses hold whatever happens, and everybody is called',
  async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.array(step, { minLength: 10, maxLength: 40 }), async (chosen, steps) => {
        const { concurrency, callsPerMinute, attemptsMax, contacts } = chosen
        const customer = await createCampaignCustomer(t, { planId: 'scale' })
        const retries = {
          attemptsMax,
          afterMinutes: RETRY_MS / MINUTE_MS,
          on: ['busy', 'no_answer', 'voicemail'],
        }
        const fields = { concurrency, callsPerMinute, retries, resumeWhenCreditsReturn: true }
        const { id } = await customer.startCampaign(fields, contacts)
        const ref = { workspaceId: customer.uuid, id: uuidFrom('campaign', id) ?? '' }
        const pauses: { fromMs: number; toMs: number }[] = []
        let pausedSinceMs: number | undefined

        async function waitUntilIdle() {
          await Promise.all([t.app.dialer.idle(), other.app.dialer.idle()])
        }
        async function act(action: 'pause' | 'resume') {
          const { status } = await customer.ask('POST', `/v1/campaigns/${id}/${action}`, {})
          if (status !== 200) return
          await waitUntilIdle()
          if (action === 'pause') pausedSinceMs ??= t.clock.now()
          else if (pausedSinceMs !== undefined) {
            pauses.push({ fromMs: pausedSinceMs, toMs: t.clock.now() })
            pausedSinceMs = undefined
          }
        }

        for (const { waitMs, who, stepsMax, does } of steps) {
          t.clock.advance(waitMs)
          if (does === 'pause' || does === 'resume') await act(does)
          if (does === 'no credits') await customer.setCredits(0)
          if (does === 'credits') await customer.setCredits(50)
          if (who === 'one that dies') {
            const { dialer } = createKillableDialer(t, life, stepsMax)
            dialer.wake([ref])
            await dialer.idle()
          }
          await Promise.all([
            who !== 'other' && who !== 'one that dies' && t.app.runDue(),
            (who === 'other' || who === 'both') && other.app.runDue(),
          ])
          await waitUntilIdle()
        }
        await customer.setCredits(500)
        await act('resume')
        for (let rounds = 0; (await customer.readCampaign(id)).status !== 'completed'; rounds += 1) {
          expect(rounds).toBeLessThan(400)
          t.clock.advance(10_000)
          await (rounds % 2 === 0 ? t.app : other.app).runDue()
        }

        const placed = await readPlacedCalls(t.database, id)
        expectLimitsHold(chosen, placed)
        const whilePaused = placed.filter(({ placedAtMs }) =>
          pauses.some(({ fromMs, toMs }) => fromMs < placedAtMs && placedAtMs < toMs),
        )
        expect(whilePaused).toEqual([])
        const reached = [...groupByNumber(placed).values()].filter((calls) => calls.some(isConversation))
        expect((await customer.readCampaign(id)).contacts).toMatchObject({
          total: contacts,
          reached: reached.length,
          notReached: contacts - reached.length,
        })
      }),
      limits,
    )
  },
  timeoutMs,
)

function isConversation({ answersAtMs, reason }: PlacedCall): boolean {
  return answersAtMs !== null && reason !== 'voicemail'
}

function expectLimitsHold(
  { concurrency, callsPerMinute, attemptsMax, contacts }: Plan,
  placed: PlacedCall[],
) {
  expect(findConcurrencyMax(placed)).toBeLessThanOrEqual(concurrency)
  if (callsPerMinute !== null)
    expect(findPlacedWithinMax(placed, MINUTE_MS)).toBeLessThanOrEqual(callsPerMinute)
  const byNumber = groupByNumber(placed)
  expect(byNumber.size).toBe(contacts)
  for (const calls of byNumber.values()) {
    expect(calls.length).toBeLessThanOrEqual(attemptsMax)
    for (const [index, call] of calls.slice(1).entries()) {
      const before = calls[index]
      expect(before && isConversation(before)).toBe(false)
      expect(call.placedAtMs).toBeGreaterThanOrEqual((before?.endsAtMs ?? 0) + RETRY_MS)
    }
  }
}
