import { readFile } from 'node:fs/promises'
import type { ServerProcess } from '../server-process.ts'
import { createAsker } from './asker.ts'
import type { YearWorkspace } from './make-year.ts'

export type ExportMeasured = {
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  readonly rowsPerSecond: number
  /** Resident memory of the server in MB: before, and the most in each tenth of the file. */
  readonly memoryMb: { readonly before: number; readonly tenths: readonly number[] }
  /** What the file adds up to, and the screen of the same window: they are the same, or the run fails. */
  readonly checked: { readonly calls: number; readonly milliseconds: number }
}

const path = '/v1/usage/export.csv?preset=all'

/**
 * Reads the file of all calls twice: as fast as it comes, with the server's memory looked at meanwhile; and line by line,
 * to set it beside what the screen says of the same window.
 */
export async function measureExport(server: ServerProcess, { key }: YearWorkspace): Promise<ExportMeasured> {
  const asker = createAsker(server.port, key)
  try {
    const { text } = await asker.ask('/v1/usage/range?preset=all')
    const screen = JSON.parse(text) as { exportRows: number; total: { milliseconds: number } }
    const fast = await readFast(server, asker, screen.exportRows)
    const checked = await readThrough(asker)
    if (checked.calls !== screen.exportRows || checked.milliseconds !== screen.total.milliseconds) {
      const said = `${screen.exportRows} calls of ${screen.total.milliseconds} ms`
      throw new Error(`The screen says ${said}, the file has ${checked.calls} of ${checked.milliseconds} ms`)
    }
    return { ...fast, checked }
  } finally {
    asker.close()
  }
}

async function readFast(server: ServerProcess, asker: ReturnType<typeof createAsker>, rowsExpected: number) {
  const before = await residentMb(server.pid)
  const tenths = Array.from({ length: 10 }, () => 0)
  let rows = -1
  let bytes = 0
  const look = async () => {
    const tenth = Math.min(9, Math.max(0, Math.floor((10 * rows) / rowsExpected)))
    tenths[tenth] = Math.max(tenths[tenth] ?? 0, await residentMb(server.pid))
  }
  const watch = setInterval(look, 100)
  const startedMs = performance.now()
  for await (const chunk of await asker.open(path)) {
    const piece = chunk as Buffer
    bytes += piece.length
    for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) rows += 1
  }
  const seconds = (performance.now() - startedMs) / 1000
  clearInterval(watch)
  await look()
  if (rows !== rowsExpected) throw new Error(`The file has ${rows} rows, the screen said ${rowsExpected}`)
  return { rows, bytes, seconds, rowsPerSecond: rows / seconds, memoryMb: { before, tenths } }
}

/** Adds up the column duration_ms. No text of the made-up year holds a comma or a quotation mark. */
async function readThrough(asker: ReturnType<typeof createAsker>): Promise<ExportMeasured['checked']> {
  let rest = ''
  let column = -1
  let calls = 0
  let milliseconds = 0
  for await (const chunk of await asker.open(path)) {
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

/** On Linux. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}
