import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../server/src/platform/database/database.ts'
import { migrate } from '../../server/src/platform/database/migrate.ts'
import { LONG_LIMITS } from '../../server/src/platform/database/session.ts'
import { type BenchPostgres, formatDatabaseUrl } from '../postgres.ts'
import { run } from '../process.ts'
import { startServer } from '../server-process.ts'
import { createTestWorkspaces } from '../world.ts'
import type { ListenersJob, ListenersResult } from './listeners.ts'
import type { Speech } from './provider.ts'

export type GatewayExtent = {
  readonly streams: number
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly speech: Speech
}

/** Half a second of thinking, then 40 words in four seconds, which is several times as fast as speech. */
export const wholeGatewayExtent: GatewayExtent = {
  streams: 500,
  // Time to open the connections and warm the code up.
  warmUpSeconds: 15,
  seconds: 20,
  speech: { thinksMs: 500, words: 40, everyMs: 100 },
}

export const shortGatewayExtent: GatewayExtent = {
  streams: 20,
  warmUpSeconds: 0,
  seconds: 0.6,
  speech: { thinksMs: 20, words: 5, everyMs: 10 },
}

export type GatewayResult = {
  readonly direct: ListenersResult
  readonly through: ListenersResult
  /** Resident memory of the server in MB: at rest before the measurement, and the most during it. */
  readonly memoryMb: { readonly before: number; readonly most: number }
  /** The server's processor time per stream, in milliseconds. */
  readonly processorMsPerStream: number
  /** What the gateway recorded about its requests. */
  readonly recorded: { readonly requests: number; readonly tokens: number; readonly errors: number }
}

/** Measures streams directly from the provider, then through the gateway. */
export async function measureGateway(
  postgres: BenchPostgres,
  { streams, warmUpSeconds, seconds, speech }: GatewayExtent,
): Promise<GatewayResult> {
  const provider = forkModule('./provider.ts')
  const { port } = await runJob<{ port: number }>(provider, speech)
  const base = `http://127.0.0.1:${port}/v1`
  const connection = await postgres.createDatabase('llm_gateway')
  const database = openDatabase(connection, { limits: LONG_LIMITS })
  await migrate(database)
  const [testWorkspace] = await createTestWorkspaces(database, 1)
  if (testWorkspace === undefined) throw new Error('There is no workspace')
  const server = await startServer({
    dataDir: join(postgres.folder, 'llm_gateway'),
    databaseUrl: formatDatabaseUrl(connection),
    more: { TALKTIME_LLM_BASE_OPENAI: base },
  })
  const address = `http://127.0.0.1:${server.port}`
  const authorization = { authorization: `Bearer ${testWorkspace.caller.key}` }
  try {
    await post(`${address}/v1/llm-keys`, authorization, { provider: 'openai', key: 'sk-of-the-benchmark' })
    const job = {
      streams,
      warmUpSeconds,
      seconds,
      streamMs: speech.thinksMs + speech.words * speech.everyMs,
    }
    const direct = await listen({ ...job, address: base, headers: {} })
    const before = await residentMb(server.pid)
    const processorBefore = await processorSeconds(address)
    let most = before
    const memoryTimer = setInterval(
      () => void residentMb(server.pid).then((mb) => (most = Math.max(most, mb))),
      250,
    )
    const headers = { ...authorization, 'talktime-agent': testWorkspace.caller.agentId }
    const through = await listen({ ...job, address: `${address}/llm/v1`, headers })
    clearInterval(memoryTimer)
    const processor = (await processorSeconds(address)) - processorBefore
    const usage = await fetch(`${address}/v1/llm-usage`, { headers: authorization })
    const { total } = (await usage.json()) as {
      total: { requests: number; errors: number; tokens: { total: number } }
    }
    return {
      direct,
      through,
      memoryMb: { before, most },
      processorMsPerStream: (processor * 1000) / total.requests,
      recorded: { requests: total.requests, errors: total.errors, tokens: total.tokens.total },
    }
  } finally {
    provider.kill()
    await server.stop()
    await database.close()
  }
}

function forkModule(file: string): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)))
}

function listen(job: ListenersJob): Promise<ListenersResult> {
  return runJob<{ result: ListenersResult } | { error: string }>(forkModule('./listeners.ts'), job).then(
    (answer) => {
      if ('error' in answer) throw new Error(answer.error)
      return answer.result
    },
  )
}

/** Sends a process its job and resolves with its first message. */
function runJob<Answer>(process: ChildProcess, job: ListenersJob | Speech): Promise<Answer> {
  return new Promise((resolve, reject) => {
    process.once('message', (answer) => resolve(answer as Answer))
    process.once('error', reject)
    process.once('exit', (code) => reject(new Error(`A process of the benchmark exited (${code})`)))
    process.send(job)
  })
}

async function post(url: string, headers: Record<string, string>, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
}

async function residentMb(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout.trim()) / 1024
}

async function processorSeconds(address: string): Promise<number> {
  const metrics = await (await fetch(`${address}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1])
}
