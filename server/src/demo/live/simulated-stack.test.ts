import { msFromCredits } from '@talktime/core/billing/credits'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, testApp } from '../../../test/app.ts'
import { verifyAll } from '../../../test/world.ts'
import { createAgent } from '../../agents/index.ts'
import { createReaper } from '../../calls/index.ts'
import { grantByOperator, readLine } from '../../ledger/index.ts'
import { createLog } from '../../platform/log.ts'
import { createSeededRandom } from '../../platform/seeded-random.ts'
import type { CallHabits, EndingWeights } from '../planned-call.ts'
import { createPace } from './call-volume.ts'
import { createSimulatedStack, type SimulatedStack } from './simulated-stack.ts'
import { createStackApi } from './stack-api.ts'
import { keepCredits } from './top-up-demo.ts'

// A real server over HTTP, whose clock is the stack's: a quarter of an hour takes a second or two.

const minuteMs = 60_000

let world: TestApp
let origin: string

beforeAll(async () => {
  world = await testApp()
  origin = await world.app.listen()
})
afterAll(() => world.close())

const habits: CallHabits = {
  phoneNumber: '+16175550120',
  direction: 'inbound',
  callsShare: 1,
  answeredShare: 0.9,
  failedShare: 0.05,
  talkMsMedian: 70_000,
  talkSpread: 0.8,
}

const log = createLog('silent')

function stackOf(
  { key }: Pick<KeyedWorkspace, 'key'>,
  seed: number,
  endings?: EndingWeights,
): SimulatedStack {
  return createSimulatedStack({
    api: createStackApi(origin, key),
    clock: world.clock,
    chance: createSeededRandom(seed),
    log,
    habitsOf: () => habits,
    pace: watched(seed),
    ...(endings && { endings }),
  })
}

/** Of a workspace that somebody looks at. */
const watched = (seed: number) =>
  createPace({ chance: createSeededRandom(seed), isWatched: () => true, startsAtMs: world.clock.now() })

async function workspaceWithAgent(planId = 'scale'): Promise<KeyedWorkspace> {
  const workspace = await world.addWorkspace({ planId })
  const agent = {
    name: 'Ada',
    language: 'en',
    phoneNumber: null,
    llmProvider: 'openai',
    llmModel: 'm',
    voiceEndpoint: null,
  }
  await world.database.transaction((tx) => createAgent(tx, workspace.uuid, agent, world.clock.now()))
  return workspace
}

/** Lets the stack, and the reaper, do what comes in the next so many minutes. */
async function live(stack: SimulatedStack, minutes: number, look: () => Promise<void> = async () => {}) {
  const { app, clock, database } = world
  const reaper = createReaper({ database, clock, engine: app.engine })
  const untilMs = clock.now() + minutes * minuteMs
  let reapAtMs = clock.now()
  while (stack.nextAtMs() < untilMs) {
    clock.set(Math.max(clock.now(), stack.nextAtMs()))
    await stack.step()
    if (clock.now() >= reapAtMs) {
      await reaper.runOnce()
      reapAtMs = clock.now() + 5_000
    }
    await look()
  }
  clock.set(untilMs)
}

type Listed = {
  status: string
  refusal: unknown
  endSource: string | null
  duration: { credits: number } | null
}

type Page = { data: Listed[]; nextCursor: string | null }

async function callsOf({ key }: KeyedWorkspace): Promise<Listed[]> {
  const calls: Listed[] = []
  let query: string | null = 'limit=200'
  while (query !== null) {
    const { body }: { body: Page } = await world.request<Page>('GET', `/v1/calls?${query}`, { key })
    calls.push(...body.data)
    query = body.nextCursor && `limit=200&cursor=${body.nextCursor}`
  }
  return calls
}

const withStatus = (calls: readonly Listed[], ...statuses: string[]) =>
  calls.filter(({ status }) => statuses.includes(status))

describe('the simulated voice stack', () => {
  test('keeps one to three calls on, of every length and with every ending, and adds up', async () => {
    const workspace = await workspaceWithAgent()
    const stack = stackOf(workspace, 1)
    const crowds: number[] = []
    await live(stack, 3)
    await live(stack, 40, async () => {
      crowds.push((await readLine(world.database, workspace.uuid)).liveCalls)
    })
    expect(Math.max(...crowds)).toBeLessThanOrEqual(4)
    const none = crowds.filter((crowd) => crowd === 0)
    expect(none.length / crowds.length).toBeLessThan(0.1)

    const calls = await callsOf(workspace)
    expect(withStatus(calls, 'ended').length).toBeGreaterThan(30)
    expect(withStatus(calls, 'unanswered', 'failed').length).toBeGreaterThan(2)
    const lengths = withStatus(calls, 'ended').map(({ duration }) => duration?.credits ?? 0)
    expect(Math.min(...lengths)).toBeLessThan(0.7)
    expect(Math.max(...lengths)).toBeGreaterThan(3)
    await stack.hangUpAll()
    expect(withStatus(await callsOf(workspace), 'authorized', 'in_conversation')).toEqual([])
    expect(await verifyAll(world.database)).toEqual([])
  }, 60_000)

  test.each([
    ['loses their ends, which the leases then close', 'never', 'lost'],
    ['reports their ends after their leases have closed them', 'too_late', 'ended'],
    ['reports their ends before their answers', 'before_the_answer', 'ended'],
    ['reports their ends late', 'late', 'ended'],
    ['reports their ends three times', 'three_times', 'ended'],
  ] as const)('calls add up where it %s', async (_, ending, status) => {
    const workspace = await workspaceWithAgent()
    const none = { once: 0, three_times: 0, late: 0, before_the_answer: 0, never: 0, too_late: 0 }
    const stack = stackOf(workspace, 3, { ...none, [ending]: 1 })
    await live(stack, 12)
    const over = (await callsOf(workspace)).filter(({ duration }) => (duration?.credits ?? 0) > 0)
    expect(withStatus(over, status).length).toBeGreaterThan(3)
    await stack.hangUpAll()
    expect(await verifyAll(world.database)).toEqual([])
  })

  test('asks only now and then while the credits are used up, and goes on when there are some again', async () => {
    const workspace = await workspaceWithAgent('free')
    const stack = stackOf(workspace, 2)
    await live(stack, 30)
    const refused = withStatus(await callsOf(workspace), 'refused')
    expect(refused[0]?.refusal).toMatchObject({ reason: 'out_of_credits' })
    expect(refused.length).toBeLessThan(30)
    expect((await readLine(world.database, workspace.uuid)).liveCalls).toBe(0)

    const { app, database, clock } = world
    expect(await keepCredits({ ...app, database, clock }, workspace.uuid)).toBe(true)
    await live(stack, 5)
    expect((await readLine(database, workspace.uuid)).liveCalls).toBeGreaterThan(0)
    await stack.hangUpAll()
  }, 60_000)

  test('waits for an agent that takes calls', async () => {
    const workspace = await world.addWorkspace()
    const stack = stackOf(workspace, 4)
    await live(stack, 5)
    expect(await callsOf(workspace)).toEqual([])
  })

  test('goes on when the server was away for a while', async () => {
    const workspace = await workspaceWithAgent()
    let away = false
    const api = createStackApi(origin, workspace.key)
    const nowhere = createStackApi('http://127.0.0.1:9', workspace.key)
    const switched = new Proxy(api, {
      get: (_, name: keyof typeof api) => (away ? nowhere : api)[name],
    })
    const deps = {
      clock: world.clock,
      chance: createSeededRandom(5),
      log,
      habitsOf: () => habits,
      pace: watched(5),
    }
    const stack = createSimulatedStack({ api: switched, ...deps })
    await live(stack, 4)
    away = true
    await live(stack, 1)
    away = false
    await live(stack, 10)
    await stack.hangUpAll()
    const calls = await callsOf(workspace)
    expect(withStatus(calls, 'authorized', 'in_conversation')).toEqual([])
    expect(withStatus(calls, 'ended').length).toBeGreaterThan(10)
    expect(await verifyAll(world.database)).toEqual([])
  }, 60_000)

  test('stops when its key is no longer good', async () => {
    const stack = stackOf({ key: `tt_${'0'.repeat(40)}` }, 6)
    await expect(stack.step()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' })
    await stack.hangUpAll()
  })
})

describe('the credits of the demo', () => {
  test('are added to when they run low, with a reason in the ledger, and not before', async () => {
    const { app, database, clock } = world
    const workspace = await world.addWorkspace({ planId: 'growth' })
    const deps = { ...app, database, clock }
    expect(await keepCredits(deps, workspace.uuid)).toBe(false)
    const taken = {
      kind: 'adjustment',
      amountMs: msFromCredits(-800),
      expiresAtMs: null,
      reason: 'Test',
    } as const
    await app.ledger.changeWorkspace(workspace.uuid, (change) =>
      grantByOperator(change.tx, change.unit, taken, change.nowMs),
    )
    expect(await keepCredits(deps, workspace.uuid)).toBe(true)
    expect(await keepCredits(deps, workspace.uuid)).toBe(false)
    const { body } = await world.request('GET', '/v1/transactions', { key: workspace.key })
    expect(body.data[0]).toMatchObject({
      kind: 'promotional',
      amount: { credits: 1500 },
      reason: 'Demo: keeps the simulated calls going',
    })
  })

  test('are left to auto-reload where it was ever set up, switched off or not', async () => {
    const { app, database, clock } = world
    const workspace = await world.addWorkspace({ planId: 'starter' })
    const saved = await world.request('PUT', '/v1/auto-reload', {
      key: world.operatorKey,
      workspace: workspace.id,
      body: {
        enabled: false,
        thresholdCredits: 20,
        packageId: 'credits_100',
        quantity: 1,
        monthlyCap: null,
      },
    })
    expect(saved.status).toBe(200)
    expect(await keepCredits({ ...app, database, clock }, workspace.uuid)).toBe(false)
    // At Stripe nobody has a card for it, whatever was set up in the sandbox.
    const stripe = { payments: { gateway: 'stripe' } } as const
    expect(await keepCredits({ ...app, ...stripe, database, clock }, workspace.uuid)).toBe(true)
  })
})
