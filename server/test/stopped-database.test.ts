import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../src/access/index.ts'
import { readSettings } from '../src/config.ts'
import { connectToDatabase } from '../src/platform/database/connect.ts'
import type { Database } from '../src/platform/database/database.ts'
import { connectHttp, type HttpAnswer, type HttpClient } from './http-client.ts'
import { type RunningServer, startServer, until } from './start-server.ts'
import { stopPostgres } from './stop-postgres.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { newAgent } from './voice-stack.ts'
import { verifyAll } from './world.ts'

// The real server makes calls while every process of its PostgreSQL stands still for a few seconds.

const CONNECTIONS = 20
const ANSWERED_MS_MAX = 5_000
const READY_MS_MAX = 1_000
const STOPPED_MS = 5_000

let folder: { path: string; remove(): Promise<void> }
let server: RunningServer
let client: HttpClient
let agentId: string

const settings = () => ({ TALKTIME_DATA_DIR: folder.path })

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const connected = await connectToDatabase(readSettings(settings()), pino({ level: 'silent' }), 'change')
  return work(connected.database).finally(connected.stop)
}

beforeAll(async () => {
  folder = await temporaryFolder()
  server = await startServer({ ...settings(), TALKTIME_LOG_LEVEL: 'fatal' })
  const key = await withDatabase(
    async (database) => (await createKey(database, { name: 'Test', workspaceId: null }, Date.now())).key,
  )
  const authorization = `Bearer ${key}`
  const operator = connectHttp(server.address, { connectionsMax: 1, headers: { authorization } })
  const workspace = await operator.send('POST', '/v1/workspaces', {
    body: { name: 'Acme', timeZone: 'UTC', planId: 'enterprise' },
  })
  operator.close()
  const { id } = JSON.parse(workspace.text) as { id: string }
  client = connectHttp(server.address, {
    connectionsMax: CONNECTIONS,
    headers: { authorization, 'talktime-workspace': id },
  })
  agentId = (JSON.parse((await client.send('POST', '/v1/agents', { body: newAgent })).text) as { id: string })
    .id
})
afterAll(async () => {
  client.close()
  server.kill('SIGTERM')
  await server.ended
  await folder.remove()
})

type Timed = HttpAnswer & { readonly tookMs: number }

async function send(method: string, path: string, body?: unknown): Promise<Timed> {
  const startedMs = performance.now()
  const answer = await client.send(method, path, { body })
  return { ...answer, tookMs: performance.now() - startedMs }
}

const start = (externalId: string) => send('POST', '/v1/calls', { agentId, direction: 'inbound', externalId })

test('503: a PostgreSQL that stands still fails each request within five seconds, and nothing acknowledged is lost', async () => {
  const acknowledged = new Map<string, string>()
  const unexpected: Timed[] = []
  let slowestMs = 0
  let refused = 0
  let isOver = false

  async function makeCalls(worker: number): Promise<void> {
    for (let n = 0; !isOver; n += 1) {
      const externalId = `${worker}-${n}`
      const answer = await start(externalId)
      slowestMs = Math.max(slowestMs, answer.tookMs)
      if (answer.status === 201) acknowledged.set(externalId, (JSON.parse(answer.text) as { id: string }).id)
      else if (answer.status === 503) refused += 1
      else unexpected.push(answer)
      // A voice stack does not ask faster than that.
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  const workers = Array.from({ length: CONNECTIONS - 2 }, (_, worker) => makeCalls(worker))
  await until(() => (acknowledged.size > 50 ? true : undefined))
  const stopped = await stopPostgres(folder.path)
  const stoppedAtMs = performance.now()
  const readiness: Timed[] = []
  while (performance.now() - stoppedAtMs < STOPPED_MS) {
    readiness.push(await send('GET', '/readyz'))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  stopped.resume()
  const before = acknowledged.size
  await until(async () => ((await send('GET', '/readyz')).status === 200 ? true : undefined))
  await until(() => (acknowledged.size > before + 50 ? true : undefined))
  isOver = true
  await Promise.all(workers)

  expect(unexpected).toEqual([])
  expect(refused).toBeGreaterThan(0)
  expect(slowestMs).toBeLessThan(ANSWERED_MS_MAX)
  expect(readiness.filter(({ status }) => status !== 503)).toEqual([])
  // On a busy machine a single answer may wait for the processor.
  const tookMs = readiness.map((answer) => answer.tookMs).sort((a, b) => a - b)
  expect(tookMs[Math.floor(tookMs.length / 2)]).toBeLessThan(READY_MS_MAX)
  await withDatabase(async (database) => {
    const { rows } = await database.query<{ externalId: string }>(
      'select external_id as "externalId" from calls',
    )
    const stored = new Set(rows.map(({ externalId }) => externalId))
    expect([...acknowledged.keys()].filter((externalId) => !stored.has(externalId))).toEqual([])
    expect(await verifyAll(database)).toEqual([])
  })
})
