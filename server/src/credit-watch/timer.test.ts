import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { openEvents } from '../../test/event-stream.ts'
import { closeInOrder, connectVoiceStack } from '../../test/voice-stack.ts'
import { type Clock, systemClock } from '../platform/clock.ts'

let t: TestApp<Clock>
let address: string
beforeAll(async () => {
  t = await testApp({ clock: systemClock })
  address = await t.app.listen()
})
afterAll(() => closeInOrder(t))

test('a call with credit for 200 ms gets its hang-up order at that instant, without any request', async () => {
  const stack = await connectVoiceStack(t)
  await stack.ask('PATCH', '/v1/workspace', { body: { whenCreditsRunOut: 'end', lowBalanceCredits: 0 } })
  await stack.granted({ milliseconds: 200 - 1000 * MS_PER_CREDIT, kind: 'adjustment' })
  const stream = await openEvents(`${address}/v1/events`, { authorization: `Bearer ${stack.key}` })
  const call = await stack.startedCall()
  const { answeredAt } = (await stack.answer(call)).body
  const ordered = await stream.next(
    ({ data }) => data.hangUpOrderedAt !== undefined && data.hangUpOrderedAt !== null,
  )
  expect(ordered).toMatchObject({ event: 'call', data: { id: call, hangUpReason: 'out_of_credits' } })
  const outSince = new Date(Date.parse(answeredAt ?? '') + 200).toISOString()
  expect(await stack.balance()).toMatchObject({ status: 'out', outSince })
  expect(Date.parse(String(ordered.data.hangUpOrderedAt))).toBeGreaterThanOrEqual(Date.parse(outSince))
  await stack.end(call)
  await stack.granted({ credits: 10 })
  expect(await stream.next(({ event }) => event === 'alert')).toBeDefined()
  stream.close()
  const metrics = await t.request('GET', '/metrics')
  expect(metrics.text).toContain('talktime_credit_watch_lateness_seconds_count 1')
})
