import { readFile } from 'node:fs/promises'
import type { ServerProcess } from '../server-process.ts'
import { createClient } from './client.ts'
import type { YearWorkspace } from './make-year.ts'

export type ExportMeasured = {
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  readonly rowsPerSecond: number
  /** The server's resident memory in megabytes: before the export, and the most in each tenth of the file. */
  readonly memoryMb: { readonly before: number; readonly tenths: readonly number[] }
  /** What the file adds up to. The run fails if the screen of its window shows anything else. */
  readonly checked: { readonly calls: number; readonly milliseconds: number }
}

const EXPORT_PATH = '/v1/usage/export.csv?preset=all'

/**
 * Reads the file of all calls twice: once as fast as it comes, while the server's memory is sampled; and once line by
 * line, to compare it with the screen of its window.
 */
export async function measureExport(server: ServerProcess, { key }: YearWorkspace): Promise<ExportMeasured> {
  const client = createClient(server.port, key)
  try {
    const { text } = await client.get('/v1/usage/range?preset=all')
    const screen = JSON.parse(text) as { exportRows: number; total: { milliseconds: number } }
    const fast = await readFast(server, client, screen.exportRows)
    const checked = await sumLines(client)
    if (checked.calls !== screen.exportRows || checked.milliseconds !== screen.total.milliseconds) {
      const shown = `${screen.exportRows} calls of ${screen.total.milliseconds} ms`
      throw new Error(
        `The screen shows ${shown}, the file has ${checked.calls} of ${checked.milliseconds} ms`,
      )
    }
    return { ...fast, checked }
  } finally {
    client.close()
  }
}

async function readFast(
  server: ServerProcess,
  client: ReturnType<typeof createClient>,
  rowsExpected: number,
) {
  const before = await readResidentMb(server.pid)
  const tenths = Array.from({ length: 10 }, () => 0)
  let rows = -1
  let bytes = 0
  const sample = async () => {
    const tenth = Math.min(9, Math.max(0, Math.floor((10 * rows) / rowsExpected)))
    tenths[tenth] = Math.max(tenths[tenth] ?? 0, await readResidentMb(server.pid))
  }
  const watch = setInterval(sample, 100)
  const startedMs = performance.now()
  for await (const chunk of await client.open(EXPORT_PATH)) {
    const piece = chunk as Buffer
    bytes += piece.length
    for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) rows += 1
  }
  const seconds = (performance.now() - startedMs) / 1000
  clearInterval(watch)
  await sample()
  if (rows !== rowsExpected) throw new Error(`The file has ${rows} rows, the screen showed ${rowsExpected}`)
  return { rows, bytes, seconds, rowsPerSecond: rows / seconds, memoryMb: { before, tenths } }
}

/** Sums the column duration_ms. No text of the simulated year has a comma or a quotation mark. */
async function sumLines(client: ReturnType<typeof createClient>): Promise<ExportMeasured['checked']> {
  let rest = ''
  let column = -1
  let calls = 0
  let milliseconds = 0
  for await (const chunk of await client.open(EXPORT_PATH)) {
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const cells = line.split(',')
      if (column < 0) {
        column = cells.indexOf('duration_ms')
        continue
      }
      calls += 1
      milliseconds += Number(cells[column])
    }
  }
  if (rest !== '' || column < 0) throw new Error('The file has no whole first or last line')
  return { calls, milliseconds }
}

/** Reads a process's resident memory, in megabytes. Linux only. */
async function readResidentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}
