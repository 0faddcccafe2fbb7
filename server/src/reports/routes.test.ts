import { DAY_MS, HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import {
  closeInOrder,
  connectVoiceStack,
  credits,
  milliseconds,
  type VoiceStack,
} from '../../test/voice-stack.ts'
import { addMember } from '../access/index.ts'
import { uuidFrom } from '../public-ids.ts'

let t: TestApp
let stack: VoiceStack
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))
beforeEach(async () => {
  t.clock.set(Date.parse('2026-11-22T10:00:00.000Z'))
  stack = await connectVoiceStack(t, { timeZone: 'Europe/Berlin', planId: 'growth' })
})

const readRange = (query = '') => stack.ask('GET', `/v1/usage/range${query}`)
const readSummary = () => stack.ask('GET', '/v1/usage/summary')

describe('the summary', () => {
  test('has this month, today, the live balance and the used percentage of the budget', async () => {
    await stack.talk(90_000)
    await stack.ask('PATCH', '/v1/workspace', { body: { monthlyBudgetCredits: 30 } })
    await stack.answeredCall()
    t.clock.advance(MINUTE_MS)
    const { status, body } = await readSummary()
    expect(status).toBe(200)
    expect(body).toEqual({
      asOf: '2026-11-22T10:01:00.000Z',
      timeZone: 'Europe/Berlin',
      monthly: { ...credits(1.5), calls: 1, from: '2026-11-01', to: '2026-11-30' },
      daily: { ...credits(1.5), calls: 1, date: '2026-11-22' },
      balance: credits(1000 - 1.5 - 1),
      liveCalls: 1,
      budget: { credits: 30, milliseconds: 30 * MINUTE_MS, source: 'workspace', percent: 5 },
      lastUsedAt: '2026-11-22T10:00:00.000Z',
    })
  })

  test('uses the plan’s credits as the budget if none is set', async () => {
    await stack.talk(250 * MINUTE_MS)
    expect((await readSummary()).body).toMatchObject({
      budget: { credits: 1000, source: 'plan', percent: 25 },
    })
  })

  test('starts months and days in the workspace’s time zone', async () => {
    t.clock.set(Date.parse('2026-11-30T22:59:00Z'))
    await stack.talk(MINUTE_MS)
    t.clock.set(Date.parse('2026-11-30T23:00:00Z'))
    expect((await readSummary()).body).toMatchObject({
      monthly: { ...credits(0), from: '2026-12-01', to: '2026-12-31' },
      daily: { ...credits(0), date: '2026-12-01' },
      lastUsedAt: '2026-11-30T22:59:00.000Z',
    })
  })

  test('is zero for a workspace without calls', async () => {
    expect((await readSummary()).body).toMatchObject({
      monthly: { milliseconds: 0, calls: 0 },
      budget: { percent: 0 },
      lastUsedAt: null,
    })
  })

  test('shows 100% when all of the budget is used, and not before', async () => {
    await stack.ask('PATCH', '/v1/workspace', { body: { monthlyBudgetCredits: 10 } })
    await stack.talk(10 * MINUTE_MS - 1)
    expect((await readSummary()).body).toMatchObject({ budget: { percent: 99.99 } })
    await stack.talk(1)
    expect((await readSummary()).body).toMatchObject({ budget: { percent: 100 } })
  })
})

describe('a range', () => {
  test('covers the last 30 days by default', async () => {
    await stack.talk(MINUTE_MS)
    const { status, body } = await readRange()
    expect(status).toBe(200)
    expect(body).toMatchObject({
      asOf: '2026-11-22T10:00:00.000Z',
      window: {
        preset: 'last_30_days',
        from: '2026-10-24',
        to: '2026-11-22',
        timeZone: 'Europe/Berlin',
        startsAt: '2026-10-23T22:00:00.000Z',
        endsAt: '2026-11-22T23:00:00.000Z',
      },
      agentId: null,
      total: credits(1),
      calls: 1,
      agents: [{ agentId: stack.agentId, name: 'Reception', archived: false, total: credits(1), calls: 1 }],
      previous: { from: '2026-09-24', to: '2026-10-23', total: credits(0), calls: 0 },
      lastUsedAt: '2026-11-22T10:00:00.000Z',
      exportRows: 1,
    })
    const { days } = body as unknown as { days: { date: string; calls: number }[] }
    expect(days).toHaveLength(30)
    expect(days.at(-1)).toEqual({ date: '2026-11-22', total: credits(1), calls: 1 })
  })

  test('of the preset all starts on the day of the first transaction', async () => {
    t.clock.advance(40 * DAY_MS)
    await stack.talk(MINUTE_MS)
    expect((await readRange('?preset=all')).body).toMatchObject({
      window: { preset: 'all', from: '2026-11-22', to: '2027-01-01' },
      previous: null,
    })
  })

  test('of the preset all starts with a call that ended before the first transaction and was reported late', async () => {
    const callId = await stack.startedCall()
    const endedAtMs = t.clock.now() - 20 * HOUR_MS
    await stack.answer(callId, endedAtMs - MINUTE_MS)
    await stack.end(callId, endedAtMs)
    expect((await readRange('?preset=all')).body).toMatchObject({ window: { from: '2026-11-21' }, calls: 1 })
  })

  test('counts neither unanswered calls nor calls in conversation', async () => {
    await stack.end(await stack.startedCall())
    await stack.answeredCall()
    t.clock.advance(MINUTE_MS)
    expect((await readRange()).body).toMatchObject({ total: credits(0), calls: 0, exportRows: 0 })
  })

  test('lists every agent, and archived ones if they have calls', async () => {
    const add = async (name: string) => {
      const body = { name, language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' }
      return (await stack.ask('POST', '/v1/agents', { body })).body.id
    }
    const [used, unused] = [await add('Used'), await add('Unused')]
    const talk = async (agentId: string, ms: number) => {
      const callId = await stack.startedCall({ agentId })
      await stack.answer(callId, t.clock.now() - ms)
      await stack.end(callId)
    }
    await talk(used, 2 * MINUTE_MS)
    await talk(stack.agentId, MINUTE_MS)
    await stack.ask('DELETE', `/v1/agents/${used}`)
    await stack.ask('DELETE', `/v1/agents/${unused}`)
    const idle = await add('Idle')
    expect((await readRange()).body.agents).toMatchObject([
      { agentId: used, name: 'Used', archived: true, total: credits(2) },
      { agentId: stack.agentId, archived: false, total: credits(1) },
      { agentId: idle, archived: false, total: credits(0), calls: 0 },
    ])
    expect((await readRange(`?agentId=${used}`)).body).toMatchObject({
      agentId: used,
      total: credits(2),
      agents: [{ agentId: used }],
    })
  })

  test('too long for a chart of days has weeks or months in it, and still lists the days', async () => {
    await stack.talk(MINUTE_MS)
    type Long = { days: unknown[]; chart: { unit: string; buckets: { from: string; to: string }[] } }
    const weeks = (await readRange('?from=2025-11-03&to=2026-11-22')).body as unknown as Long
    expect([weeks.days.length, weeks.chart.unit, weeks.chart.buckets.length]).toEqual([385, 'week', 55])
    expect(weeks.chart.buckets.at(-1)).toEqual({
      from: '2026-11-16',
      to: '2026-11-22',
      total: credits(1),
      calls: 1,
    })
    const months = (await readRange('?from=2016-12-15&to=2026-11-22')).body as unknown as Long
    expect([months.chart.unit, months.chart.buckets.length]).toEqual(['month', 120])
    expect(months.chart.buckets[0]).toMatchObject({ from: '2016-12-15', to: '2016-12-31' })
  })

  test.each([
    ['an unknown preset', '?preset=last_2_days', '/preset', 'must be one of last_30_days'],
    [
      'a preset and dates',
      '?preset=all&from=2026-01-01&to=2026-02-01',
      '/preset',
      'either as "preset" or as',
    ],
    ['a date that does not exist', '?from=2026-02-30&to=2026-03-01', '/from', 'must be a local date'],
    ['an instant', '?from=2026-02-01&to=2026-03-01T00:00:00Z', '/to', 'must be a local date'],
    ['only a first day', '?from=2026-02-01', '/to', '"to" is missing'],
    ['only a last day', '?to=2026-02-01', '/from', '"from" is missing'],
    ['a last day before the first', '?from=2026-02-02&to=2026-02-01', '/to', 'must not be before "from"'],
    ['a first day in another millennium', '?from=1999-12-31&to=2026-01-01', '/from', '2000-01-01'],
    [
      'the last day of the calendar',
      '?from=2999-12-31&to=9999-12-31',
      '/to',
      '"to" must be a date from 1970-01-01 to 2999-12-31',
    ],
    ['more than ten years', '?from=2010-01-01&to=2026-01-01', '/to', 'at most 3,660 days'],
  ])('400: %s', async (_what, query, pointer, sentence) => {
    for (const path of ['range', 'export.csv']) {
      const { status, body } = await stack.ask('GET', `/v1/usage/${path}${query}`)
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ pointer, detail: expect.stringContaining(sentence) }] },
      })
    }
  })

  test.each(['agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c', 'me', 'call_0199c3a87e4d7aa1b1f3a06a5a0f7b1c', '%00'])(
    '404: the unknown agent %s',
    async (id) => {
      for (const path of ['range', 'export.csv']) {
        const { status, body } = await stack.ask('GET', `/v1/usage/${path}?agentId=${id}`)
        expect({ status, body }).toMatchObject({ status: id === '%00' ? 400 : 404 })
      }
    },
  )
})

describe.each(['summary', 'range', 'export.csv'])('/v1/usage/%s', (path) => {
  const url = `/v1/usage/${path}`

  test('404: another workspace, and its agents', async () => {
    const stranger = await connectVoiceStack(t)
    await stranger.talk(MINUTE_MS)
    const asked = await stack.ask('GET', url, { workspace: stranger.workspaceId })
    expect(asked.status).toBe(404)
    expect((await stack.ask('GET', `/v1/usage/range?agentId=${stranger.agentId}`)).status).toBe(404)
    const person = await t.signUp()
    const foreign = { cookie: person.cookie, workspace: stranger.workspaceId }
    expect((await t.request('GET', url, foreign)).status).toBe(404)
  })

  test('401: without a key', async () => {
    expect((await t.request('GET', url)).status).toBe(401)
  })

  test('200: a member, and an operator that names the workspace', async () => {
    const person = await t.signUp()
    const workspaceId = uuidFrom('workspace', stack.workspaceId) ?? ''
    const member = { workspaceId, userId: uuidFrom('user', person.userId) ?? '', role: 'member' as const }
    await t.database.transaction((tx) => addMember(tx, member, t.clock.now()))
    const asMember = { cookie: person.cookie, workspace: stack.workspaceId }
    expect((await t.request('GET', url, asMember)).status).toBe(200)
    const asOperator = { key: t.operatorKey, workspace: stack.workspaceId }
    expect((await t.request('GET', url, asOperator)).status).toBe(200)
    expect((await t.request('GET', url, { key: t.operatorKey })).status).toBe(400)
  })
})

test('"Recent transactions" have the balance after each, the newest first', async () => {
  await stack.talk(90_000)
  await stack.granted({ credits: 5 })
  const { body } = await stack.ask('GET', '/v1/transactions?limit=2')
  expect(body.data).toMatchObject([
    { kind: 'promotional', amount: credits(5), balanceAfter: credits(1003.5) },
    { kind: 'call', amount: milliseconds(-90_000), balanceAfter: credits(998.5) },
  ])
})
