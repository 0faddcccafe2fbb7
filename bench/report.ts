import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Lateness, WatchMeasured } from './credit-watch.ts'
import type { HttpRates, SettlementRates } from './measure.ts'
import type { Reference } from './reference.ts'

export type Measured = {
  /** Before everything else and after it: the machine may change its pace meanwhile. */
  readonly references: readonly [Reference, Reference]
  readonly settlement: SettlementRates
  readonly httpOne: HttpRates
  readonly httpMany: HttpRates
  readonly workspaces: number
  readonly watch: WatchMeasured
}

type Row = {
  readonly what: string
  readonly value: string
  readonly ratio: string
  readonly wanted: string
}

/** The results as rows of a table. Ratios are to the mean of the two references. */
export function rowsOf(measured: Measured): Row[] {
  const [before, after] = measured.references
  const reference = (before.perSecond + after.perSecond) / 2
  const { settlement, httpOne, httpMany, workspaces } = measured
  const rate = (what: string, perSecond: number, unit: string, least: number | null, goal?: number): Row => {
    const ratio = perSecond / reference
    const verdict =
      least === null ? '' : `${ratio >= least ? 'holds' : 'BELOW'}: at least ${least}×, goal ${goal}×`
    return { what, value: `${whole(perSecond)} ${unit}/s`, ratio: `${ratio.toFixed(2)}×`, wanted: verdict }
  }
  const http = (where: string, rates: HttpRates): Row[] => [
    rate(`Whole calls over HTTP, 64 connections, ${where}`, rates.callsPerSecond, 'calls', 1, 2),
    latency('authorize under that load', rates.authorizeMs),
    latency(`authorize at half of it (${whole(rates.atHalf.callsPerSecond)} calls/s)`, rates.atHalf, 15),
  ]
  return [
    {
      what: `pgbench -N (${whole(before.perSecond)} before, ${whole(after.perSecond)} after)`,
      value: `${whole(reference)} updates/s`,
      ratio: '1×',
      wanted: '',
    },
    rate(`Ends in process, batches of 500, ${whole(workspaces)} workspaces`, settlement.ends, 'calls', 5, 10),
    rate('The same, whole calls: start, answer, end', settlement.lives, 'calls', null),
    ...http('1 workspace', httpOne),
    ...http(`${whole(workspaces)} workspaces`, httpMany),
    ...watchRows(measured.watch),
  ]
}

function watchRows({ workspaces, seconds, alone, two, standing, callsRatio }: WatchMeasured): Row[] {
  const late = (what: string, lateness: Lateness): Row => ({
    ...latency(what, lateness, 100),
    value: `p50 ${lateness.p50.toFixed(0)} ms, p99 ${lateness.p99.toFixed(0)} ms, at most ${lateness.max.toFixed(0)} ms`,
  })
  const row = (what: string, value: string, ratio = ''): Row => ({ what, value, ratio, wanted: '' })
  return [
    row('Credit watch', `${whole(workspaces)} balances reach zero in ${whole(seconds)} s`),
    late('acted on after the instant, one process', alone),
    late('the same, two processes side by side', two),
    row('— whole calls with the watch, to those without', '', `${callsRatio.toFixed(2)}×`),
    row(
      `— ${whole(standing.lines * 10)} live calls in ${whole(standing.lines)} workspaces`,
      `${standing.sweepMs.toFixed(0)} ms a sweep, ${standing.lookAheadMs.toFixed(0)} ms a look ahead, ${whole(standing.walBytesPerSecond)} bytes/s written`,
    ),
  ]
}

function latency(what: string, ms: { p50: number; p99: number }, msMax?: number): Row {
  const value = `p50 ${ms.p50.toFixed(1)} ms, p99 ${ms.p99.toFixed(1)} ms`
  const verdict = msMax === undefined ? '' : `${ms.p99 < msMax ? 'holds' : 'ABOVE'}: p99 under ${msMax} ms`
  return { what: `— ${what}`, value, ratio: '', wanted: verdict }
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** What stands under the table. */
export function notesOf(measured: Measured): string[] {
  const cost = (rates: HttpRates) => Math.round(rates.generatorMicrosecondsPerCall)
  return [
    `Reference: ${measured.references[0].how}.`,
    'PostgreSQL (the embedded one, durable: fsync, synchronous_commit and full_page_writes on), the server and the load generator share the machine. ' +
      `The generator takes ${cost(measured.httpOne)}–${cost(measured.httpMany)} µs of processor time a call.`,
    'Every balance, entry and charge was checked with `verify` after each measurement: clean.',
  ]
}

/** The machine by its cores and memory. */
export function machine(): string {
  return `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`
}

export function asText(rows: readonly Row[]): string {
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map((row) =>
      columns
        .map((column, index) => row[column].padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const columns = ['what', 'value', 'ratio', 'wanted'] as const

function asMarkdown(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| ${columns.map((column) => row[column]).join(' | ')} |`)
  return ['| | measured | to pgbench -N | wanted |', '|---|---|---|---|', ...lines].join('\n')
}

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url))

/** Puts the results into docs/performance.md, in the place of the last ones. */
export function writeResults(measured: Measured, date: string): Promise<void> {
  return writeSection('bench', [
    `Measured on ${date}, on a machine with ${machine()}.`,
    asMarkdown(rowsOf(measured)),
    ...notesOf(measured),
  ])
}

/** Puts paragraphs in the place of those that a command wrote last. */
export async function writeSection(command: string, paragraphs: readonly string[]): Promise<void> {
  const opening = `<!-- results: written by "npm run ${command} -- --write" -->`
  const text = await readFile(page, 'utf8')
  const from = text.indexOf(opening)
  const to = text.indexOf('<!-- end of results -->', from)
  if (from < 0 || to < from) throw new Error(`${page} has no place for results of ${command}`)
  const results = [opening, ...paragraphs].join('\n\n')
  await writeFile(page, `${text.slice(0, from)}${results}\n\n${text.slice(to)}`)
}
