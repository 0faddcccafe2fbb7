import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestApp, type TestPerson, testApp } from '../../test/app.ts'
import { closeInOrder, milliseconds, newAgent } from '../../test/voice-stack.ts'
import type { CallResponse, ReceiptResponse } from './response-schemas.ts'

let t: TestApp
let owner: TestPerson
let agentId: string
beforeAll(async () => {
  t = await testApp()
})
beforeEach(async () => {
  owner = await t.signUp()
  const { body } = await t.request('POST', '/v1/agents', { cookie: owner.cookie, body: newAgent })
  agentId = body.id
})
afterAll(() => closeInOrder(t))

const start = (fields: object = {}) =>
  t.request<CallResponse>('POST', '/v1/test-calls', { cookie: owner.cookie, body: { agentId }, ...fields })
const end = (id: string, cookie = owner.cookie) =>
  t.request<CallResponse & { code?: string }>('POST', `/v1/test-calls/${id}/end`, { cookie, body: {} })
const read = async (id: string) =>
  (await t.request<ReceiptResponse>('GET', `/v1/calls/${id}`, { cookie: owner.cookie })).body

test('201: the server answers a test call at once and ends it when asked, by its own clock', async () => {
  const started = await start()
  expect(started.status).toBe(201)
  expect(started.body).toMatchObject({ status: 'in_conversation', direction: 'web' })
  t.clock.advance(12 * SECOND_MS)
  const ended = await end(started.body.id)
  expect(ended.body).toMatchObject({ status: 'ended', charged: milliseconds(12 * SECOND_MS) })
  expect(await read(started.body.id)).toMatchObject({ reportedBy: { answer: 'carrier', end: 'carrier' } })
  expect((await end(started.body.id)).body.charged).toEqual(milliseconds(12 * SECOND_MS))
})

test('a test call ends after a minute, to the millisecond, whenever the server looks', async () => {
  const { body } = await start()
  t.clock.advance(MINUTE_MS - 1)
  await t.app.runDue()
  expect((await read(body.id)).status).toBe('in_conversation')
  t.clock.advance(7 * SECOND_MS)
  await t.app.runDue()
  expect(await read(body.id)).toMatchObject({ status: 'ended', charged: milliseconds(MINUTE_MS) })
  expect((await t.database.query('select from test_calls')).rowCount).toBe(0)
})

test('a hang-up that was ordered ends it at the order', async () => {
  const { body } = await start()
  t.clock.advance(5 * SECOND_MS)
  await t.request('POST', `/v1/calls/${body.id}/hang-up`, { cookie: owner.cookie, body: {} })
  t.clock.advance(SECOND_MS)
  await t.app.runDue()
  expect(await read(body.id)).toMatchObject({ status: 'ended', charged: milliseconds(5 * SECOND_MS) })
})

test('a repeat with one Idempotency-Key gives one call', async () => {
  const first = await start({ idempotencyKey: 'test-1' })
  const second = await start({ idempotencyKey: 'test-1' })
  expect(second.body).toEqual(first.body)
  await end(first.body.id)
  const balance = await t.request('GET', '/v1/balance', { cookie: owner.cookie })
  expect(balance.body.liveCalls).toBe(0)
})

test('404: only test calls of the own workspace can be ended so', async () => {
  const { body } = await t.request('POST', '/v1/calls', {
    cookie: owner.cookie,
    body: { agentId, direction: 'web' },
  })
  expect((await end(body.id)).body.code).toBe('call_not_found')
  const mine = await start()
  const stranger = await t.signUp()
  expect((await end(mine.body.id, stranger.cookie)).body.code).toBe('call_not_found')
  await end(mine.body.id)
})

test('200: a refused test call says why', async () => {
  await t.request('PATCH', `/v1/agents/${agentId}`, { cookie: owner.cookie, body: { status: 'disabled' } })
  const { status, body } = await start()
  expect([status, body.status, body.refusal?.reason]).toEqual([200, 'refused', 'agent_disabled'])
})
