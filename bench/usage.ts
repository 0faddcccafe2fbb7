import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startBenchPostgres } from './postgres.ts'
import { describeMachine, writeSection } from './report.ts'
import { measureUsage, shortUsageExtent, wholeUsageExtent } from './usage/measure.ts'
import { notesOfUsage, usageTable } from './usage/report.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    calls: { type: 'string' },
    // A folder in which the year is kept for the next run, because creating it takes half an hour.
    keep: { type: 'string' },
    write: { type: 'boolean', default: false },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  },
})
const defaults = options.short ? shortUsageExtent : wholeUsageExtent
const calls = options.calls === undefined ? defaults.calls : Number(options.calls)
if (!Number.isSafeInteger(calls) || calls < 1_000)
  throw new Error('--calls must be a whole number of at least 1000')

if (options.keep !== undefined) await mkdir(options.keep, { recursive: true })
const postgres = await startBenchPostgres(options.keep && resolve(options.keep))
try {
  const measured = await measureUsage(postgres, { ...defaults, calls })
  const heading = `Measured on ${options.date}, on a machine with ${describeMachine()}; server, PostgreSQL and reader share it.`
  const notes = notesOfUsage(measured)
  const list = notes.map((note) => `- ${note}`).join('\n')
  const table = usageTable(measured)
  console.log([heading, list, table].join('\n\n'))
  if (options.write) await writeSection('bench:usage', [heading, list, table])
} finally {
  await postgres.stop()
}
