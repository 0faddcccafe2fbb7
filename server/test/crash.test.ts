import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../src/access/index.ts'
import type { CallResponse } from '../src/calls/response-schemas.ts'
import { readSettings } from '../src/config.ts'
import { connectToDatabase } from '../src/platform/database/connect.ts'
import type { Database } from '../src/platform/database/database.ts'
import { publicId } from '../src/public-ids.ts'
import { connectHttp, type HttpClient } from './http-client.ts'
import { isRunning, type RunningServer, startServer, until } from './start-server.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { instant, newAgent } from './voice-stack.ts'
import { verifyAll } from './world.ts'

// The real server and its PostgreSQL are killed while 32 connections make calls.

const CONNECTIONS = 32
let folder: { path: string; remove(): Promise<void> }
let server: RunningServer
let key: string
let workspaceId: string
let agentId: string

/** The server's last response about each call, by the voice stack's ID of the call. */
const answered = new Map<string, CallResponse>()
/** The grants that the server confirmed, in milliseconds, by Idempotency-Key. */
const grants = new Map<string, number>()
/** Requests without a response, which may have been carried out or not. Each sends its request again. */
const unanswered = new Map<string, (client: HttpClient) => Promise<void>>()

const settings = () => ({ TALKTIME_DATA_DIR: folder.path })

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const connected = await connectToDatabase(readSettings(settings()), pino({ level: 'silent' }), 'change')
  return work(connected.database).finally(connected.stop)
}

beforeAll(async () => {
  folder = await temporaryFolder()
  server = await startServer(settings())
  key = await withDatabase(
    async (database) => (await createKey(database, { name: 'Test', workspaceId: null }, Date.now())).key,
  )
  const client = connect()
  const workspace = await client.send('POST', '/v1/workspaces', {
    body: { name: 'Acme', timeZone: 'UTC', planId: 'enterprise' },
  })
  workspaceId = (JSON.parse(workspace.text) as { id: string }).id
  const headers = { 'talktime-workspace': workspaceId }
  const agent = await client.send('POST', '/v1/agents', { body: newAgent, headers })
  agentId = (JSON.parse(agent.text) as { id: string }).id
  client.close()
})

afterAll(async () => {
  server.kill('SIGTERM')
  await server.ended
  await folder.remove()
})

const connect = (): HttpClient =>
  connectHttp(server.address, { connectionsMax: CONNECTIONS, headers: { authorization: `Bearer ${key}` } })

/** Sends a request. Throws when the server goes down; a response of 300 to 499 fails the test. */
async function send(client: HttpClient, path: string, body: unknown, headers = {}): Promise<string> {
  const { status, text } = await client.send('POST', path, { body, headers })
  if (status >= 500) throw new Error(`The server is going down: ${status}`)
  expect([path, status < 300 ? 'done' : text]).toEqual([path, 'done'])
  return text
}

/** Makes calls and grants until the server is gone. The request in flight then stays in `unanswered`. */
async function makeCalls(client: HttpClient, worker: string): Promise<void> {
  for (let n = 0; ; n++) {
    const externalId = `${worker}-${n}`
    const ms = 1000 + n
    const answeredAt = instant(Date.now() - ms)
    const report = (path: string, body: object) => async (from: HttpClient) => {
      answered.set(externalId, JSON.parse(await send(from, path, body)) as CallResponse)
    }
    const grant = async (from: HttpClient) => {
      const body = { milliseconds: ms, kind: 'promotional', reason: 'Sorry' }
      await send(from, `/v1/workspaces/${workspaceId}/grants`, body, { 'idempotency-key': externalId })
      grants.set(externalId, ms)
    }
    const step = async (name: string, work: (from: HttpClient) => Promise<void>) => {
      unanswered.set(name, work)
      await work(client)
      unanswered.delete(name)
    }
    await step(externalId, report('/v1/calls', { agentId, direction: 'inbound', externalId }))
    const path = `/v1/calls/${answered.get(externalId)?.id}`
    await step(externalId, report(`${path}/answer`, { at: answeredAt }))
    if (n % 3 === 2) continue
    await step(externalId, report(`${path}/end`, { at: instant(Date.parse(answeredAt) + ms) }))
    if (n % 5 === 0) await step(`grant ${externalId}`, grant)
  }
}

/** Puts load on the server until it has answered for `enough` more calls, then kills it. Returns when all is down. */
async function killUnderLoad(round: string, enough: number, kill: () => void): Promise<void> {
  const client = connect()
  const before = answered.size
  const workers = Array.from({ length: CONNECTIONS }, (_, n) =>
    makeCalls(client, `${round}-${n}`).catch((error: Error) => error.message),
  )
  await until(() => (answered.size - before >= enough ? true : undefined))
  kill()
  const endings = await Promise.all(workers)
  expect(endings.filter((message) => message?.includes('expected'))).toEqual([])
  expect(unanswered.size).toBeGreaterThan(0)
  client.close()
  await server.ended
}

/** Expects every answered request in the database, as answered or in a later state, and books that verify. */
async function expectNothingLost(): Promise<void> {
  await withDatabase(async (database) => {
    expect(await verifyAll(database)).toEqual([])
    const { rows } = await database.query<{
      externalId: string
      id: string
      answered: boolean
      ended: boolean
      settledMs: number
    }>(
      `select external_id as "externalId", id, answered_at_ms is not null as answered,
              ended_at_ms is not null as ended, settled_ms as "settledMs" from calls`,
    )
    const stored = new Map(rows.map((row) => [row.externalId, row]))
    const lost = [...answered].filter(([externalId, call]) => {
      const row = stored.get(externalId)
      if (row === undefined || publicId('call', row.id) !== call.id) return true
      if (call.answeredAt !== null && !row.answered) return true
      return call.endedAt !== null && !(row.ended && row.settledMs === call.charged.milliseconds)
    })
    expect(lost).toEqual([])
    const { rows: granted } = await database.query<{ ms: number; count: number }>(
      `select coalesce(sum(granted_ms), 0)::bigint as ms, count(*)::int as count from grants where kind = 'promotional'`,
    )
    const answeredMs = [...grants.values()].reduce((sum, ms) => sum + ms, 0)
    expect(granted[0]?.count).toBeGreaterThanOrEqual(grants.size)
    expect(granted[0]?.ms).toBeGreaterThanOrEqual(answeredMs)
  })
}

/** Does what voice stacks do after a crash: sends every unanswered request again. */
async function repeatUnanswered(): Promise<void> {
  const client = connect()
  const repeats = [...unanswered.values()]
  unanswered.clear()
  await Promise.all(repeats.map((work) => work(client)))
  client.close()
}

const readPostmasterPid = async () =>
  Number((await readFile(join(folder.path, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])

test('kill -9 of the server and its PostgreSQL loses no answered request', async () => {
  const database = await readPostmasterPid()
  await killUnderLoad('both', 300, () => {
    process.kill(database, 'SIGKILL')
    server.kill('SIGKILL')
  })
  expect(isRunning(database)).toBe(false)
  server = await startServer(settings())
  await expectNothingLost()
  await repeatUnanswered()
  await expectNothingLost()
})

test('kill -9 of the server alone loses no answered request, and every credit is accounted for', async () => {
  await killUnderLoad('alone', 300, () => server.kill('SIGKILL'))
  server = await startServer(settings())
  await expectNothingLost()
  await repeatUnanswered()
  await expectNothingLost()

  // Every request has a response now, so the responses add up to the whole balance.
  const client = connect()
  const headers = { 'talktime-workspace': workspaceId }
  const live = [...answered].filter(([, call]) => call.endedAt === null)
  await Promise.all(
    live.map(async ([externalId, { id, answeredAt }]) => {
      const text = await send(client, `/v1/calls/${id}/end`, answeredAt === null ? {} : { at: answeredAt })
      answered.set(externalId, JSON.parse(text) as CallResponse)
    }),
  )
  const chargedMs = [...answered.values()].reduce((sum, call) => sum + call.charged.milliseconds, 0)
  const grantedMs = [...grants.values()].reduce((sum, ms) => sum + ms, 10_000 * 60_000)
  const balance = await client.send('GET', '/v1/balance', { headers })
  expect(JSON.parse(balance.text)).toMatchObject({
    balance: { milliseconds: grantedMs - chargedMs },
    liveCalls: 0,
  })
  client.close()
  expect(answered.size).toBeGreaterThan(600)
  await expectNothingLost()
})
