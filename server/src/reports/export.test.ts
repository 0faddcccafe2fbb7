import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { MINUTE_MS } from '@talktime/core/time/durations'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'
import { lockWorkspaces, post, writeUnits } from '../ledger/index.ts'
import { newUuid } from '../platform/ids.ts'
import { uuidFrom } from '../public-ids.ts'

let t: TestApp
let stack: VoiceStack
beforeEach(async () => {
  t = await testApp()
  stack = await connectVoiceStack(t, { timeZone: 'America/New_York', name: 'Ötzi & Söhne, Inc.' })
})
afterEach(() => closeInOrder(t))

const EXPORT_PATH = '/v1/usage/export.csv'

async function readLines(query = ''): Promise<Record<string, string>[]> {
  return parse((await stack.ask('GET', `${EXPORT_PATH}${query}`)).text, { columns: true })
}

describe('the file', () => {
  test('has a line for each call, with what the call used and cost', async () => {
    const callId = await stack.startedCall({ direction: 'outbound', from: '+4930901820', to: '+14155550100' })
    t.clock.advance(2_345)
    await stack.answer(callId)
    t.clock.advance(90_001)
    await stack.end(callId)
    const { status, headers, text } = await stack.ask('GET', EXPORT_PATH)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition':
        'attachment; filename="otzi-sohne-inc-usage-2026-10-24-to-2026-11-22-America-New_York.csv"',
      'talktime-as-of': '2026-11-22T10:01:32.346Z',
      'talktime-rows': '1',
      'talktime-total-milliseconds': '90001',
      'cache-control': 'no-store',
    })
    expect(text).toBe(
      'call_id,started_at,answered_at,ended_at,time_zone,direction,agent_id,agent_name,from,to,campaign_id,duration_ms,credits,cost,currency,unpriced_ms\n' +
        `${callId},2026-11-22T10:00:00.000Z,2026-11-22T10:00:02.345Z,2026-11-22T10:01:32.346Z,America/New_York,outbound,` +
        `${stack.agentId},Reception,+4930901820,+14155550100,,90001,${90_001 / 60_000},0.148502,USD,0\n`,
    )
  })

  test('is its header alone if no call counts', async () => {
    await stack.end(await stack.startedCall())
    const { text } = await stack.ask('GET', EXPORT_PATH)
    expect(text.split('\n')).toHaveLength(2)
    expect(text).toMatch(/^call_id,.*,unpriced_ms\n$/)
  })

  test.each([
    ['+4930901820', '+4930901820'],
    ['+1+cmd', "'+1+cmd"],
    ['=1+1', "'=1+1"],
    ['@here', "'@here"],
    ['-1', "'-1"],
    ['\t=1', "'\t=1"],
    ['+', "'+"],
    ['+1234567890123456', "'+1234567890123456"],
    ['sip:ada@example.com;x="1,2"', 'sip:ada@example.com;x="1,2"'],
    ['line\nbreak', 'line\nbreak'],
    ['Zoë 🎧', 'Zoë 🎧'],
    ['007', '007'],
    ['anonymous', 'anonymous'],
  ])('shows the caller %j in a spreadsheet as the text %j', async (from, cell) => {
    const callId = await stack.startedCall({ from })
    await stack.answer(callId)
    await stack.end(callId)
    expect(await readLines()).toMatchObject([
      { from: cell, to: '', duration_ms: '0', credits: '0', cost: '0' },
    ])
  })

  test('has agent names that no spreadsheet takes for a formula', async () => {
    const body = { name: '=HYPERLINK("http://x","y")' }
    await stack.ask('PATCH', `/v1/agents/${stack.agentId}`, { body })
    await stack.talk(MINUTE_MS)
    expect(await readLines()).toMatchObject([{ agent_name: `'=HYPERLINK("http://x","y")` }])
  })

  test('can be downloaded by a link that names the workspace', async () => {
    await stack.talk(MINUTE_MS)
    const asOperator = { key: t.operatorKey }
    const link = `${EXPORT_PATH}?workspaceId=${stack.workspaceId}`
    expect((await t.request('GET', link, asOperator)).text.trimEnd().split('\n')).toHaveLength(2)
    const other = await t.addWorkspace()
    expect((await t.request('GET', link, { key: other.key })).status).toBe(404)
  })

  test('shows one moment while calls go on', async () => {
    await stack.granted({ credits: 10_000 })
    await insertCalls(5_000)
    const talking = Array.from({ length: 30 }, () => stack.talk(MINUTE_MS))
    const files = await Promise.all(Array.from({ length: 3 }, () => stack.ask('GET', EXPORT_PATH)))
    for (const { text, headers } of files) {
      const lines = parse(text, { columns: true }) as Record<string, string>[]
      expect(lines).toHaveLength(Number(headers['talktime-rows']))
      const sumMs = lines.reduce((sum, line) => sum + Number(line.duration_ms), 0)
      expect(sumMs).toBe(Number(headers['talktime-total-milliseconds']))
    }
    await Promise.all(talking)
  })
})

/** Inserts calls whose file is larger than all buffers of a connection. */
const insertLongFile = () => insertCalls(25_000, `sip:${'a'.repeat(250)}`)

/** Inserts `count` calls of a minute as the engine would have. */
async function insertCalls(count: number, number = '+4930901820'): Promise<void> {
  const workspaceId = uuidFrom('workspace', stack.workspaceId) ?? ''
  const agentId = uuidFrom('agent', stack.agentId) ?? ''
  const endedAtMs = t.clock.now()
  await t.database.transaction(async (tx) => {
    const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
    if (unit === undefined) throw new Error('The workspace has a line')
    const charge = { kind: 'call', amountMs: -MINUTE_MS, atMs: endedAtMs, draws: true } as const
    const entries = Array.from({ length: count }, () =>
      post(unit, { ...charge, callId: newUuid(endedAtMs) }, endedAtMs),
    )
    await tx.query(
      `insert into calls (workspace_id, id, agent_id, direction, from_number, to_number, status, authorized_at_ms, answered_at_ms,
                          ended_at_ms, end_source, max_duration_ms, settled_ms, entry_seqs, drawn_from_ms)
       select $1, unnest($4::uuid[]), $2, 'inbound', $6, $6, 'ended', $3::bigint - 60000, $3::bigint - 60000,
              $3, 'reported', 3600000, 60000, array[unnest($5::bigint[])], unnest($7::bigint[])`,
      [
        workspaceId,
        agentId,
        endedAtMs,
        entries.map(({ callId }) => callId),
        entries.map(({ seq }) => seq),
        number,
        entries.map(({ drawnAfterMs }) => drawnAfterMs - MINUTE_MS),
      ],
    )
    await tx.query(
      `insert into usage_days (workspace_id, time_zone, day, agent_id, calls, used_ms, drawn_from_ms, drawn_to_ms)
       values ($1, 'America/New_York', '2026-11-22', $2, $3, $3 * 60000::bigint, 0, $3 * 60000::bigint)`,
      [workspaceId, agentId, count],
    )
    await writeUnits(tx, [unit], endedAtMs)
  })
}

describe('a client', () => {
  /** Requests a file over the network, and reads its headers only. */
  async function request(): Promise<IncomingMessage> {
    address ??= await t.app.listen()
    return new Promise((resolve, reject) => {
      get(`${address}${EXPORT_PATH}`, { headers: { authorization: `Bearer ${stack.key}` } }, resolve).on(
        'error',
        reject,
      )
    })
  }
  let address: string | undefined
  beforeEach(() => {
    address = undefined
  })

  async function countRunningQueries(): Promise<number> {
    const { rowCount } = await t.database.query(
      `select from pg_stat_activity where datname = current_database() and query like '%copy (select%' and pid <> pg_backend_pid()`,
    )
    return rowCount ?? 0
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 1_000; tries += 1) if (await condition()) return
    expect(await condition()).toBe(true)
  }

  test('that reads slowly makes the database wait, and one that leaves ends the query', async () => {
    await insertLongFile()
    const answer = await request()
    await until(async () => (await countRunningQueries()) === 1)
    answer.destroy()
    await until(async () => (await countRunningQueries()) === 0)
    // Its place among the exports is free again.
    for (let files = 0; files < 6; files += 1)
      expect((await stack.ask('GET', `${EXPORT_PATH}?preset=all`)).status).toBe(200)
  })

  test('429: that asks while three files of its workspace are being read must retry, and another one does not', async () => {
    await insertLongFile()
    const answers = await Promise.all([request(), request(), request()])
    const { status, body } = await stack.ask('GET', EXPORT_PATH)
    expect({ status, body }).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    const other = await connectVoiceStack(t)
    expect((await other.ask('GET', EXPORT_PATH)).status).toBe(200)
    for (const answer of answers) answer.destroy()
    await until(async () => (await countRunningQueries()) === 0)
    expect((await stack.ask('GET', EXPORT_PATH)).status).toBe(200)
  })

  test('that accepts nothing for too long is disconnected, although it keeps its connection open', async () => {
    await insertLongFile()
    const impatient = await t.addProcess({ exportStalledMsMax: 200 })
    address = await impatient.app.listen()
    const answer = await request()
    const aborted = once(answer, 'error')
    await until(async () => (await countRunningQueries()) === 1)
    await until(async () => (await countRunningQueries()) === 0)
    answer.resume()
    await aborted
    expect(answer.complete).toBe(false)
    // A client that reads on gets the whole file.
    const whole = await stack.ask('GET', EXPORT_PATH)
    expect(whole.text.trimEnd().split('\n')).toHaveLength(25_001)
  })

  test('notices when a file breaks off, because it has no end', async () => {
    await insertLongFile()
    const answer = await request()
    await until(async () => (await countRunningQueries()) === 1)
    const { rowCount } = await t.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'active'
       and query like '%copy (select%' and pid <> pg_backend_pid()`,
    )
    expect(rowCount).toBe(1)
    const read = async () => {
      for await (const _ of answer);
    }
    await expect(read()).rejects.toThrow()
    expect(answer.complete).toBe(false)
  })
})

test('500: a file that does not add up to what the screen shows', async () => {
  await stack.talk(MINUTE_MS)
  await t.database.query('update usage_days set used_ms = used_ms + 1')
  const { status, body, headers } = await stack.ask('GET', EXPORT_PATH)
  expect({ status, body }).toMatchObject({ status: 500, body: { code: 'internal' } })
  expect(headers['content-disposition']).toBeUndefined()
  await t.database.query('update usage_days set used_ms = used_ms - 1')
})
