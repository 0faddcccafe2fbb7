import { parseArgs } from 'node:util'
import { type GatewayResult, measureGateway, shortGatewayExtent, wholeGatewayExtent } from './llm/measure.ts'
import { startBenchPostgres } from './postgres.ts'
import { describeMachine, writeSection } from './report.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  },
})
const extent = options.short ? shortGatewayExtent : wholeGatewayExtent

const postgres = await startBenchPostgres()
let lines: string[]
try {
  lines = describeResult(await measureGateway(postgres, extent))
} finally {
  await postgres.stop()
}
const heading = `Measured on ${options.date}, on a machine with ${describeMachine()}; provider, gateway, PostgreSQL and listeners share it.`
console.log([heading, ...lines].join('\n'))
if (options.write) await writeSection('bench:llm', [heading, lines.map((line) => `- ${line}`).join('\n')])

function describeResult({
  direct,
  through,
  memoryMb,
  processorMsPerStream,
  recorded,
}: GatewayResult): string[] {
  const { streams } = extent
  const addedMs = (share: 'p50' | 'p95' | 'p99') =>
    `${share} ${(through.firstByteMs[share] - direct.firstByteMs[share]).toFixed(1)} ms`
  const describeLatencies = ({ firstByteMs: { p50, p95, p99 } }: GatewayResult['direct']) =>
    `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
  const perStreamKb = ((memoryMb.most - memoryMb.before) * 1024) / streams
  return [
    `${streams} streams at once, ${through.streamsPerSecond.toFixed(0)} a second, ${through.streams.toLocaleString('en-US')} in all.`,
    `First byte directly from the provider: ${describeLatencies(direct)}.`,
    `First byte through the gateway: ${describeLatencies(through)}.`,
    `Added by the gateway: ${addedMs('p50')}, ${addedMs('p95')}, ${addedMs('p99')}.`,
    `Memory of the server: ${memoryMb.before.toFixed(0)} MB at rest, ${memoryMb.most.toFixed(0)} MB at most (${perStreamKb.toFixed(0)} KB a stream).`,
    `Processor time of the server: ${processorMsPerStream.toFixed(1)} ms a stream of ${extent.speech.words} parts.`,
    `Recorded: ${recorded.requests.toLocaleString('en-US')} requests with ${recorded.tokens.toLocaleString('en-US')} tokens, ${recorded.errors} errors.`,
  ]
}
