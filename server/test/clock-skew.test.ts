import { setTimeout as pause } from 'node:timers/promises'
import { DAY_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Clock, systemClock } from '../src/platform/clock.ts'
import { createLog } from '../src/platform/log.ts'
import { createServerClock } from '../src/platform/server-clock.ts'
import { type Ask, type TestApp, testApp } from './app.ts'
import { until } from './start-server.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from './voice-stack.ts'

// Servers whose computers have wrong clocks share one database. Each compares its clock with the database's.

const TALKED_MS = 1_500
/** How far two comparisons of clocks may differ on a busy machine. */
const TOLERANCE_MS = 500

type Server = { readonly request: Ask; readonly setClock: (aheadMs: number) => void }

let t: TestApp<Clock>
beforeAll(async () => {
  t = await testApp({ clock: systemClock })
})
afterAll(() => closeInOrder(t))

async function startServerAhead(aheadMs: number): Promise<Server> {
  let nowAheadMs = aheadMs
  const clock = createServerClock({
    log: createLog('silent'),
    system: { now: () => systemClock.now() + nowAheadMs },
  })
  const { request } = await t.addProcess({ clock })
  return {
    request,
    setClock(changedMs) {
      nowAheadMs = changedMs
    },
  }
}

/** The voice stack of one workspace, as it reaches another server. */
const via = (stack: VoiceStack, { request }: Server) => ({
  post: (path: string, body: object = {}) => request('POST', path, { key: stack.key, body }),
})

test.each([
  ['behind', 'ahead', -4_900, 4_900],
  ['ahead', 'behind', 4_900, -4_900],
])(
  'a call that is answered by a server %s and ended by one %s costs what was talked',
  async (_a, _b, one, other) => {
    const [first, second] = await Promise.all([startServerAhead(one), startServerAhead(other)])
    const stack = await connectVoiceStack({ ...t, request: first.request })
    const id = await stack.startedCall()
    const beforeAnswerMs = performance.now()
    expect((await via(stack, first).post(`/v1/calls/${id}/answer`)).status).toBe(200)
    const afterAnswerMs = performance.now()
    await pause(TALKED_MS)
    const beforeEndMs = performance.now()
    const ended = await via(stack, second).post(`/v1/calls/${id}/end`)
    const afterEndMs = performance.now()
    expect(ended.body).toMatchObject({ status: 'ended' })
    const { charged } = ended.body as unknown as { charged: { milliseconds: number } }
    expect(charged.milliseconds).toBeGreaterThan(beforeEndMs - afterAnswerMs - TOLERANCE_MS)
    expect(charged.milliseconds).toBeLessThan(afterEndMs - beforeAnswerMs + TOLERANCE_MS)
  },
)

test('503: a server whose clock is more than five seconds off refuses calls and is not ready, until it is set', async () => {
  const server = await startServerAhead(6 * SECOND_MS)
  const stack = await connectVoiceStack({ ...t, request: server.request })
  const refused = [
    await stack.start(),
    await stack.batch([{ type: 'start', agentId: stack.agentId, direction: 'inbound', externalId: 'a' }]),
  ]
  expect(refused[0]).toMatchObject({
    status: 503,
    body: { code: 'unavailable', detail: expect.stringContaining('by 6.0 seconds') },
  })
  expect(refused[1]?.status === 503 || refused[1]?.text.includes('"status":503')).toBe(true)
  expect(refused[0]?.headers['retry-after']).toBe('1')
  expect((await server.request('GET', '/readyz')).body).toMatchObject({
    status: 503,
    failing: expect.arrayContaining(['clock']),
  })
  expect((await stack.ask('GET', '/v1/balance')).status).toBe(200)
  server.setClock(0)
  await until(async () => ((await server.request('GET', '/readyz')).status === 200 ? true : undefined))
  expect((await stack.start()).status).toBe(201)
})

test('a computer whose clock jumps 40 days ahead grants no month, expires nothing and renews nothing', async () => {
  const server = await startServerAhead(0)
  const stack = await connectVoiceStack({ ...t, request: server.request })
  const before = await stack.transactions()
  server.setClock(40 * DAY_MS)
  expect((await server.request('GET', '/readyz')).body).toMatchObject({
    failing: expect.arrayContaining(['clock']),
  })
  // Chores pass boundaries every second.
  await pause(2_500)
  await stack.ask('GET', '/v1/balance')
  expect(await stack.transactions()).toEqual(before)
  server.setClock(0)
  await until(async () => ((await stack.start()).status === 201 ? true : undefined))
  expect(await stack.transactions()).toEqual(before)
})
