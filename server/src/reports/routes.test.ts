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

const minuteMs = 60_000

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

const range = (query = '') => stack.ask('GET', `/v1/usage/range${query}`)
const summary = () => stack.ask('GET', '/v1/usage/summary')

describe('the summary', () => {
  test('has this month, today, the live balance and the part of the budget that is used', async () => {
    await stack.talk(90_000)
    await stack.ask('PATCH', '/v1/workspace', { body: { monthlyBudgetCredits: 30 } })
    await stack.answeredCall()
    t.clock.advance(minuteMs)
    const { status, body } = await summary()
    expect(status).toBe(200)
    expect(body).toEqual({
      asOf: '2026-11-22T10:01:00.000Z',
      timeZone: 'Europe/Berlin',
      monthly: { ...credits(1.5), calls: 1, from: '2026-11-01', to: '2026-11-30' },
      daily: { ...credits(1.5), calls: 1, date: '2026-11-22' },
      balance: credits(1000 - 1.5 - 1),
      liveCalls: 1,
      budget: { credits: 30, milliseconds: 30 * minuteMs, source: 'workspace', percent: 5 },
      lastUsedAt: '2026-11-22T10:00:00.000Z',
    })
  })

  test('takes the plan’s credits for the budget where none is set', async () => {
    await stack.talk(250 * minuteMs)
    expect((await summary()).body).toMatchObject({ budget: { credits: 1000, source: 'plan', percent: 25 } })
  })

  test('begins months and days where the workspace is', async () => {
    t.clock.set(Date.parse('2026-11-30T22:59:00Z'))
    await stack.talk(minuteMs)
    t.clock.set(Date.parse('2026-11-30T23:00:00Z'))
    expect((await summary()).body).toMatchObject({
      monthly: { ...credits(0), from: '2026-12-01', to: '2026-12-31' },
      daily: { ...credits(0), date: '2026-12-01' },
      lastUsedAt: '2026-11-30T22:59:00.000Z',
    })
  })

  test('of a workspace that nobody has called', async () => {
    expect((await summary()).body).toMatchObject({
      monthly: { milliseconds: 0, calls: 0 },
      budget: { percent: 0 },
      lastUsedAt: null,
    })
  })

  test('says 100 % when all of the budget is used, and not before', async () => {
    await stack.ask('PATCH', '/v1/workspace', { body: { monthlyBudgetCredits: 10 } })
    await stack.talk(10 * minuteMs - 1)
    expect((await summary()).body).toMatchObject({ budget: { percent: 99.99 } })
    await stack.talk(1)
    expect((await summary()).body).toMatchObject({ budget: { percent: 100 } })
  })
})

describe('a range', () => {
  test('is of the last 30 days unless told', async () => {
    await stack.talk(minuteMs)
    const { status, body } = await range()
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

  test('of all begins on the day of the first transaction', async () => {
    t.clock.advance(40 * 24 * 60 * minuteMs)
    await stack.talk(minuteMs)
    expect((await range('?preset=all')).body).toMatchObject({
      window: { preset: 'all', from: '2026-11-22', to: '2027-01-01' },
      previous: null,
    })
  })

  test('of all begins with a call that was reported late, before anything was written', async () => {
    const callId = await stack.startedCall()
    const endedAtMs = t.clock.now() - 20 * 60 * minuteMs
    await stack.answer(callId, endedAtMs - minuteMs)
    await stack.end(callId, endedAtMs)
    expect((await range('?preset=all')).body).toMatchObject({ window: { from: '2026-11-21' }, calls: 1 })
  })

  test('counts neither refused nor unanswered calls, nor calls that are not over', async () => {
    await stack.end(await stack.startedCall())
    await stack.answeredCall()
    t.clock.advance(minuteMs)
    expect((await range()).body).toMatchObject({ total: credits(0), calls: 0, exportRows: 0 })
  })

  test('names every agent, the archived as far as they were used', async () => {
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
    await talk(used, 2 * minuteMs)
    await talk(stack.agentId, minuteMs)
    await stack.ask('DELETE', `/v1/agents/${used}`)
    await stack.ask('DELETE', `/v1/agents/${unused}`)
    const idle = await add('Idle')
    expect((await range()).body.agents).toMatchObject([
      { agentId: used, name: 'Used', archived: true, total: credits(2) },
      { agentId: stack.agentId, archived: false, total: credits(1) },
      { agentId: idle, archived: false, total: credits(0), calls: 0 },
    ])
    expect((await range(`?agentId=${used}`)).body).toMatchObject({
      agentId: used,
      total: credits(2),
      agents: [{ agentId: used }],
    })
  })

  test('longer than a chart is wide has weeks or months for it, and days all the same', async () => {
    await stack.talk(minuteMs)
    type Long = { days: unknown[]; chart: { unit: string; buckets: { from: string; to: string }[] } }
    const weeks = (await range('?from=2025-11-03&to=2026-11-22')).body as unknown as Long
    expect([weeks.days.length, weeks.chart.unit, weeks.chart.buckets.length]).toEqual([385, 'week', 55])
    expect(weeks.chart.buckets.at(-1)).toEqual({
      from: '2026-11-16',
      to: '2026-11-22',
      total: credits(1),
      calls: 1,
    })
    const months = (await range('?from=2016-12-15&to=2026-11-22')).body as unknown as Long
    expect([months.chart.unit, months.chart.buckets.length]).toEqual(['month', 120])
    expect(months.chart.buckets[0]).toMatchObject({ from: '2016-12-15', to: '2016-12-31' })
  })

  test.each([
    ['a preset that there is none of', '?preset=last_2_days', '/preset', 'must be one of last_30_days'],
    [
      'a preset and dates',
      '?preset=all&from=2026-01-01&to=2026-02-01',
      '/preset',
      'either as "preset" or as',
    ],
    ['a date that there is none of', '?from=2026-02-30&to=2026-03-01', '/from', 'must be a local date'],
    ['an instant', '?from=2026-02-01&to=2026-03-01T00:00:00Z', '/to', 'must be a local date'],
    ['only a beginning', '?from=2026-02-01', '/to', '"to" is missing'],
    ['only an end', '?to=2026-02-01', '/from', '"from" is missing'],
    ['an end before the beginning', '?from=2026-02-02&to=2026-02-01', '/to', 'must not lie before "from"'],
    ['a beginning in another millennium', '?from=1999-12-31&to=2026-01-01', '/from', '2000-01-01'],
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
    '404: the agent %s',
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

  test('404: of another workspace, and its agents', async () => {
    const stranger = await connectVoiceStack(t)
    await stranger.talk(minuteMs)
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

  test('200: a member looks, and an operator names the workspace', async () => {
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
