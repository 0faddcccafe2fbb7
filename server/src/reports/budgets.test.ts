import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { createLife, killableDatabase } from '../../test/killable-process.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'
import { openQuietRooms } from '../quiet-rooms.ts'
import { createBudgets } from './budgets.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

let t: TestApp
let stack: VoiceStack
beforeEach(async () => {
  t = await testApp()
  stack = await connectVoiceStack(t, { timeZone: 'Europe/Berlin', planId: 'growth' })
})
afterEach(() => closeInOrder(t))

const setBudget = (monthlyBudgetCredits: number | null) =>
  stack.ask('PATCH', '/v1/workspace', { body: { monthlyBudgetCredits } })

/** The titles of all alerts of the budget, the oldest first. */
async function told(): Promise<string[]> {
  t.clock.advance(1)
  await t.app.runDue()
  const { body } = await stack.ask('GET', '/v1/alerts')
  return body.data
    .filter(({ kind }) => kind === 'budget_reached')
    .map(({ title }) => String(title))
    .reverse()
}

const half = '50 % of the monthly budget are used'
const most = '80 % of the monthly budget are used'
const all = 'The monthly budget is used up'

describe('people are told of the monthly budget', () => {
  test('when half, four fifths and all of it are used, each once, with what to do', async () => {
    await setBudget(10)
    await stack.talk(5 * minuteMs - 1)
    expect(await told()).toEqual([])
    await stack.talk(1)
    expect(await told()).toEqual([half])
    await stack.talk(2 * minuteMs)
    expect(await told()).toEqual([half])
    await stack.talk(minuteMs)
    await stack.talk(2 * minuteMs)
    expect(await told()).toEqual([half, all])
    await stack.talk(20 * minuteMs)
    expect(await told()).toEqual([half, all])
    const { body } = await stack.ask('GET', '/v1/alerts')
    expect(body.data[1]).toMatchObject({
      kind: 'budget_reached',
      link: '/usage',
      detail:
        '5 of 10 credits were used in November 2026 by 22 Nov 2026, 11:00 (Europe/Berlin). The budget is the one that was set for this workspace. It stops nothing: calls go on as long as there are credits. See on the Usage page what used them, or set another budget in Settings.',
    })
  })

  test('which is the plan’s credits where none is set', async () => {
    await stack.talk(hourMs)
    expect(await told()).toEqual([])
    await stack.talk(14 * hourMs)
    expect(await told()).toEqual([most])
    const { body } = await stack.ask('GET', '/v1/alerts')
    expect(body.data[0]?.detail).toContain('900 of 1,000 credits were used')
    expect(body.data[0]?.detail).toContain('The budget is the plan’s monthly credits, as none was set.')
  })

  test('anew in the next month, which begins where the workspace is', async () => {
    await setBudget(10)
    await stack.talk(6 * minuteMs)
    expect(await told()).toEqual([half])
    t.clock.set(Date.parse('2026-11-30T22:59:59Z'))
    expect(await told()).toEqual([half])
    t.clock.advance(2_000)
    expect(await told()).toEqual([half])
    await stack.talk(500)
    await stack.talk(6 * minuteMs)
    expect(await told()).toEqual([half, half])
  })

  test('of a raised budget when its own steps are reached, and not at once', async () => {
    await setBudget(10)
    await stack.talk(10 * minuteMs)
    expect(await told()).toEqual([all])
    await setBudget(20)
    expect(await told()).toEqual([all])
    await stack.talk(6 * minuteMs)
    expect(await told()).toEqual([all, most])
    await setBudget(10)
    expect(await told()).toEqual([all, most])
  })

  test('of a lowered budget at once, where it is used up', async () => {
    await setBudget(100)
    await stack.talk(20 * minuteMs)
    expect(await told()).toEqual([])
    await setBudget(20)
    expect(await told()).toEqual([all])
  })

  test('once, by two servers', async () => {
    const other = await t.addProcess()
    await setBudget(10)
    await stack.talk(9 * minuteMs)
    await Promise.all([t.app.runDue(), other.app.runDue(), t.app.runDue()])
    expect(await told()).toEqual([most])
  })

  test('for a call that was cut at a reset, when it ends', async () => {
    t.clock.set(Date.parse('2026-12-22T09:00:00Z'))
    await setBudget(100)
    const callId = await stack.answeredCall()
    t.clock.set(Date.parse('2026-12-22T10:00:00Z') + 5 * minuteMs)
    expect(await told()).toEqual([])
    await stack.end(callId, Date.parse('2026-12-22T10:00:00Z'))
    expect(await told()).toEqual([half])
  })

  test('for usage that came into the month by a correction, with a small draw of its own', async () => {
    await setBudget(100)
    t.clock.set(Date.parse('2026-11-30T21:55:00Z'))
    const callId = await stack.answeredCall()
    t.clock.advance(30 * minuteMs)
    await stack.heartbeat(callId)
    t.clock.advance(2 * minuteMs)
    await t.app.runDue()
    expect((await stack.receipt(callId)).status).toBe('lost')
    t.clock.set(Date.parse('2026-11-30T23:01:00Z'))
    expect(await told()).toEqual([])
    await stack.end(callId, Date.parse('2026-11-30T23:00:30Z'))
    expect(await told()).toEqual([half])
  })
})

test('whichever step a server dies at, people are told, and once', async () => {
  await setBudget(10)
  for (let stepsMax = 0; stepsMax < 8; stepsMax += 1) {
    await stack.talk(minuteMs)
    const killable = killableDatabase(t.database, createLife(stepsMax))
    const { ledger } = openQuietRooms({ database: killable, clock: t.clock })
    const dying = createBudgets({ database: killable, clock: t.clock, ledger })
    await dying.lookAtDue().catch(() => {})
  }
  await stack.talk(2 * minuteMs)
  expect((await told()).at(-1)).toBe(all)
  expect(new Set(await told()).size).toBe((await told()).length)
})

test('a budget is not looked at again before something is drawn', async () => {
  const budgets = createBudgets({ database: t.database, clock: t.clock, ledger: t.app.ledger })
  await setBudget(10)
  await stack.talk(minuteMs)
  expect(await budgets.lookAtDue()).toBe(1)
  expect(await budgets.lookAtDue()).toBe(0)
  await stack.talk(minuteMs)
  expect(await budgets.lookAtDue()).toBe(0)
  await stack.talk(3 * minuteMs)
  expect(await budgets.lookAtDue()).toBe(1)
  t.clock.advance(20 * dayMs)
  expect(await budgets.lookAtDue()).toBe(1)
})
