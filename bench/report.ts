import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Lateness, WatchMeasured } from './credit-watch.ts'
import type { HttpRates, SettlementRates } from './measure.ts'
import type { Reference } from './reference.ts'

export type Measured = {
  /** Measured before and after everything else, because the machine's speed may change. */
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
  readonly target: string
}

/** Lists the results as rows of a table. Ratios are relative to the mean of the two references. */
export function listRows(measured: Measured): Row[] {
  const [before, after] = measured.references
  const reference = (before.perSecond + after.perSecond) / 2
  const { settlement, httpOne, httpMany, workspaces } = measured
  const rateRow = (
    what: string,
    perSecond: number,
    unit: string,
    least: number | null,
    goal?: number,
  ): Row => {
    const ratio = perSecond / reference
    const verdict =
      least === null ? '' : `${ratio >= least ? 'holds' : 'BELOW'}: at least ${least}×, goal ${goal}×`
    return {
      what,
      value: `${formatWhole(perSecond)} ${unit}/s`,
      ratio: `${ratio.toFixed(2)}×`,
      target: verdict,
    }
  }
  const httpRows = (where: string, rates: HttpRates): Row[] => [
    rateRow(`Whole calls over HTTP, 64 connections, ${where}`, rates.callsPerSecond, 'calls', 1, 2),
    latencyRow('authorize under that load', rates.authorizeMs),
    latencyRow(
      `authorize at half of it (${formatWhole(rates.atHalf.callsPerSecond)} calls/s)`,
      rates.atHalf,
      15,
    ),
  ]
  return [
    {
      what: `pgbench -N (${formatWhole(before.perSecond)} before, ${formatWhole(after.perSecond)} after)`,
      value: `${formatWhole(reference)} updates/s`,
      ratio: '1×',
      target: '',
    },
    rateRow(
      `Ends in process, batches of 500, ${formatWhole(workspaces)} workspaces`,
      settlement.ends,
      'calls',
      5,
      10,
    ),
    rateRow('Whole calls in process: start, answer, end', settlement.lives, 'calls', null),
    ...httpRows('1 workspace', httpOne),
    ...httpRows(`${formatWhole(workspaces)} workspaces`, httpMany),
    ...listWatchRows(measured.watch),
  ]
}

function listWatchRows({ workspaces, seconds, alone, two, standing, callsRatio }: WatchMeasured): Row[] {
  const latenessRow = (what: string, lateness: Lateness): Row => ({
    ...latencyRow(what, lateness, 100),
    value: `p50 ${lateness.p50.toFixed(0)} ms, p99 ${lateness.p99.toFixed(0)} ms, at most ${lateness.max.toFixed(0)} ms`,
  })
  const row = (what: string, value: string, ratio = ''): Row => ({ what, value, ratio, target: '' })
  return [
    row('Credit watch', `${formatWhole(workspaces)} balances reach zero in ${formatWhole(seconds)} s`),
    latenessRow('acted on after the instant, one process', alone),
    latenessRow('acted on after the instant, two processes side by side', two),
    row('— whole calls with the watch, to those without', '', `${callsRatio.toFixed(2)}×`),
    row(
      `— ${formatWhole(standing.lines * 10)} live calls in ${formatWhole(standing.lines)} workspaces`,
      `${standing.sweepMs.toFixed(0)} ms a sweep, ${standing.lookAheadMs.toFixed(0)} ms a look ahead, ${formatWhole(standing.walBytesPerSecond)} bytes/s written`,
    ),
  ]
}

function latencyRow(what: string, ms: { p50: number; p99: number }, msMax?: number): Row {
  const value = `p50 ${ms.p50.toFixed(1)} ms, p99 ${ms.p99.toFixed(1)} ms`
  const verdict = msMax === undefined ? '' : `${ms.p99 < msMax ? 'holds' : 'ABOVE'}: p99 under ${msMax} ms`
  return { what: `— ${what}`, value, ratio: '', target: verdict }
}

function formatWhole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Formats the notes below the table. */
export function formatNotes(measured: Measured): string[] {
  const cost = (rates: HttpRates) => Math.round(rates.generatorMicrosecondsPerCall)
  return [
    `Reference: ${measured.references[0].how}.`,
    'PostgreSQL (the embedded one, durable: fsync, synchronous_commit and full_page_writes on), the server and the load generator share the machine. ' +
      `The generator takes ${cost(measured.httpOne)}–${cost(measured.httpMany)} µs of processor time a call.`,
    'Every balance, entry and charge was checked with `verify` after each measurement: clean.',
  ]
}

/** Describes the machine by its cores and memory. */
export function describeMachine(): string {
  return `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`
}

export function formatText(rows: readonly Row[]): string {
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

const columns = ['what', 'value', 'ratio', 'target'] as const

function formatMarkdown(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| ${columns.map((column) => row[column]).join(' | ')} |`)
  return ['| | measured | relative to pgbench -N | target |', '|---|---|---|---|', ...lines].join('\n')
}

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url))

/** Replaces the results in docs/performance.md. */
export function writeResults(measured: Measured, date: string): Promise<void> {
  return writeSection('bench', [
    `Measured on ${date}, on a machine with ${describeMachine()}.`,
    formatMarkdown(listRows(measured)),
    ...formatNotes(measured),
  ])
}

/** Replaces the paragraphs in docs/performance.md that this command wrote last. */
export async function writeSection(command: string, paragraphs: readonly string[]): Promise<void> {
  const opening = `<!-- results: written by "npm run ${command} -- --write" -->`
  const text = await readFile(page, 'utf8')
  const from = text.indexOf(opening)
  const to = text.indexOf('<!-- end of results -->', from)
  if (from < 0 || to < from) throw new Error(`${page} has no section for results of ${command}`)
  const results = [opening, ...paragraphs].join('\n\n')
  await writeFile(page, `${text.slice(0, from)}${results}\n\n${text.slice(to)}`)
}
