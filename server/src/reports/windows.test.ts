import { DAY_MS, HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'
import { virtualClock } from '../platform/clock.ts'
import { newUuid } from '../platform/ids.ts'
import { uuidFrom } from '../public-ids.ts'

type Summed = { readonly total: { readonly milliseconds: number }; readonly calls: number }
type Range = Summed & {
  readonly asOf: string
  readonly window: { preset: string; from: string; to: string; timeZone: string }
  readonly days: readonly (Summed & { readonly date: string })[]
  readonly agents: readonly (Summed & { readonly agentId: string })[]
  readonly chart: { readonly buckets: readonly Summed[] }
  readonly previous: (Summed & { readonly from: string; readonly to: string }) | null
  readonly cost: Record<'bought' | 'free' | 'unknown' | 'unpaid', { readonly milliseconds: number }>
  readonly exportRows: number
}

/** A call, and the local date on which it ended, which is not computed by the product's code. */
type Call = { date: string; agentId: string; ms: number }

/** Reads all calls whose conversation has ended, one by one. */
async function readCalls(t: TestApp, stack: VoiceStack, timeZone: string): Promise<Call[]> {
  const { rows } = await t.database.query<{ agentId: string; answered: number | null; ended: number | null }>(
    `select agent_id as "agentId", answered_at_ms as answered, ended_at_ms as ended from calls where workspace_id = $1`,
    [uuidFrom('workspace', stack.workspaceId)],
  )
  const date = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return rows.flatMap(({ agentId, answered, ended }) =>
    answered === null || ended === null
      ? []
      : [{ date: date.format(ended), agentId, ms: Math.max(0, ended - answered) }],
  )
}

const sumCalls = (calls: readonly Call[]) => calls.reduce((sum, { ms }) => sum + ms, 0)
const sumMilliseconds = (parts: readonly Summed[]) =>
  parts.reduce((sum, { total }) => sum + total.milliseconds, 0)
const sumCounts = (parts: readonly Summed[]) => parts.reduce((sum, { calls }) => sum + calls, 0)

/** Makes calls that end at these instants. Some are long, some unanswered, and all are reported late. */
async function makeHistory(
  t: TestApp,
  stack: VoiceStack,
  instants: readonly number[],
  untilMs: number,
): Promise<void> {
  const workspaceId = uuidFrom('workspace', stack.workspaceId) ?? ''
  const agents = [stack.agentId, await addAgent(stack), await addAgent(stack)].map(
    (id) => uuidFrom('agent', id) ?? '',
  )
  for (const [index, endsAtMs] of [...instants].sort((a, b) => a - b).entries()) {
    const callId = newUuid(endsAtMs)
    const target = { callId }
    const lengthMs = 1 + ((index * 7_919) % (25 * MINUTE_MS))
    // Up to 20 hours late.
    const reportedAtMs = Math.min(untilMs, endsAtMs + ((index * 104_729) % (20 * HOUR_MS)))
    t.clock.set(Math.max(t.clock.now(), reportedAtMs))
    await t.app.ledger.catchUpIfDue(workspaceId)
    await t.app.engine.submitBatch([
      {
        type: 'start',
        workspaceId,
        callId,
        agentId: agents[index % 3] ?? '',
        direction: 'inbound',
        from: null,
        to: null,
        externalId: null,
        atMs: endsAtMs - lengthMs,
      },
      ...(index % 11 === 5
        ? []
        : [{ type: 'answer', by: 'workspace', workspaceId, target, atMs: endsAtMs - lengthMs } as const]),
      { type: 'end', by: 'workspace', workspaceId, target, atMs: endsAtMs, reason: null },
    ])
  }
}

async function addAgent(stack: VoiceStack): Promise<string> {
  const body = { name: 'Another', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' }
  return (await stack.ask('POST', '/v1/agents', { body })).body.id
}

/** Lists instants a millisecond to 90 minutes around an instant. */
const listAround = (atMs: number) =>
  [-90 * MINUTE_MS, -HOUR_MS, -1, 0, 1, 30 * MINUTE_MS, 90 * MINUTE_MS].map((offMs) => atMs + offMs)

const parseLocal = (text: string, timeZone: string) =>
  Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds

const scenarios = [
  {
    timeZone: 'Asia/Kolkata',
    now: '2026-07-31T23:59:30',
    midnights: [
      '2026-07-02',
      '2026-05-01',
      '2026-04-30',
      '2026-02-01',
      '2026-01-31',
      '2026-07-31',
      '2026-08-01',
      '2025-08-01',
    ],
    windows: [
      ['preset=last_30_days', '2026-07-02', '2026-07-31'],
      ['preset=last_3_months', '2026-05-01', '2026-07-31'],
      ['preset=last_6_months', '2026-02-01', '2026-07-31'],
      ['preset=last_12_months', '2025-08-01', '2026-07-31'],
      ['preset=all', '2025-07-16', '2026-07-31'],
      ['from=2026-01-31&to=2026-01-31', '2026-01-31', '2026-01-31'],
      ['from=2026-02-01&to=2026-04-30', '2026-02-01', '2026-04-30'],
    ],
  },
  {
    // Over both changes of its clock: 8 March and 1 November 2026.
    timeZone: 'America/New_York',
    now: '2026-11-30T00:10:00',
    midnights: [
      '2026-03-08',
      '2026-03-09',
      '2026-11-01',
      '2026-11-02',
      '2026-08-31',
      '2026-06-01',
      '2026-11-30',
      '2025-12-01',
    ],
    windows: [
      ['', '2026-11-01', '2026-11-30'],
      ['preset=last_3_months', '2026-08-31', '2026-11-30'],
      ['preset=last_6_months', '2026-05-31', '2026-11-30'],
      ['preset=last_12_months', '2025-12-01', '2026-11-30'],
      ['preset=all', '2025-11-15', '2026-11-30'],
      ['from=2026-03-08&to=2026-03-08', '2026-03-08', '2026-03-08'],
      ['from=2026-11-01&to=2026-11-01', '2026-11-01', '2026-11-01'],
      ['from=2026-03-08&to=2026-11-01', '2026-03-08', '2026-11-01'],
    ],
  },
  {
    // It left out 30 December 2011.
    timeZone: 'Pacific/Apia',
    now: '2012-01-28T12:00:00',
    midnights: [
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
      '2011-10-29',
      '2011-07-29',
      '2012-01-28',
      '2011-09-24',
    ],
    windows: [
      ['preset=last_30_days', '2011-12-30', '2012-01-28'],
      ['preset=last_3_months', '2011-10-29', '2012-01-28'],
      ['preset=last_6_months', '2011-07-29', '2012-01-28'],
      ['preset=last_12_months', '2011-01-29', '2012-01-28'],
      ['preset=all', '2011-01-12', '2012-01-28'],
      ['from=2011-12-29&to=2011-12-31', '2011-12-29', '2011-12-31'],
      ['from=2011-12-30&to=2011-12-30', '2011-12-30', '2011-12-30'],
    ],
  },
] as const

describe.each(scenarios)('in $timeZone', ({ timeZone, now, midnights, windows }) => {
  test('every window’s total is the sum of its days, agents, chart, file, and calls', async () => {
    const nowMs = parseLocal(now, timeZone)
    const startsAtMs = nowMs - 380 * DAY_MS
    const clock = virtualClock(startsAtMs)
    const t = await testApp({ clock })
    try {
      const stack = await connectVoiceStack(t, { timeZone, planId: 'scale' })
      const aroundMidnights = midnights.flatMap((date) => listAround(parseLocal(`${date}T00:00`, timeZone)))
      const anywhere = Array.from(
        { length: 90 },
        (_, index) => startsAtMs + DAY_MS + index * 4.2 * DAY_MS + index * 777_777,
      )
      const ended = [...aroundMidnights, ...anywhere].filter(
        (atMs) => atMs > startsAtMs + DAY_MS && atMs < nowMs - 5 * MINUTE_MS,
      )
      await makeHistory(t, stack, ended.map(Math.floor), nowMs)
      clock.set(nowMs)
      const calls = await readCalls(t, stack, timeZone)
      expect(calls.length).toBeGreaterThan(100)
      const agentIds = new Set(calls.map(({ agentId }) => agentId))
      for (const [query, from, to] of windows) {
        await expectAgreement({ stack, query, from, to, timeZone, calls })
        const [agentId = ''] = agentIds
        const ofAgent = `${query}&agentId=agt_${agentId.replaceAll('-', '')}`
        const own = calls.filter((call) => call.agentId === agentId)
        await expectAgreement({ stack, query: ofAgent, from, to, timeZone, calls: own })
      }
    } finally {
      await closeInOrder(t)
    }
  })
})

async function expectAgreement(of: {
  stack: VoiceStack
  query: string
  from: string
  to: string
  timeZone: string
  calls: readonly Call[]
}): Promise<void> {
  const { stack, query, from, to, timeZone, calls } = of
  const { status, body } = await stack.ask<Range>('GET', `/v1/usage/range?${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.window).toMatchObject({ from, to, timeZone })
  const within = calls.filter(({ date }) => date >= from && date <= to)
  expect(body.total.milliseconds, query).toBe(sumCalls(within))
  expect([body.calls, body.exportRows]).toEqual([within.length, within.length])
  for (const parts of [body.days, body.agents, body.chart.buckets]) {
    expect([sumMilliseconds(parts), sumCounts(parts)]).toEqual([sumCalls(within), within.length])
  }
  for (const day of body.days) {
    expect(day.total.milliseconds, day.date).toBe(sumCalls(within.filter(({ date }) => date === day.date)))
  }
  expect(body.days.map(({ date }) => date)).toEqual([...body.days.map(({ date }) => date)].sort())
  for (const agent of body.agents) {
    const own = within.filter(({ agentId }) => agent.agentId === `agt_${agentId.replaceAll('-', '')}`)
    expect([agent.total.milliseconds, agent.calls]).toEqual([sumCalls(own), own.length])
  }
  const highest = body.agents.map(({ total }) => total.milliseconds)
  expect(highest).toEqual([...highest].sort((a, b) => b - a))
  if (body.previous !== null) {
    const before = calls.filter(
      ({ date }) => date >= (body.previous?.from ?? '') && date <= (body.previous?.to ?? ''),
    )
    expect([body.previous.total.milliseconds, body.previous.calls]).toEqual([sumCalls(before), before.length])
  }
  const { bought, free, unknown, unpaid } = body.cost
  expect([bought, free, unknown, unpaid].reduce((sum, part) => sum + part.milliseconds, 0)).toBe(
    sumCalls(within),
  )
  const file = await stack.ask('GET', `/v1/usage/export.csv?${query}`)
  const lines = parse(file.text, { columns: true }) as Record<string, string>[]
  expect(lines).toHaveLength(within.length)
  expect(lines.reduce((sum, line) => sum + Number(line.duration_ms), 0)).toBe(sumCalls(within))
  expect(lines.map(({ ended_at }) => ended_at)).toEqual(lines.map(({ ended_at }) => ended_at).sort())
}
