import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { openDatabase } from '../server/src/platform/database/database.ts'
import { migrate } from '../server/src/platform/database/migrate.ts'
import { LONG_LIMITS } from '../server/src/platform/database/session.ts'
import { formatDatabaseUrl, startBenchPostgres } from './postgres.ts'
import { describeMachine } from './report.ts'
import { startServer } from './server-process.ts'
import { createTestWorkspaces } from './world.ts'

// Measures how long a campaign takes to import a large file of contacts, and how much memory the server needs. Linux only.

const { values } = parseArgs({ options: { rows: { type: 'string', default: '500000' } } })
const rows = Number(values.rows)

/** Writes the lines of the file. One row in 1,000 has no number, and another one repeats the number before it. */
function* writeLines(): Generator<string> {
  yield 'phone,name,city,customer number\n'
  for (let n = 0; n < rows; n += 1) {
    const phone = n % 1000 === 7 ? 'none' : formatNumber(n % 1000 === 9 ? n - 1 : n)
    yield `${phone},"Person, ${n}",City ${n % 97},C-${n}\n`
  }
}

const formatNumber = (n: number) => (n % 2 === 0 ? `+4915112${String(100_000 + n)}` : `+1212${2_000_000 + n}`)

/** Writes the file in chunks of 64 KiB, the size that a socket reads. */
async function* writeChunks(): AsyncGenerator<Buffer> {
  let text = ''
  for (const line of writeLines()) {
    text += line
    if (text.length < 64 * 1024) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

async function readResidentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

/** Reads the processor time that a process has used, in seconds. */
async function readProcessorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

const postgres = await startBenchPostgres()
const connection = await postgres.createDatabase('contacts')
const database = openDatabase(connection, { limits: LONG_LIMITS })
await migrate(database)
const [testWorkspace] = await createTestWorkspaces(database, 1)
const server = await startServer({ dataDir: postgres.folder, databaseUrl: formatDatabaseUrl(connection) })
try {
  if (testWorkspace === undefined) throw new Error('There is no workspace to create a campaign in')
  const { key, agentId } = testWorkspace.caller
  const send = async (path: string, contentType: string, body: AsyncIterable<Buffer> | string) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': contentType }
    const outgoing = request({ port: server.port, method: 'POST', path, headers })
    pipeline(Readable.from(typeof body === 'string' ? [Buffer.from(body)] : body), outgoing, () => {})
    const [incoming] = (await once(outgoing, 'response')) as [AsyncIterable<Buffer>]
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    return JSON.parse(Buffer.concat(chunks).toString()) as { id: string; added: number; rejected: number }
  }
  const { id } = await send('/v1/campaigns', 'application/json', JSON.stringify({ name: 'Bench', agentId }))
  const small = 'phone\n+493090182012\n'
  await send(`/v1/campaigns/${id}/contacts`, 'text/csv', small)
  const before = await readResidentMiB(server.pid)
  let peak = before
  const watch = setInterval(async () => {
    peak = Math.max(peak, await readResidentMiB(server.pid))
  }, 50)
  const startedMs = performance.now()
  const processorBefore = await readProcessorSeconds(server.pid)
  const { added, rejected } = await send(`/v1/campaigns/${id}/contacts`, 'text/csv', writeChunks())
  const seconds = (performance.now() - startedMs) / 1000
  clearInterval(watch)
  const processor = (await readProcessorSeconds(server.pid)) - processorBefore
  const perSecond = Math.round(rows / seconds).toLocaleString('en-US')
  console.log(
    `On ${describeMachine()}: ${rows.toLocaleString('en-US')} rows in ${seconds.toFixed(1)} s (${perSecond} rows/s), ` +
      `${added.toLocaleString('en-US')} added, ${rejected.toLocaleString('en-US')} rejected; ` +
      `the server used ${processor.toFixed(1)} s of processor time; its memory: ${Math.round(before)} MiB before, ${Math.round(peak)} MiB at most.`,
  )
} finally {
  await server.stop()
  await database.close()
  await postgres.stop()
}
