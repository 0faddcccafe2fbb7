import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'
import { virtualClock } from '../platform/clock.ts'
import { newUuid } from '../platform/ids.ts'
import { uuidFrom } from '../public-ids.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

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

/** A call as the table has it, and the local date on which it ended by another way than the product's. */
type Call = { date: string; agentId: string; ms: number }

/** All calls with a conversation that is over, looked at one by one. */
async function slowly(t: TestApp, stack: VoiceStack, timeZone: string): Promise<Call[]> {
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

const sumOf = (calls: readonly Call[]) => calls.reduce((sum, { ms }) => sum + ms, 0)
const milliseconds = (parts: readonly Summed[]) =>
  parts.reduce((sum, { total }) => sum + total.milliseconds, 0)
const counted = (parts: readonly Summed[]) => parts.reduce((sum, { calls }) => sum + calls, 0)

/** A year of calls: around every midnight that matters, and anywhere; some long, some lost, some without an answer. */
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
    const lengthMs = 1 + ((index * 7_919) % (25 * minuteMs))
    // Reported up to 20 hours late.
    const reportedAtMs = Math.min(untilMs, endsAtMs + ((index * 104_729) % (20 * hourMs)))
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
        : [{ type: 'answer', workspaceId, target, atMs: endsAtMs - lengthMs } as const]),
      { type: 'end', workspaceId, target, atMs: endsAtMs, reason: null },
    ])
  }
}

async function addAgent(stack: VoiceStack): Promise<string> {
  const body = { name: 'Another', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' }
  return (await stack.ask('POST', '/v1/agents', { body })).body.id
}

/** Instants a few milliseconds to hours around others. */
const around = (atMs: number) =>
  [-90 * minuteMs, -hourMs, -1, 0, 1, 30 * minuteMs, 90 * minuteMs].map((offMs) => atMs + offMs)

const local = (text: string, timeZone: string) =>
  Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds

const scenes = [
  {
    timeZone: 'Asia/Kolkata',
    now: '2026-07-31T23:59:30',
    turns: [
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
    turns: [
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
    turns: ['2011-12-29', '2011-12-31', '2012-01-01', '2011-10-29', '2011-07-29', '2012-01-28', '2011-09-24'],
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

describe.each(scenes)('in $timeZone, of every window', ({ timeZone, now, turns, windows }) => {
  test('the total is that of its days, its agents, its chart and its file, and of the calls themselves', async () => {
    const nowMs = local(now, timeZone)
    const startsAtMs = nowMs - 380 * dayMs
    const clock = virtualClock(startsAtMs)
    const t = await testApp({ clock })
    try {
      const stack = await connectVoiceStack(t, { timeZone, planId: 'scale' })
      const midnights = turns.flatMap((date) => around(local(`${date}T00:00`, timeZone)))
      const anywhere = Array.from(
        { length: 90 },
        (_, index) => startsAtMs + dayMs + index * 4.2 * dayMs + index * 777_777,
      )
      const ended = [...midnights, ...anywhere].filter(
        (atMs) => atMs > startsAtMs + dayMs && atMs < nowMs - 5 * minuteMs,
      )
      await makeHistory(t, stack, ended.map(Math.floor), nowMs)
      clock.set(nowMs)
      const calls = await slowly(t, stack, timeZone)
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
  expect(body.total.milliseconds, query).toBe(sumOf(within))
  expect([body.calls, body.exportRows]).toEqual([within.length, within.length])
  for (const parts of [body.days, body.agents, body.chart.buckets]) {
    expect([milliseconds(parts), counted(parts)]).toEqual([sumOf(within), within.length])
  }
  for (const day of body.days) {
    expect(day.total.milliseconds, day.date).toBe(sumOf(within.filter(({ date }) => date === day.date)))
  }
  expect(body.days.map(({ date }) => date)).toEqual([...body.days.map(({ date }) => date)].sort())
  for (const agent of body.agents) {
    const own = within.filter(({ agentId }) => agent.agentId === `agt_${agentId.replaceAll('-', '')}`)
    expect([agent.total.milliseconds, agent.calls]).toEqual([sumOf(own), own.length])
  }
  const highest = body.agents.map(({ total }) => total.milliseconds)
  expect(highest).toEqual([...highest].sort((a, b) => b - a))
  if (body.previous !== null) {
    const before = calls.filter(
      ({ date }) => date >= (body.previous?.from ?? '') && date <= (body.previous?.to ?? ''),
    )
    expect([body.previous.total.milliseconds, body.previous.calls]).toEqual([sumOf(before), before.length])
  }
  const { bought, free, unknown, unpaid } = body.cost
  expect([bought, free, unknown, unpaid].reduce((sum, part) => sum + part.milliseconds, 0)).toBe(
    sumOf(within),
  )
  const file = await stack.ask('GET', `/v1/usage/export.csv?${query}`)
  const lines = parse(file.text, { columns: true }) as Record<string, string>[]
  expect(lines).toHaveLength(within.length)
  expect(lines.reduce((sum, line) => sum + Number(line.duration_ms), 0)).toBe(sumOf(within))
  expect(lines.map(({ ended_at }) => ended_at)).toEqual(lines.map(({ ended_at }) => ended_at).sort())
}
