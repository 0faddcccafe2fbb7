import { msFromCredits } from '@talktime/core/billing/credits'
import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, testApp } from '../../../test/app.ts'
import { verifyAll } from '../../../test/world.ts'
import { createAgent } from '../../agents/index.ts'
import { createReaper } from '../../calls/index.ts'
import { grantByOperator, readLine } from '../../ledger/index.ts'
import { createLog } from '../../platform/log.ts'
import { createSeededRandom } from '../../platform/seeded-random.ts'
import type { CallHabits, EndingWeights } from '../planned-call.ts'
import { createCallVolume } from './call-volume.ts'
import { createSimulatedStack, type SimulatedStack } from './simulated-stack.ts'
import { createStackApi } from './stack-api.ts'
import { topUpDemo } from './top-up-demo.ts'

// A real server over HTTP. The stack moves its clock, so that a quarter of an hour takes a second or two.

let world: TestApp
let origin: string

beforeAll(async () => {
  world = await testApp()
  origin = await world.app.listen()
})
afterAll(() => world.close())

const habits: CallHabits = {
  phoneNumber: '+14135550120',
  direction: 'inbound',
  callsShare: 1,
  answeredShare: 0.9,
  failedShare: 0.05,
  talkMsMedian: 70_000,
  talkSpread: 0.8,
}

const log = createLog('silent')

function openStack(
  { key }: Pick<KeyedWorkspace, 'key'>,
  seed: number,
  endings?: EndingWeights,
): SimulatedStack {
  return createSimulatedStack({
    api: createStackApi(origin, key),
    clock: world.clock,
    chance: createSeededRandom(seed),
    log,
    chooseHabits: () => habits,
    callVolume: createLively(seed),
    ...(endings && { endings }),
  })
}

/** A call volume as in a workspace whose dashboard is open. */
const createLively = (seed: number) =>
  createCallVolume({ chance: createSeededRandom(seed), isWatched: () => true, startsAtMs: world.clock.now() })

async function addWorkspaceWithAgent(planId = 'scale'): Promise<KeyedWorkspace> {
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

/** Runs the stack and the reaper for this number of minutes, and calls `onStep` after each step. */
async function runMinutes(
  stack: SimulatedStack,
  minutes: number,
  onStep: () => Promise<void> = async () => {},
) {
  const { app, clock, database } = world
  const reaper = createReaper({ database, clock, engine: app.engine })
  const untilMs = clock.now() + minutes * MINUTE_MS
  let reapAtMs = clock.now()
  while (stack.findNextAtMs() < untilMs) {
    clock.set(Math.max(clock.now(), stack.findNextAtMs()))
    await stack.step()
    if (clock.now() >= reapAtMs) {
      await reaper.runOnce()
      reapAtMs = clock.now() + 5_000
    }
    await onStep()
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

async function listCalls({ key }: KeyedWorkspace): Promise<Listed[]> {
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
  test('keeps one to three calls live, with short and long conversations, and all balances add up', async () => {
    const workspace = await addWorkspaceWithAgent()
    const stack = openStack(workspace, 1)
    const crowds: number[] = []
    await runMinutes(stack, 3)
    await runMinutes(stack, 40, async () => {
      crowds.push((await readLine(world.database, workspace.uuid)).liveCalls)
    })
    expect(Math.max(...crowds)).toBeLessThanOrEqual(4)
    const none = crowds.filter((crowd) => crowd === 0)
    expect(none.length / crowds.length).toBeLessThan(0.1)

    const calls = await listCalls(workspace)
    expect(withStatus(calls, 'ended').length).toBeGreaterThan(30)
    expect(withStatus(calls, 'unanswered', 'failed').length).toBeGreaterThan(2)
    const lengths = withStatus(calls, 'ended').map(({ duration }) => duration?.credits ?? 0)
    expect(Math.min(...lengths)).toBeLessThan(0.7)
    expect(Math.max(...lengths)).toBeGreaterThan(3)
    await stack.hangUpAll()
    expect(withStatus(await listCalls(workspace), 'authorized', 'in_conversation')).toEqual([])
    expect(await verifyAll(world.database)).toEqual([])
  }, 60_000)

  test.each([
    ['never reports the ends of calls, and their leases close them', 'never', 'lost'],
    ['reports the ends after the leases have closed the calls', 'too_late', 'ended'],
    ['reports the ends before the answers', 'before_the_answer', 'ended'],
    ['reports the ends late', 'late', 'ended'],
    ['reports the ends three times', 'three_times', 'ended'],
  ] as const)('calls add up if it %s', async (_, ending, status) => {
    const workspace = await addWorkspaceWithAgent()
    const none = { once: 0, three_times: 0, late: 0, before_the_answer: 0, never: 0, too_late: 0 }
    const stack = openStack(workspace, 3, { ...none, [ending]: 1 })
    await runMinutes(stack, 12)
    const over = (await listCalls(workspace)).filter(({ duration }) => (duration?.credits ?? 0) > 0)
    expect(withStatus(over, status).length).toBeGreaterThan(3)
    await stack.hangUpAll()
    expect(await verifyAll(world.database)).toEqual([])
  })

  test('tries a call only now and then while the workspace is out of credits, and continues once it has some', async () => {
    const workspace = await addWorkspaceWithAgent('free')
    const stack = openStack(workspace, 2)
    await runMinutes(stack, 30)
    const refused = withStatus(await listCalls(workspace), 'refused')
    expect(refused[0]?.refusal).toMatchObject({ reason: 'out_of_credits' })
    expect(refused.length).toBeLessThan(30)
    expect((await readLine(world.database, workspace.uuid)).liveCalls).toBe(0)

    const { app, database, clock } = world
    expect(await topUpDemo({ ...app, database, clock }, workspace.uuid)).toBe(true)
    await runMinutes(stack, 5)
    expect((await readLine(database, workspace.uuid)).liveCalls).toBeGreaterThan(0)
    await stack.hangUpAll()
  }, 60_000)

  test('waits for an agent that takes calls', async () => {
    const workspace = await world.addWorkspace()
    const stack = openStack(workspace, 4)
    await runMinutes(stack, 5)
    expect(await listCalls(workspace)).toEqual([])
  })

  test('continues after the server was unreachable for a while', async () => {
    const workspace = await addWorkspaceWithAgent()
    let isAway = false
    const api = createStackApi(origin, workspace.key)
    const nowhere = createStackApi('http://127.0.0.1:9', workspace.key)
    const switched = new Proxy(api, {
      get: (_, name: keyof typeof api) => (isAway ? nowhere : api)[name],
    })
    const deps = {
      clock: world.clock,
      chance: createSeededRandom(5),
      log,
      chooseHabits: () => habits,
      callVolume: createLively(5),
    }
    const stack = createSimulatedStack({ api: switched, ...deps })
    await runMinutes(stack, 4)
    isAway = true
    await runMinutes(stack, 1)
    isAway = false
    await runMinutes(stack, 10)
    await stack.hangUpAll()
    const calls = await listCalls(workspace)
    expect(withStatus(calls, 'authorized', 'in_conversation')).toEqual([])
    expect(withStatus(calls, 'ended').length).toBeGreaterThan(10)
    expect(await verifyAll(world.database)).toEqual([])
  }, 60_000)

  test('stops when its API key is refused', async () => {
    const stack = openStack({ key: `tt_${'0'.repeat(40)}` }, 6)
    await expect(stack.step()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' })
    await stack.hangUpAll()
  })
})

describe('topping up the demo', () => {
  test('grants credits once the balance is low, with a reason in the ledger', async () => {
    const { app, database, clock } = world
    const workspace = await world.addWorkspace({ planId: 'growth' })
    const deps = { ...app, database, clock }
    expect(await topUpDemo(deps, workspace.uuid)).toBe(false)
    const taken = {
      kind: 'adjustment',
      amountMs: msFromCredits(-800),
      expiresAtMs: null,
      reason: 'Test',
    } as const
    await app.ledger.changeWorkspace(workspace.uuid, (change) =>
      grantByOperator(change.tx, change.unit, taken, change.nowMs),
    )
    expect(await topUpDemo(deps, workspace.uuid)).toBe(true)
    expect(await topUpDemo(deps, workspace.uuid)).toBe(false)
    const { body } = await world.request('GET', '/v1/transactions', { key: workspace.key })
    expect(body.data[0]).toMatchObject({
      kind: 'promotional',
      amount: { credits: 1500 },
      reason: 'Demo: keeps the simulated calls going',
    })
  })

  test('grants nothing in the sandbox once auto-reload was set up, even if it is switched off', async () => {
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
    expect(await topUpDemo({ ...app, database, clock }, workspace.uuid)).toBe(false)
    // At Stripe the demo has no card, so the settings from the sandbox do not matter.
    const stripe = { payments: { gateway: 'stripe' } } as const
    expect(await topUpDemo({ ...app, ...stripe, database, clock }, workspace.uuid)).toBe(true)
  })
})
