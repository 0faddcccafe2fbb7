import { parseArgs } from 'node:util'
import { measureCreditWatch } from './credit-watch.ts'
import { measureHttp, measureSettlement, shortExtent, wholeExtent } from './measure.ts'
import { startBenchPostgres } from './postgres.ts'
import { measureReference } from './reference.ts'
import { describeMachine, formatNotes, formatText, listRows, type Measured, writeResults } from './report.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  },
})
const extent = options.short ? shortExtent : wholeExtent

const postgres = await startBenchPostgres()
let measured: Measured
try {
  measured = await measureAll()
} finally {
  await postgres.stop()
}
console.log(
  `\nOn ${describeMachine()}, ${options.date}:\n\n${formatText(listRows(measured))}\n\n${formatNotes(measured).join('\n')}`,
)
if (options.write) await writeResults(measured, options.date)

async function measureAll(): Promise<Measured> {
  logStep('Reference …')
  const reference = await postgres.createDatabase('reference')
  const before = await measureReference(reference, extent.reference)
  logStep('Settlement in process …')
  const settlement = await measureSettlement(postgres, extent)
  logStep('Calls over HTTP, one workspace …')
  const httpOne = await measureHttp(postgres, extent, 1)
  logStep(`Calls over HTTP, ${extent.workspaces} workspaces …`)
  const httpMany = await measureHttp(postgres, extent, extent.workspaces)
  logStep('Credit watch …')
  const watch = await measureCreditWatch(postgres, extent.watch)
  logStep('Reference again …')
  const after = await measureReference(reference, extent.reference)
  return { references: [before, after], settlement, httpOne, httpMany, workspaces: extent.workspaces, watch }
}

function logStep(what: string): void {
  console.error(what)
}
