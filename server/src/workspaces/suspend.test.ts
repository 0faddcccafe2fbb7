import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { createCampaignCustomer, steadyLife } from '../../test/campaign-customer.ts'
import { closeInOrder, connectVoiceStack, instant, type VoiceStack } from '../../test/voice-stack.ts'

let t: TestApp
let stack: VoiceStack
beforeAll(async () => {
  t = await testApp({ simulated: steadyLife })
})
beforeEach(async () => {
  t.clock.set(Math.max(t.clock.now(), testNowMs))
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

const command = (what: 'suspend' | 'resume', body: object, options: object = { key: t.operatorKey }) =>
  t.request('POST', `/v1/workspaces/${stack.workspaceId}/${what}`, { body, ...options })
const suspend = (fields: object = {}) => command('suspend', { reason: 'Unpaid invoice', ...fields })

test('200: a suspended workspace refuses new calls and changes, at once and in every process', async () => {
  const other = await t.addProcess()
  expect((await other.request('GET', '/v1/balance', { key: stack.key })).status).toBe(200)
  const answer = await suspend()
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    id: stack.workspaceId,
    status: 'suspended',
    suspendedAt: instant(t.clock.now()),
    suspensionReason: 'Unpaid invoice',
  })
  expect((await stack.start()).body.refusal?.reason).toBe('workspace_suspended')
  const change = { key: stack.key, body: { name: 'New name' } }
  expect((await t.request('PATCH', '/v1/workspace', change)).body.code).toBe('workspace_suspended')
  await expect
    .poll(async () => (await other.request('PATCH', '/v1/workspace', change)).body.code)
    .toBe('workspace_suspended')
  const own = await stack.ask('GET', '/v1/workspace')
  expect(own.body).toMatchObject({ status: 'suspended', suspensionReason: 'Unpaid invoice' })
})

test('live calls go on to their end and are charged', async () => {
  const callId = await stack.answeredCall()
  await suspend()
  expect((await stack.heartbeat(callId)).body.continue).toBe(true)
  t.clock.advance(MINUTE_MS)
  expect((await stack.end(callId)).body.charged.milliseconds).toBe(MINUTE_MS)
})

test('with endCalls, live calls are ordered to hang up, and go on if the workspace resumes before', async () => {
  const [ended, kept] = [await stack.answeredCall(), await stack.answeredCall()]
  await suspend({ endCalls: true })
  expect((await stack.heartbeat(ended)).body.continue).toBe(false)
  expect((await stack.receipt(ended)).hangUpReason).toBe('workspace_suspended')
  await stack.end(ended)
  expect((await command('resume', { reason: 'Paid' })).body).toMatchObject({
    status: 'active',
    suspendedAt: null,
    suspensionReason: null,
  })
  expect((await stack.heartbeat(kept)).body.continue).toBe(true)
  expect((await stack.start()).status).toBe(201)
  await stack.end(kept)
})

test('a repeat replaces the reason and keeps since when; resuming an active workspace changes nothing', async () => {
  await suspend()
  const sinceMs = t.clock.now()
  t.clock.advance(MINUTE_MS)
  expect((await suspend({ reason: 'Fraud' })).body).toMatchObject({
    suspendedAt: instant(sinceMs),
    suspensionReason: 'Fraud',
  })
  await command('resume', { reason: 'Paid' })
  expect((await command('resume', { reason: 'Paid' })).body.status).toBe('active')
})

test('running campaigns pause, with the reason', async () => {
  const customer = await createCampaignCustomer(t)
  const { id } = await customer.startCampaign({}, 3)
  await t.request('POST', `/v1/workspaces/${customer.workspaceId}/suspend`, {
    key: t.operatorKey,
    body: { reason: 'Unpaid invoice' },
  })
  t.clock.advance(MINUTE_MS)
  await t.app.runDue()
  await t.app.dialer.idle()
  expect(await customer.readCampaign(id)).toMatchObject({
    status: 'paused',
    pauseReason: 'workspace_suspended',
  })
})

test('403: only the operator suspends and resumes; 404: an unknown workspace; 400: no reason', async () => {
  for (const what of ['suspend', 'resume'] as const) {
    expect((await command(what, { reason: 'Mine' }, { key: stack.key })).body.code).toBe('forbidden')
    expect((await command(what, {})).body).toMatchObject({ status: 400, errors: [{ pointer: '/reason' }] })
    const unknown = `/v1/workspaces/ws_${'0'.repeat(32)}/${what}`
    const answer = await t.request('POST', unknown, { key: t.operatorKey, body: { reason: 'Gone' } })
    expect(answer.body.code).toBe('workspace_not_found')
  }
})
