import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { openDatabase } from '../server/src/platform/database/database.ts'
import { migrate } from '../server/src/platform/database/migrate.ts'
import { startBenchPostgres, urlOf } from './postgres.ts'
import { machine } from './report.ts'
import { startServer } from './server-process.ts'
import { createTenants } from './world.ts'

// How long a file of contacts takes to stream into a campaign, and what the server's memory does meanwhile. On Linux.

const { values } = parseArgs({ options: { rows: { type: 'string', default: '500000' } } })
const rows = Number(values.rows)

/** Every thousandth row holds no number, and every thousandth one that was there before. */
function* file(): Generator<string> {
  yield 'phone,name,city,customer number\n'
  for (let n = 0; n < rows; n += 1) {
    const phone = n % 1000 === 7 ? 'none' : numberOf(n % 1000 === 9 ? n - 1 : n)
    yield `${phone},"Person, ${n}",City ${n % 97},C-${n}\n`
  }
}

const numberOf = (n: number) => (n % 2 === 0 ? `+4915112${String(100_000 + n)}` : `+1212${2_000_000 + n}`)

/** The same in pieces as large as a socket's. */
async function* pieces(): AsyncGenerator<Buffer> {
  let text = ''
  for (const line of file()) {
    text += line
    if (text.length < 64 * 1024) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

/** Seconds of processor time that a process has used. */
async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

const postgres = await startBenchPostgres()
const connection = await postgres.createDatabase('contacts')
const database = openDatabase(connection)
await migrate(database)
const [testWorkspace] = await createTenants(database, 1)
const server = await startServer({ dataDir: postgres.folder, databaseUrl: urlOf(connection) })
try {
  if (testWorkspace === undefined) throw new Error('There is no workspace to make a campaign in')
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
  const before = await residentMiB(server.pid)
  let most = before
  const watch = setInterval(async () => {
    most = Math.max(most, await residentMiB(server.pid))
  }, 50)
  const beganMs = performance.now()
  const processorBefore = await processorSeconds(server.pid)
  const { added, rejected } = await send(`/v1/campaigns/${id}/contacts`, 'text/csv', pieces())
  const seconds = (performance.now() - beganMs) / 1000
  clearInterval(watch)
  const processor = (await processorSeconds(server.pid)) - processorBefore
  const perSecond = Math.round(rows / seconds).toLocaleString('en-US')
  console.log(
    `On ${machine()}: ${rows.toLocaleString('en-US')} rows in ${seconds.toFixed(1)} s (${perSecond} rows/s), ` +
      `${added.toLocaleString('en-US')} added, ${rejected.toLocaleString('en-US')} rejected; ` +
      `the server took ${processor.toFixed(1)} s of processor time; its memory: ${Math.round(before)} MiB before, ${Math.round(most)} MiB at most.`,
  )
} finally {
  await server.stop()
  await database.close()
  await postgres.stop()
}
