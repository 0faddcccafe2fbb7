import { DAY_MS, HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { createLife, killableDatabase } from '../../test/killable-process.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'
import { openQuietRooms } from '../quiet-rooms.ts'
import { createBudgets } from './budgets.ts'

let t: TestApp
let stack: VoiceStack
beforeEach(async () => {
  t = await testApp()
  stack = await connectVoiceStack(t, { timeZone: 'Europe/Berlin', planId: 'growth' })
})
afterEach(() => closeInOrder(t))

const setBudget = (monthlyBudgetCredits: number | null) =>
  stack.ask('PATCH', '/v1/workspace', { body: { monthlyBudgetCredits } })

/** Runs what is due, and lists the titles of all budget alerts, the oldest first. */
async function listAlerts(): Promise<string[]> {
  t.clock.advance(1)
  await t.app.runDue()
  const { body } = await stack.ask('GET', '/v1/alerts')
  return body.data
    .filter(({ kind }) => kind === 'budget_reached')
    .map(({ title }) => String(title))
    .reverse()
}

const half = '50% of the monthly budget is used'
const most = '80% of the monthly budget is used'
const all = 'The monthly budget is used up'

describe('a workspace is alerted of its monthly budget', () => {
  test('once each when 50, 80 and 100% are used, with what to do about it', async () => {
    await setBudget(10)
    await stack.talk(5 * MINUTE_MS - 1)
    expect(await listAlerts()).toEqual([])
    await stack.talk(1)
    expect(await listAlerts()).toEqual([half])
    await stack.talk(2 * MINUTE_MS)
    expect(await listAlerts()).toEqual([half])
    await stack.talk(MINUTE_MS)
    await stack.talk(2 * MINUTE_MS)
    expect(await listAlerts()).toEqual([half, all])
    await stack.talk(20 * MINUTE_MS)
    expect(await listAlerts()).toEqual([half, all])
    const { body } = await stack.ask('GET', '/v1/alerts')
    expect(body.data[1]).toMatchObject({
      kind: 'budget_reached',
      link: '/usage',
      detail:
        '5 of 10 credits were used in November 2026 by 22 Nov 2026, 11:00 (Europe/Berlin). This budget was set for the workspace. The budget stops nothing: calls continue while there are credits. See what used them on the Usage page, or change the budget in Settings.',
    })
  })

  test('which is the plan’s monthly credits if none is set', async () => {
    await stack.talk(HOUR_MS)
    expect(await listAlerts()).toEqual([])
    await stack.talk(14 * HOUR_MS)
    expect(await listAlerts()).toEqual([most])
    const { body } = await stack.ask('GET', '/v1/alerts')
    expect(body.data[0]?.detail).toContain('900 of 1,000 credits were used')
    expect(body.data[0]?.detail).toContain('No budget was set, so it is the plan’s monthly credits.')
  })

  test('again in the next month of its time zone', async () => {
    await setBudget(10)
    await stack.talk(6 * MINUTE_MS)
    expect(await listAlerts()).toEqual([half])
    t.clock.set(Date.parse('2026-11-30T22:59:59Z'))
    expect(await listAlerts()).toEqual([half])
    t.clock.advance(2_000)
    expect(await listAlerts()).toEqual([half])
    await stack.talk(500)
    await stack.talk(6 * MINUTE_MS)
    expect(await listAlerts()).toEqual([half, half])
  })

  test('after the budget is raised, when its own steps are reached', async () => {
    await setBudget(10)
    await stack.talk(10 * MINUTE_MS)
    expect(await listAlerts()).toEqual([all])
    await setBudget(20)
    expect(await listAlerts()).toEqual([all])
    await stack.talk(6 * MINUTE_MS)
    expect(await listAlerts()).toEqual([all, most])
    await setBudget(10)
    expect(await listAlerts()).toEqual([all, most])
  })

  test('at once after the budget is lowered below the usage', async () => {
    await setBudget(100)
    await stack.talk(20 * MINUTE_MS)
    expect(await listAlerts()).toEqual([])
    await setBudget(20)
    expect(await listAlerts()).toEqual([all])
  })

  test('once, although two servers check', async () => {
    const other = await t.addProcess()
    await setBudget(10)
    await stack.talk(9 * MINUTE_MS)
    await Promise.all([t.app.runDue(), other.app.runDue(), t.app.runDue()])
    expect(await listAlerts()).toEqual([most])
  })

  test('for a call that was cut at a reset when the call ends', async () => {
    t.clock.set(Date.parse('2026-12-22T09:00:00Z'))
    await setBudget(100)
    const callId = await stack.answeredCall()
    t.clock.set(Date.parse('2026-12-22T10:00:00Z') + 5 * MINUTE_MS)
    expect(await listAlerts()).toEqual([])
    await stack.end(callId, Date.parse('2026-12-22T10:00:00Z'))
    expect(await listAlerts()).toEqual([half])
  })

  test('for usage that a correction moves into the month, although little is drawn', async () => {
    await setBudget(100)
    t.clock.set(Date.parse('2026-11-30T21:55:00Z'))
    const callId = await stack.answeredCall()
    t.clock.advance(30 * MINUTE_MS)
    await stack.heartbeat(callId)
    t.clock.advance(2 * MINUTE_MS)
    await t.app.runDue()
    expect((await stack.receipt(callId)).status).toBe('lost')
    t.clock.set(Date.parse('2026-11-30T23:01:00Z'))
    expect(await listAlerts()).toEqual([])
    await stack.end(callId, Date.parse('2026-11-30T23:00:30Z'))
    expect(await listAlerts()).toEqual([half])
  })
})

test('a workspace is alerted once, at whichever step a server crashes', async () => {
  await setBudget(10)
  for (let stepsMax = 0; stepsMax < 8; stepsMax += 1) {
    await stack.talk(MINUTE_MS)
    const killable = killableDatabase(t.database, createLife(stepsMax))
    const { ledger } = openQuietRooms({ database: killable, clock: t.clock })
    const dying = createBudgets({ database: killable, clock: t.clock, ledger })
    await dying.checkDue().catch(() => {})
  }
  await stack.talk(2 * MINUTE_MS)
  expect((await listAlerts()).at(-1)).toBe(all)
  expect(new Set(await listAlerts()).size).toBe((await listAlerts()).length)
})

test('a budget is checked again only when enough is drawn, or the month ends', async () => {
  const budgets = createBudgets({ database: t.database, clock: t.clock, ledger: t.app.ledger })
  await setBudget(10)
  await stack.talk(MINUTE_MS)
  expect(await budgets.checkDue()).toBe(1)
  expect(await budgets.checkDue()).toBe(0)
  await stack.talk(MINUTE_MS)
  expect(await budgets.checkDue()).toBe(0)
  await stack.talk(3 * MINUTE_MS)
  expect(await budgets.checkDue()).toBe(1)
  t.clock.advance(20 * DAY_MS)
  expect(await budgets.checkDue()).toBe(1)
})
