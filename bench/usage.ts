import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startBenchPostgres } from './postgres.ts'
import { describeMachine, writeSection } from './report.ts'
import { measureUsage, shortUsageExtent, wholeUsageExtent } from './usage/measure.ts'
import { formatUsageNotes, formatUsageTable } from './usage/report.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    calls: { type: 'string' },
    // A folder in which the simulated year is kept for the next run. Making it takes half an hour.
    keep: { type: 'string' },
    write: { type: 'boolean', default: false },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  },
})
const usual = options.short ? shortUsageExtent : wholeUsageExtent
const calls = options.calls === undefined ? usual.calls : Number(options.calls)
if (!Number.isSafeInteger(calls) || calls < 1_000) throw new Error('--calls must be a number, 1000 at least')

if (options.keep !== undefined) await mkdir(options.keep, { recursive: true })
const postgres = await startBenchPostgres(options.keep && resolve(options.keep))
try {
  const measured = await measureUsage(postgres, { ...usual, calls })
  const heading = `Measured on ${options.date}, on a machine with ${describeMachine()}; server, PostgreSQL and reader share it.`
  const notes = formatUsageNotes(measured)
  const list = notes.map((note) => `- ${note}`).join('\n')
  const table = formatUsageTable(measured)
  console.log([heading, list, table].join('\n\n'))
  if (options.write) await writeSection('bench:usage', [heading, list, table])
} finally {
  await postgres.stop()
}
