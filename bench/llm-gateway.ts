import { parseArgs } from 'node:util'
import {
  type GatewayMeasured,
  measureGateway,
  shortGatewayExtent,
  wholeGatewayExtent,
} from './llm/measure.ts'
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
  lines = linesOf(await measureGateway(postgres, extent))
} finally {
  await postgres.stop()
}
const heading = `Measured on ${options.date}, on a machine with ${describeMachine()}; provider, gateway, PostgreSQL and listeners share it.`
console.log([heading, ...lines].join('\n'))
if (options.write) await writeSection('bench:llm', [heading, lines.map((line) => `- ${line}`).join('\n')])

function linesOf({ direct, through, memoryMb, processorMsPerStream, recorded }: GatewayMeasured): string[] {
  const { streams } = extent
  const added = (share: 'p50' | 'p95' | 'p99') =>
    `${share} ${(through.firstByteMs[share] - direct.firstByteMs[share]).toFixed(1)} ms`
  const latencies = ({ firstByteMs: { p50, p95, p99 } }: GatewayMeasured['direct']) =>
    `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
  const perStreamKb = ((memoryMb.most - memoryMb.before) * 1024) / streams
  return [
    `${streams} streams at once, ${through.streamsPerSecond.toFixed(0)} a second, ${through.streams.toLocaleString('en-US')} in all.`,
    `First byte directly from the provider: ${latencies(direct)}.`,
    `First byte through the gateway: ${latencies(through)}.`,
    `Added by the gateway: ${added('p50')}, ${added('p95')}, ${added('p99')}.`,
    `Memory of the server: ${memoryMb.before.toFixed(0)} MB at rest, ${memoryMb.most.toFixed(0)} MB at most (${perStreamKb.toFixed(0)} KB a stream).`,
    `Processor time of the server: ${processorMsPerStream.toFixed(1)} ms a stream of ${extent.speech.words} parts.`,
    `Written down: ${recorded.requests.toLocaleString('en-US')} requests with ${recorded.tokens.toLocaleString('en-US')} tokens, ${recorded.errors} errors.`,
  ]
}
