import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

/** A voice stack of a workspace on the Free plan: 30 credits, 20 calls at once, an hour for a call. */
const connect = () => connectVoiceStack(t, { planId: 'free' })

const startedWith = async (stack: VoiceStack) => (await stack.start()).body.maxDurationSeconds

async function heartbeat(stack: VoiceStack, callId: string) {
  const { body } = await stack.heartbeat(callId)
  return body as unknown as { continue: boolean; maxDurationSeconds: number }
}

describe('calls of a plan without overdraft', () => {
  test('start with an equal part of the balance', async () => {
    const stack = await connect()
    expect([await startedWith(stack), await startedWith(stack), await startedWith(stack)]).toEqual([
      1_800, 900, 600,
    ])
    expect((await stack.balance()).balance.milliseconds).toBe(30 * MINUTE_MS)
  })

  test('hear at the answer and at each heartbeat what their part is by then', async () => {
    const stack = await connect()
    const first = await stack.answeredCall()
    t.clock.advance(10 * MINUTE_MS)
    const second = await stack.startedCall()
    // 20 minutes are left for two calls; the first has talked for 10.
    expect(await heartbeat(stack, first)).toMatchObject({ continue: true, maxDurationSeconds: 20 * 60 })
    expect((await stack.answer(second)).body.maxDurationSeconds).toBe(10 * 60)
    t.clock.advance(5 * MINUTE_MS)
    expect(await heartbeat(stack, first)).toMatchObject({ continue: true, maxDurationSeconds: 20 * 60 })
    await stack.end(first)
    // The second has talked for 5, and the 10 minutes that are left are its own.
    expect(await heartbeat(stack, second)).toMatchObject({ continue: true, maxDurationSeconds: 15 * 60 })
    expect((await stack.receipt(second)).maxDurationSeconds).toBe(15 * 60)
    await stack.end(second)
  })

  test('may talk longer when credit arrives, but not longer than the plan’s longest call', async () => {
    const stack = await connect()
    const callId = await stack.answeredCall()
    t.clock.advance(10 * MINUTE_MS)
    await stack.granted({ credits: 20 })
    expect(await heartbeat(stack, callId)).toMatchObject({ maxDurationSeconds: 50 * 60 })
    await stack.granted({ credits: 100 })
    expect(await heartbeat(stack, callId)).toMatchObject({ maxDurationSeconds: 60 * 60 })
    await stack.end(callId)
  })

  test('are all ordered to hang up at the instant the balance reaches zero, whatever the workspace chose', async () => {
    const stack = await connect()
    const workspace = await stack.ask('GET', '/v1/workspace')
    expect(workspace.body).toMatchObject({ whenCreditsRunOut: 'finish', plan: { overdraft: 'none' } })
    const calls = [await stack.answeredCall(), await stack.answeredCall(), await stack.startedCall()]
    t.clock.advance(15 * MINUTE_MS)
    await t.app.runDue()
    for (const callId of calls) {
      expect(await stack.receipt(callId)).toMatchObject({
        hangUpReason: 'out_of_credits',
        hangUpOrderedAt: new Date(t.clock.now()).toISOString(),
      })
      expect(await heartbeat(stack, callId)).toMatchObject({ continue: false })
    }
    for (const callId of calls) await stack.end(callId)
    expect(await stack.balance()).toMatchObject({
      balance: { milliseconds: 0 },
      overdraft: { milliseconds: 0 },
    })
  })

  test('are refused when there is less than a second for each', async () => {
    const stack = await connect()
    await stack.granted({ milliseconds: 2_500 - 30 * MINUTE_MS, kind: 'adjustment' })
    expect(await startedWith(stack)).toBe(2)
    expect(await startedWith(stack)).toBe(1)
    expect((await stack.start()).body.refusal?.reason).toBe('out_of_credits')
  })

  test('get the plan’s time after a change to a plan with overdraft, also when they were being ended', async () => {
    const stack = await connect()
    const callId = await stack.answeredCall()
    t.clock.advance(30 * MINUTE_MS)
    await t.app.runDue()
    expect(await stack.receipt(callId)).toMatchObject({ hangUpReason: 'out_of_credits' })
    const changed = await t.request('POST', '/v1/subscription', {
      key: t.operatorKey,
      workspace: stack.workspaceId,
      body: { planId: 'growth' },
    })
    expect(changed.status).toBe(200)
    await t.app.runDue()
    expect(await stack.receipt(callId)).toMatchObject({ hangUpReason: null })
    expect(await heartbeat(stack, callId)).toMatchObject({ continue: true, maxDurationSeconds: 14_400 })
    await stack.end(callId)
  })
})

test('calls of a plan with overdraft have the plan’s hard stop and may finish below zero', async () => {
  const stack = await connectVoiceStack(t, { planId: 'growth' })
  await stack.granted({ credits: -999, kind: 'adjustment' })
  const callId = await stack.answeredCall()
  t.clock.advance(2 * MINUTE_MS)
  await t.app.runDue()
  expect(await heartbeat(stack, callId)).toMatchObject({ continue: true, maxDurationSeconds: 14_400 })
  await stack.end(callId)
  expect(await stack.balance()).toMatchObject({ overdraft: { milliseconds: MINUTE_MS } })
})

test('a lost call of a plan without overdraft is closed at the time that it was allowed', async () => {
  const stack = await connect()
  const callId = await stack.answeredCall()
  t.clock.advance(32 * MINUTE_MS)
  await t.app.runDue()
  expect(await stack.receipt(callId)).toMatchObject({
    status: 'lost',
    duration: { milliseconds: 1_800 * SECOND_MS },
  })
  expect((await stack.balance()).balance.milliseconds).toBe(0)
})

describe('an operator’s plan', () => {
  const plan = {
    name: 'Trial',
    price: { minor: 0, currency: 'USD' },
    monthlyCredits: 10,
    features: {},
    limits: { concurrentCallsMax: 5, callDurationSecondsMax: 3_600, membersMax: 1 },
  }
  const save = (id: string, fields: object) =>
    t.request('PUT', `/v1/plans/${id}`, { key: t.operatorKey, body: { ...plan, ...fields } })

  test.each([
    [{ paid: false }, 'none'],
    [{ paid: true }, 'finish'],
    [{ paid: true, overdraft: 'none' }, 'none'],
    [{ paid: false, overdraft: 'finish' }, 'finish'],
  ])('%j has the overdraft "%s"', async (fields, overdraft) => {
    expect((await save('trial', fields)).body).toMatchObject({ overdraft })
    expect((await t.request('GET', '/v1/plans/trial')).body).toMatchObject({ overdraft })
  })

  test('400: another word', async () => {
    const answer = await save('trial', { paid: true, overdraft: 'end' })
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/overdraft' }] })
  })
})
