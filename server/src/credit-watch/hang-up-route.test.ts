import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, instant, type VoiceStack } from '../../test/voice-stack.ts'

let t: TestApp
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

const changeSettings = (body: object) => stack.ask('PATCH', '/v1/workspace', { body })
const readCall = (id: string) => stack.receipt(id)

async function advance(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

/** Sets the workspace's balance, and does everything that follows. */
async function setBalance(wantedMs: number): Promise<void> {
  const { balance } = await stack.balance()
  const amount = wantedMs - balance.milliseconds
  if (amount !== 0) await stack.granted({ milliseconds: amount, kind: 'adjustment' })
  await t.app.runDue()
}

/** Sets the balance to one credit and starts two conversations. */
async function startTwoCallsWithACredit(): Promise<[string, string]> {
  await setBalance(MINUTE_MS)
  return [await stack.answeredCall(), await stack.answeredCall()]
}

describe('POST /v1/calls/{id}/hang-up', () => {
  const hangUp = (id: string, options = {}) => stack.ask('POST', `/v1/calls/${id}/hang-up`, options)

  test('202: orders a hang-up, which stays when credits return', async () => {
    await changeSettings({ whenCreditsRunOut: 'end' })
    const [one, two] = await startTwoCallsWithACredit()
    const first = await hangUp(one)
    const ordered = { hangUpOrderedAt: instant(t.clock.now()), hangUpReason: 'by_hand' }
    expect(first).toMatchObject({ status: 202, body: { id: one, status: 'in_conversation', ...ordered } })
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: false } })
    await advance(30 * SECOND_MS)
    expect(await hangUp(two)).toMatchObject({ status: 202, body: { hangUpReason: 'by_hand' } })
    expect(await hangUp(one)).toMatchObject({ status: 202, body: ordered })
    await stack.granted({ credits: 5 })
    await t.app.runDue()
    expect(await readCall(one)).toMatchObject(ordered)
    expect(await readCall(two)).toMatchObject({ hangUpReason: 'by_hand' })
  })

  test('200: leaves a call that is over as it is', async () => {
    const id = await stack.talk(MINUTE_MS)
    expect(await hangUp(id)).toMatchObject({ status: 200, body: { status: 'ended', hangUpOrderedAt: null } })
  })

  test('202: a repeated idempotency key gets the first answer', async () => {
    const id = await stack.answeredCall()
    const first = await hangUp(id, { idempotencyKey: 'once' })
    await stack.end(id)
    const again = await hangUp(id, { idempotencyKey: 'once' })
    expect(again).toMatchObject({ status: 202, body: first.body })
    expect(again.headers['idempotent-replayed']).toBe('true')
  })

  test('404: a call of another workspace', async () => {
    const stranger = await connectVoiceStack(t)
    const id = await stranger.answeredCall()
    expect(await hangUp(id)).toMatchObject({ status: 404, body: { code: 'call_not_found' } })
    expect((await stranger.receipt(id)).hangUpOrderedAt).toBeNull()
  })

  test('400: a body with any field', async () => {
    expect((await hangUp(await stack.answeredCall(), { body: { at: 'now' } })).status).toBe(400)
  })

  test('403: a member hangs up no calls', async () => {
    const owner = await t.signUp()
    const invitation = await t.request('POST', '/v1/invitations', {
      cookie: owner.cookie,
      body: { email: 'm@example.com', role: 'member' },
    })
    const token = new URL(String(invitation.body.url)).searchParams.get('token') ?? ''
    const { cookie } = await t.signUp({ invitation: token })
    const agent = await t.request('POST', '/v1/agents', {
      cookie: owner.cookie,
      body: { name: 'Ada', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' },
    })
    const call = await t.request('POST', '/v1/calls', {
      cookie: owner.cookie,
      body: { agentId: agent.body.id, direction: 'web' },
    })
    const answer = await t.request('POST', `/v1/calls/${call.body.id}/hang-up`, { cookie, body: {} })
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
